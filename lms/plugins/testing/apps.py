"""Apps for tests, on databases made by the real migrations once and then copied."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, g

from lms.app import create_app
from lms.cli.site import upgrade_database
from lms.clock import SettableClock
from lms.config import Settings
from lms.db import db
from lms.people.organisation import organisation
from lms.plugins import loading
from lms.plugins.manager import plugins
from lms.plugins.models import PluginState

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
_templates: list[Path] = []


def settings(home: Path, url: str, plugin: str) -> Settings:
    """The built-in plugins are there, other people's are not."""
    others = {
        entry.name
        for entry in loading.installed(())
        if entry.name != plugin and not loading.is_ours(entry)
    }
    return Settings(
        home=home,
        database_url=url,
        secret_key="not secret: tests",  # noqa: S106
        plugins_blocked=frozenset(others),
        plugins_strict=True,
        rate_limits=False,
    )


@contextmanager
def sqlite_with_tables(folder: Path, plugin: str) -> Iterator[None]:
    path = folder / "template.sqlite3"
    app = create_app(settings(folder, f"sqlite:///{path}", plugin), SettableClock(NOW))
    with app.app_context():
        prepare(plugin)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    _templates.append(path)
    try:
        yield
    finally:
        _templates.remove(path)


def copy_of(home: Path) -> str:
    """The URL of a fresh copy of the session's template."""
    shutil.copy(_templates[-1], home / "lms.sqlite3")
    return f"sqlite:///{home / 'lms.sqlite3'}"


@contextmanager
def running(home: Path, url: str, clock: SettableClock, plugin: str) -> Iterator[Flask]:
    app = create_app(settings(home, url, plugin), clock)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    app.before_request_funcs.setdefault(None, []).insert(0, _forget_the_last_request)
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def _forget_the_last_request() -> None:
    """All requests of a test share one context; a second person must not be taken for the first."""
    for name in list(g):
        g.pop(name)


def prepare(plugin: str) -> None:
    """In an app's context: everybody's tables, and the plugin enabled."""
    if plugin not in plugins().loaded:
        raise LookupError(f"the plugin {plugin!r} is not installed: `pip install -e .` first")
    if plugin not in upgrade_database():
        raise RuntimeError(f"the migrations of {plugin!r} failed; see above")
    organisation(db.session())
    db.session.merge(PluginState(name=plugin, is_enabled=True, changed_at=NOW))
    db.session.commit()
    db.session.remove()
    plugins().forget_states()
