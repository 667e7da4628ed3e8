"""One app of a worker for each kind of database, as new for every test.

Making an app costs more than most tests do, and so does what it makes at first use: the map of its
addresses, catalogues, templates, statements. Tests that install plugins or change the settings make
their own with `create_app`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from lms.app import create_app
from lms.clock import Clock
from lms.config import Settings
from lms.db import db, engine_options
from lms.plugins.manager import plugins
from lms.web.security import limiter


@dataclass(frozen=True)
class _Made:
    """An app, and what it was like when it was new."""

    app: Flask
    config: Mapping[str, object]
    extensions: Mapping[str, object]
    plugins: frozenset[str]
    engine: sa.Engine

    @property
    def is_spoilt(self) -> bool:
        """A plugin that failed cannot be put back."""
        manager = plugins(self.app)
        return bool(manager.failures) or self.plugins != manager.loaded.keys()


_MADE: dict[str, _Made] = {}


def app_as_new(settings: Settings, clock: Clock) -> Flask:
    """As `create_app`, for settings that differ from test to test in nothing but places."""
    kind = sa.make_url(settings.database_url).get_backend_name()
    made = _MADE.get(kind)
    if made is None or made.is_spoilt:
        made = _MADE[kind] = _make(settings, clock)
    app = made.app
    app.instance_path = str(settings.home)
    app.config.clear()
    app.config.update(made.config, SQLALCHEMY_DATABASE_URI=settings.database_url)
    app.extensions.clear()
    app.extensions.update(made.extensions, lms_settings=settings, lms_clock=clock)
    limiter.enabled = settings.rate_limits  # of the process: a test may have made other apps
    manager = plugins(app)
    manager.forget_states()
    manager.timings.take()
    manager.timings._flush_at = 0.0
    db._app_engines[app] = {None: _engine(settings.database_url, made.engine)}
    return app


def _make(settings: Settings, clock: Clock) -> _Made:
    app = create_app(settings, clock)
    with app.app_context(), (engine := db.engine).connect():
        pass  # now the dialect knows what it wants to know of its server
    engine.dispose()
    loaded = frozenset(plugins(app).loaded)
    return _Made(app, dict(app.config), dict(app.extensions), loaded, engine)


def _engine(url: str, like: sa.Engine) -> sa.Engine:
    """The test's own, because what never changes is kept by engine; compiled statements are kept
    for all of them."""
    engine = sa.create_engine(url, **engine_options(url))
    engine.dialect, engine._compiled_cache = like.dialect, like._compiled_cache
    return engine
