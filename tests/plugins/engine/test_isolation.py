"""A plugin that is broken in any way breaks itself alone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from lms import events
from lms.access import Viewer
from lms.app import create_app
from lms.clock import Month, SettableClock
from lms.db import db
from lms.plugins import hookspecs
from lms.plugins.bus import emit
from lms.plugins.health import failures
from lms.plugins.manager import plugins
from lms.plugins.models import PluginState
from tests.conftest import _settings
from tests.plugins.engine import distributions

NOBODY = Viewer(0, frozenset(), frozenset(), {})
HOOK = "from lms.plugins.api import hookimpl\n"
HEALTHY = HOOK + (
    "from lms.plugins.types import NavItem\n"
    "@hookimpl\n"
    "def lms_nav(viewer):\n"
    "    return [NavItem('Healthy link', 'web.home', 'home', 'learn')]\n"
    "@hookimpl\n"
    "def lms_training_figures(month, now):\n"
    "    return []\n"
)
MODELS = (
    "from lms.plugins.api import Mapped, Pk, mapped_column, new_registry\n"
    "from sqlalchemy.orm import DeclarativeBase, relationship\n"
    "from sqlalchemy import ForeignKey\n"
    "class Base(DeclarativeBase):\n"
    "    registry = new_registry()\n"
)
NEVER_LOADED = {
    "import": {"__init__.py": "raise RuntimeError('boom at import')"},
    "syntax": {"__init__.py": "def broken(:"},
    "mapper": {
        "models.py": MODELS + "class T(Base):\n"
        "    __tablename__ = 'plugin_broken_t'\n"
        "    id: Mapped[Pk]\n"
        "    other: Mapped['Nowhere'] = relationship()\n"
    },
    "foreign key": {
        "models.py": MODELS + "class T(Base):\n"
        "    __tablename__ = 'plugin_broken_t'\n"
        "    id: Mapped[Pk]\n"
        "    x: Mapped[int] = mapped_column(ForeignKey('nowhere.id'))\n"
    },
    "prefix": {
        "models.py": MODELS + "class T(Base):\n"
        "    __tablename__ = 'person_extra'\n"
        "    id: Mapped[Pk]\n"
    },
    "core table": {
        "models.py": MODELS + "class T(Base):\n    __tablename__ = 'person'\n    id: Mapped[Pk]\n"
    },
    "signature": {
        "__init__.py": HOOK + "@hookimpl\ndef lms_nav(viewer, nonsense):\n    return []\n"
    },
    "unknown hook": {"__init__.py": HOOK + "@hookimpl\ndef lms_navv(viewer):\n    return []\n"},
    "permission name": {
        "__init__.py": HOOK + "from lms.plugins.api import Localized, Permission\n"
        "@hookimpl\ndef lms_permissions():\n"
        "    return [Permission('results.view', Localized('x', 'x'), {})]\n"
    },
    "setup hook": {
        "__init__.py": HOOK + "@hookimpl\ndef lms_blueprints():\n    raise ValueError('no')\n"
    },
    "wrong type": {"__init__.py": HOOK + "@hookimpl\ndef lms_blueprints():\n    return [42]\n"},
    "taken blueprint": {
        "__init__.py": HOOK + "from flask import Blueprint\n"
        "@hookimpl\ndef lms_blueprints():\n    return [Blueprint('people', __name__)]\n"
    },
    "taken step type": {
        "__init__.py": HOOK + "class Lesson:\n    kind = 'lesson'\n"
        "@hookimpl\ndef lms_step_types():\n    return [Lesson()]\n"
    },
}
FAILS_WHEN_CALLED = HOOK + (
    "@hookimpl\ndef lms_nav(viewer):\n    raise RuntimeError('nav fell over')\n"
    "@hookimpl\ndef lms_training_figures(month, now):\n    raise RuntimeError('no figures')\n"
    "@hookimpl\ndef lms_event(event):\n"
    "    from lms.plugins.api import db\n"
    "    from sqlalchemy import text\n"
    "    db.session.execute(text(\"UPDATE person SET name = 'spoilt'\"))\n"
    "    db.session.execute(text('SELECT * FROM there_is_no_such_table'))\n"
)

AppWith = Callable[..., Flask]


@pytest.fixture
def app_with(tmp_path: Path, clock: SettableClock, sqlite_template: Path) -> Iterator[AppWith]:
    """Builds an app beside which the given plugins are installed and enabled."""
    shutil.copy(sqlite_template, tmp_path / "lms.sqlite3")
    folder = tmp_path / "site"
    folder.mkdir()
    contexts = []

    def build(**packages: dict[str, str]) -> Flask:
        for name, files in packages.items():
            distributions.write(folder, name, files)
        app = create_app(replace(_settings(tmp_path), plugins_strict=False), clock)
        context = app.app_context()
        context.push()
        contexts.append(context)
        for name in packages:
            db.session.add(PluginState(name=name, is_enabled=True, changed_at=clock.now()))
        db.session.commit()
        plugins().forget_states()
        return app

    with distributions.installed(folder):
        yield build
        for context in contexts:
            db.session.remove()
            db.engine.dispose()
            context.pop()


@pytest.mark.parametrize("files", NEVER_LOADED.values(), ids=NEVER_LOADED)
def test_a_plugin_that_cannot_load_is_named_and_the_others_work(
    app_with: AppWith, files: dict[str, str]
) -> None:
    app = app_with(broken=files, healthy={"__init__.py": HEALTHY})
    assert [f.plugin for f in plugins().failures] == ["broken"]
    assert plugins().failures[0].message
    assert "healthy" in plugins().loaded
    assert app.test_client().get("/sign-in").status_code == 200


def test_strict_mode_raises_instead(
    app_with: AppWith, tmp_path: Path, clock: SettableClock
) -> None:
    app_with(broken={"__init__.py": "raise RuntimeError('boom')"})
    with pytest.raises(RuntimeError, match="broken"):
        create_app(_settings(tmp_path), clock)


def test_blocked_plugins_and_safe_mode_are_not_even_imported(
    app_with: AppWith, tmp_path: Path, clock: SettableClock
) -> None:
    app_with(broken={"__init__.py": "raise RuntimeError('boom')"})
    blocked = replace(_settings(tmp_path), plugins_blocked=frozenset({"broken"}))
    assert not plugins(create_app(blocked, clock)).failures
    assert not plugins(create_app(replace(_settings(tmp_path), safe_mode=True), clock)).loaded


def test_collect_leaves_out_the_one_that_fails(app_with: AppWith) -> None:
    app = app_with(broken={"__init__.py": FAILS_WHEN_CALLED}, healthy={"__init__.py": HEALTHY})
    with app.test_request_context():
        found = plugins().collect(hookspecs.lms_nav, NOBODY)
    assert "Healthy link" in [item.label for group in found for item in group]


def test_decide_says_who_failed(app_with: AppWith, clock: SettableClock) -> None:
    app_with(broken={"__init__.py": FAILS_WHEN_CALLED}, healthy={"__init__.py": HEALTHY})
    month = Month.of(date(2026, 10, 1))
    said = {
        d.plugin: d for d in plugins().decide(hookspecs.lms_training_figures, month, clock.now())
    }
    assert said["broken"].error == "RuntimeError: no figures"
    assert said["broken"].value is None
    assert said["healthy"].error == ""


def test_notify_rolls_back_the_one_that_fails_alone(app_with: AppWith, persons, clock) -> None:  # type: ignore[no-untyped-def]
    app_with(broken={"__init__.py": FAILS_WHEN_CALLED})
    person = persons.add(name="原名")
    emit(events.PersonAdded(clock.now(), person.id))
    db.session.commit()
    db.session.refresh(person)
    assert person.name == "原名"


def test_failures_are_kept_and_counted_for_the_admin(
    app_with: AppWith, clock: SettableClock
) -> None:
    app = app_with(broken={"__init__.py": FAILS_WHEN_CALLED})
    for _ in range(2):
        with app.app_context():
            plugins().collect(hookspecs.lms_nav, NOBODY)
    [noted] = failures()
    assert (noted.plugin, noted.hook, noted.count) == ("broken", "lms_nav", 2)
    assert noted.message == "RuntimeError: nav fell over"


def test_a_disabled_plugin_is_skipped_at_once(app_with: AppWith) -> None:
    app_with(healthy={"__init__.py": HEALTHY})
    state = db.session.get_one(PluginState, "healthy")
    assert "healthy" in plugins().enabled()
    state.is_enabled = False
    db.session.commit()
    plugins().forget_states()
    assert "healthy" not in plugins().enabled()


def test_a_broken_plugin_says_so_on_standard_error_alone(tmp_path: Path) -> None:
    """A command's output is somebody's CSV."""
    distributions.write(tmp_path, "broken", {"__init__.py": "raise RuntimeError('fell over')"})
    command = "from lms.app import create_app; create_app(); print('a,b')"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True,
        env={**os.environ, "LMS_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout == "a,b\n" and "fell over" in done.stderr
