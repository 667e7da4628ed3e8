"""Broken plugins beside a real server: the core serves its pages and says who is to blame."""

import html
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugins.engine import distributions
from tests.plugins.platform.broken import BROKEN, HEALTHY, MIGRATION, Broken
from tests.plugins.platform.servers import Browser, Site

CORE_PAGES = (
    "/",
    "/people",
    "/policies",
    "/admin/plugins",
    "/cases",
    "/results/months",
    "/promotion",
)
PERSON = {
    "staff_no": "N1", "name": "新人", "team": "一组", "level": "agent", "channel": "online",
    "employment": "regular", "hired_on": "2026-01-05",
}  # fmt: skip


def enable(home: Path, *names: str) -> None:
    with sqlite3.connect(home / "lms.sqlite3") as database:
        rows = [(name, True, "2026-01-01 00:00:00") for name in names]
        database.executemany("INSERT INTO plugin_state VALUES (?, ?, ?)", rows)
    database.close()


def installed(folder: Path, site: Callable[..., Site], **packages: dict[str, str]) -> Site:
    folder = folder / "site"
    folder.mkdir()
    for name, files in packages.items():
        distributions.write(folder, name, files)
    made = site(path=(folder,))
    enable(made.home, *packages)
    return made


def plugin_page(admin: Browser) -> str:
    return html.unescape(admin.get("/admin/plugins").text)


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_breaks_itself_alone(
    case: Broken, tmp_path: Path, site: Callable[..., Site]
) -> None:
    here = installed(tmp_path, site, broken=case.files)
    distributions.write(tmp_path / "site", "healthy", HEALTHY)
    with here.serving_quickly() as server:
        admin = server.as_person(1)
        for path in CORE_PAGES:
            assert admin.get(path).status == 200, path
        assert admin.post("/people/new", **PERSON).status == 303
        if case.hook == "lms_criteria":
            dossier = admin.get("/promotion/3").text
            assert "Criterion of the plugin broken" in dossier  # unknown, which is not met
        page = plugin_page(admin)
        assert "broken" in page and case.hook in page and case.said in page
        assert ("Not loaded" in page) is not case.is_loaded
        # And beside a healthy one:
        admin.post("/admin/plugins/healthy", enabled="1")
        assert "Healthy" in admin.get("/").text


def test_a_broken_migration_leaves_nothing_and_holds_up_nobody(
    tmp_path: Path, site: Callable[..., Site]
) -> None:
    here = installed(tmp_path, site, broken=MIGRATION, healthy=HEALTHY)
    done = here.lms("upgrade")
    assert "core: up to date" in done.stdout and "plugin broken: " in done.stderr
    with sqlite3.connect(here.home / "lms.sqlite3") as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    database.close()
    assert "plugin_broken_t" not in names
    with here.serving_quickly() as server:
        admin = server.as_person(1)
        assert "Healthy" in admin.get("/").text
        page = plugin_page(admin)
        assert "migrations" in page and "NO SUCH STATEMENT" in page
        admin.post("/admin/plugins/broken", enabled="0")
        admin.post("/admin/plugins/broken", enabled="1")
        assert "Run `lms upgrade` first." in html.unescape(admin.get("/admin/plugins").text)
