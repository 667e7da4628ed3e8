"""A plugin's whole life, from its wheel, beside a real server: the generated one, the example."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from lms.plugins.scaffold.writing import write_project
from tests.plugins.platform.environments import Environment, build_wheel
from tests.plugins.platform.servers import Server, Site, session_of

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "lms-plugin-minimal"


@dataclass(frozen=True)
class Case:
    """A project, and how somebody uses its page so that `seen` stands on it."""

    name: str
    user: int
    fields: dict[str, str]
    seen: str


COACHING, VISITS = (
    Case("coaching", 3, {"text": "学会了先道歉"}, "学会了先道歉"),
    Case("visits", 2, {"staff_no": "E1", "visited_on": "2026-01-05", "score": "77",
                       "note": "很热情"}, "很热情"),
)  # fmt: skip
# Each half of the life once with either project; the other way round in `make test-full`.
LIVED = [COACHING, pytest.param(VISITS, marks=pytest.mark.full)]
CHECKED = [pytest.param(COACHING, marks=pytest.mark.full), VISITS]


def project_of(case: Case, folder: Path) -> Path:
    project = folder / f"lms-plugin-{case.name}"
    if case.name == "visits":
        # Without what an earlier build may have left in the working copy.
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    else:
        write_project(case.name, project)
    return project


def use(chromium: Chromium, server: Server, case: Case) -> None:
    """In a browser: from the start page by the plugin's link to its form, filled and sent."""
    context = chromium.new_context(base_url=server.url)
    context.add_cookies(
        [{"name": "lms_session", "value": session_of(case.user), "url": server.url}]
    )
    page = context.new_page()
    page.goto("/")
    page.locator(f".sidebar a[href='/{case.name}']").click()
    for name, value in case.fields.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form button[type=submit]").first.click()
    page.goto(f"/{case.name}?year=2026")
    expect(page.locator("main")).to_contain_text(case.seen)
    context.close()


@pytest.mark.parametrize("case", LIVED, ids=lambda case: case.name)
def test_a_plugin_comes_goes_and_comes_back(
    case: Case, tmp_path: Path, site: Callable[..., Site], browser: Chromium
) -> None:
    wheel = build_wheel(project_of(case, tmp_path), tmp_path / "wheels")
    environment = Environment(tmp_path / "venv")
    environment.install(wheel)
    here = site(python=environment.python)
    assert f"{case.name}: up to date" in here.lms("upgrade").stdout
    link, page = f'href="/{case.name}"', f"/{case.name}?year=2026"

    with here.serving() as server:
        admin, user = server.as_person(1), server.as_person(case.user)
        assert user.get(page).status == 404  # others' plugins begin switched off
        assert admin.post(f"/admin/plugins/{case.name}", enabled="1").status == 302
        use(browser, server, case)
        assert link in user.get("/").text
        assert admin.post(f"/admin/plugins/{case.name}", enabled="0").status == 302
        assert user.get(page).status == 404
        assert link not in user.get("/").text

    environment.uninstall(f"lms-plugin-{case.name}")
    for command in (["upgrade"], ["doctor"]):
        done = here.lms(*command)
        assert done.returncode == 0 and case.name not in done.stdout, done.stderr
    with here.serving() as server:
        assert server.as_person(case.user).get("/").status == 200
    with sqlite3.connect(here.home / "lms.sqlite3") as database:
        table = {"coaching": "entry", "visits": "visit"}[case.name]
        [count] = database.execute(f"SELECT count(*) FROM plugin_{case.name}_{table}").fetchone()
    assert count == 1
    database.close()

    environment.install(wheel)
    assert here.lms("plugin", "enable", case.name).returncode == 0
    with here.serving() as server:
        assert case.seen in server.as_person(case.user).get(page).text


@pytest.mark.parametrize("case", CHECKED, ids=lambda case: case.name)
def test_its_own_tests_types_and_style(case: Case, tmp_path: Path) -> None:
    project = project_of(case, tmp_path)
    environment = Environment(tmp_path / "venv")
    environment.install(build_wheel(project, tmp_path / "wheels"))
    ruff = [sys.executable, "-m", "ruff"]
    # An editable LMS is nothing that mypy finds; from an installed one its errors are hidden too.
    types = [environment.python, "-m", "mypy", "--follow-imports=silent"]
    variables = {
        **os.environ,
        "MYPYPATH": str(ROOT),
        "MYPY_CACHE_DIR": str(tmp_path.parent / "mypy"),
    }
    for command in (
        [environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        types,
        [*ruff, "check", "."],
        [*ruff, "format", "--check", "."],
    ):
        done = subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
