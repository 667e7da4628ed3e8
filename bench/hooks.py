"""What the plugin engine costs beside plain pluggy, and 20 idle plugins beside none, as ratios.

`python -m bench.hooks`; exits 1 above the limits of 3 and 1.1.
"""

import shutil
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pluggy
from flask import Flask

from lms import create_app
from lms.access import Viewer
from lms.cli.site import upgrade_database
from lms.config import Settings
from lms.db import db, reading
from lms.plugins import hookspecs
from lms.plugins.loading import LoadedPlugin
from lms.plugins.manager import plugins

NOBODY = Viewer(0, frozenset(), frozenset(), {})
HOOK_LIMIT, PAGE_LIMIT = 3.0, 1.1


def idle_plugin(number: int) -> types.ModuleType:
    """Says nothing to every hook that a page calls."""
    module = types.ModuleType(f"idle{number}")

    @hookspecs.hookimpl
    def lms_nav(viewer: Viewer) -> list[Any]:
        return []

    @hookspecs.hookimpl
    def lms_panels(place: str, subject: Any, viewer: Viewer) -> None:
        return None

    @hookspecs.hookimpl
    def lms_actions(subject: Any, viewer: Viewer) -> list[Any]:
        return []

    vars(module).update(lms_nav=lms_nav, lms_panels=lms_panels, lms_actions=lms_actions)
    return module


def an_app(home: Path, idle: int) -> Flask:
    app = create_app(
        Settings(
            home=home,
            database_url=f"sqlite:///{home / 'lms.sqlite3'}",
            plugins_blocked=frozenset(
                {
                    "certificates",
                    "duty",
                    "exams",
                    "messaging",
                    "planning",
                    "promotion",
                    "retraining",
                }
            ),
            rate_limits=False,
        )
    )
    manager = plugins(app)
    for number in range(idle):
        manager._register(LoadedPlugin(f"idle{number}", idle_plugin(number), home, "1", True))
    return app


def best_of_both(
    one: Callable[[], object], other: Callable[[], object], times: int, rounds: int
) -> tuple[float, float]:
    """Seconds of a run of each, in turns, the best of some rounds: what else runs only adds."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, taken in zip((one, other), seconds, strict=True):
            start = perf_counter()
            for _ in range(times):
                run()
            taken.append((perf_counter() - start) / times)
    return min(seconds[0]), min(seconds[1])


def hook_ratio(app: Flask, idle: int) -> float:
    plain = pluggy.PluginManager("lms")
    plain.add_hookspecs(hookspecs)
    for number in range(idle):
        plain.register(idle_plugin(number))
    with app.test_request_context():
        reading.set(True)
        db.session.connection()
        ours = plugins()
        ours.collect(hookspecs.lms_nav, NOBODY)
        through, beside = best_of_both(
            lambda: ours.collect(hookspecs.lms_nav, NOBODY),
            lambda: plain.hook.lms_nav(viewer=NOBODY),
            times=200,
            rounds=60,
        )
    print(f"hook, {idle:2} plugins: {through * 1e6:6.1f} µs, plain pluggy {beside * 1e6:6.1f} µs,"
          f" ratio {through / beside:.2f}")  # fmt: skip
    return through / beside


def page_ratio(bare: Flask, full: Flask) -> float:
    """A person's home page with 20 idle plugins against the same with none, taken in turns."""
    without, beside = signed_in(bare), signed_in(full)
    none, twenty = best_of_both(lambda: without.get("/"), lambda: beside.get("/"), 4, 40)
    print(f"home page: {none * 1e3:.2f} ms with no plugin, {twenty * 1e3:.2f} ms with 20,"
          f" ratio {twenty / none:.3f}")  # fmt: skip
    return twenty / none


def signed_in(app: Flask) -> Any:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = "1.1", True
    if client.get("/").status_code != 200:
        sys.exit("the home page does not open")
    return client


def prepare(home: Path) -> None:
    from lms.audit import OPERATOR
    from lms.clock import now
    from lms.people.models import Account
    from lms.people.organisation import organisation
    from lms.people.services import NewPerson, add_person

    with an_app(home, 0).app_context():
        upgrade_database()
        organisation(db.session())
        new = NewPerson("B0001", "Bench", None, "agent", "online", "regular", now().date())
        person = add_person(db.session(), new, actor=OPERATOR, now=now())
        db.session.add(Account(person_id=person.id, session_version=1))
        db.session.commit()
        db.engine.dispose()


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="lms-bench-"))
    try:
        prepare(home)
        full = an_app(home, 20)
        hooks = [hook_ratio(an_app(home, 1), 1), hook_ratio(full, 20)]
        page = page_ratio(an_app(home, 0), full)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return int(max(hooks) > HOOK_LIMIT or page > PAGE_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
