"""A small typed manager over pluggy, one per app.

Plain pluggy loses a whole call when one implementation raises; here each implementation is called
by itself, in a fixed order (tryfirst, then by name, then trylast), and its failure stays its own.
"""

import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, ParamSpec, TypeVar, cast

import pluggy
import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lms.config import Settings
from lms.db import db
from lms.plugins import hookspecs, loading
from lms.plugins.health import note_failure
from lms.plugins.loading import LoadedPlugin, LoadFailure
from lms.plugins.models import PluginState

P = ParamSpec("P")
R = TypeVar("R")
log = structlog.get_logger()

# How long a process may act on a state that another process has changed.
_STATE_SECONDS = 0.5


@dataclass(frozen=True)
class Decision(Generic[R]):
    """What one plugin said; `error` set means it failed and its word must be read as a no."""

    plugin: str
    value: R | None
    error: str = ""


class PluginManager:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pm = pluggy.PluginManager("lms")
        self._pm.add_hookspecs(hookspecs)
        self.loaded: dict[str, LoadedPlugin] = {}
        self.failures: list[LoadFailure] = []
        self._registries: dict[str, list[tuple[str, Any]]] = {}
        self._enabled: frozenset[str] = frozenset()
        self._enabled_until = 0.0

    # loading

    def load_all(self) -> None:
        if self._settings.safe_mode:
            return
        for entry in loading.installed(self._settings.plugins_blocked):
            result = loading.load(entry)
            if isinstance(result, LoadedPlugin):
                self._register(result)
            else:
                self._fail(result)

    def _register(self, plugin: LoadedPlugin) -> None:
        try:
            self._pm.register(plugin.module, plugin.name)
            unknown = [
                n for n in vars(plugin.module) if n.startswith("lms_") and not hasattr(hookspecs, n)
            ]
            if unknown:
                raise TypeError(f"unknown hook {unknown[0]!r}")
        except Exception as error:
            if self._pm.has_plugin(plugin.name):
                self._pm.unregister(name=plugin.name)
            self._fail(LoadFailure(plugin.name, "hooks", loading.last_line(error)))
            return
        self.loaded[plugin.name] = plugin

    def unload(self, name: str, hook: str, error: Exception) -> None:
        """Drop a plugin that failed in a setup hook."""
        self._pm.unregister(name=name)
        del self.loaded[name]
        for items in self._registries.values():
            items[:] = [(owner, item) for owner, item in items if owner != name]
        self._fail(LoadFailure(name, hook, loading.last_line(error)))

    def _fail(self, failure: LoadFailure) -> None:
        if self._settings.plugins_strict:
            raise RuntimeError(f"plugin {failure.plugin}: {failure.stage}: {failure.message}")
        self.failures.append(failure)

    # setup and registries

    def setup(self, spec: Callable[[], Sequence[R] | None], use: Callable[[str, R], None]) -> None:
        """Call a setup hook once per plugin and hand each item to `use`."""
        items: list[tuple[str, Any]] = self._registries.setdefault(spec.__name__, [])
        for name, impl in list(self._impls(spec.__name__)):
            try:
                for item in cast(Sequence[R], impl.function() or ()):
                    use(name, item)
                    items.append((name, item))
            except Exception as error:
                log.exception("plugin_setup_failed", plugin=name, hook=spec.__name__)
                self.unload(name, spec.__name__, error)

    def registered(self, spec: Callable[[], Sequence[R] | None]) -> list[R]:
        """The items of a setup hook whose plugins are enabled now."""
        enabled = self.enabled()
        return [item for name, item in self._registries.get(spec.__name__, ()) if name in enabled]

    def owner_of(self, spec: Callable[[], Sequence[R] | None], wanted: R) -> str | None:
        """The plugin that registered the item."""
        items = self._registries.get(spec.__name__, ())
        return next((name for name, item in items if item is wanted), None)

    # calling

    def collect(self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs) -> list[R]:
        found = []
        for name, impl, values in self._calls(spec, args, kwargs):
            try:
                result = impl(*values)
            except Exception as error:
                self._record_failure(name, spec.__name__, error)
                continue
            if result is not None:
                found.append(result)
        return found

    def decide(
        self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs
    ) -> list[Decision[R]]:
        decisions: list[Decision[R]] = []
        for name, impl, values in self._calls(spec, args, kwargs):
            try:
                with db.session.begin_nested():
                    decisions.append(Decision(name, impl(*values)))
            except Exception as error:
                self._record_failure(name, spec.__name__, error)
                decisions.append(Decision(name, None, loading.last_line(error)))
        return decisions

    def notify(self, spec: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        for name, impl, values in self._calls(spec, args, kwargs):
            try:
                with db.session.begin_nested():
                    impl(*values)
            except Exception as error:
                self._record_failure(name, spec.__name__, error)

    def _calls(
        self, spec: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Iterator[tuple[str, Callable[..., Any], list[Any]]]:
        given = dict(zip(_parameters(spec), args, strict=False)) | kwargs
        enabled = self.enabled()
        for name, impl in self._impls(spec.__name__):
            if name in enabled:
                yield name, impl.function, [given[a] for a in impl.argnames]

    def _impls(self, hook: str) -> list[tuple[str, pluggy.HookImpl]]:
        caller = getattr(self._pm.hook, hook)
        impls = [(impl.plugin_name, impl) for impl in caller.get_hookimpls()]
        return sorted(impls, key=lambda pair: (_place(pair[1]), pair[0]))

    def _record_failure(self, plugin: str, hook: str, error: Exception) -> None:
        log.exception("plugin_failed", plugin=plugin, hook=hook)
        note_failure(plugin, hook, loading.last_line(error))
        if self._settings.plugins_strict:
            raise error

    # enabled or not

    def enabled(self) -> frozenset[str]:
        """Names of the enabled plugins, at most half a second old."""
        if time.monotonic() >= self._enabled_until:
            self._enabled = self._read_enabled()
            self._enabled_until = time.monotonic() + _STATE_SECONDS
        return self._enabled

    def forget_states(self) -> None:
        self._enabled_until = 0.0

    def _read_enabled(self) -> frozenset[str]:
        if not has_app_context():
            return frozenset()
        # A connection of its own: the session's transaction may be old, or broken.
        try:
            with db.engine.connect().execution_options(lms_read=True) as connection:
                rows = connection.execute(select(PluginState.name, PluginState.is_enabled)).all()
        except SQLAlchemyError:
            rows = []  # before `lms init` there is no table; the defaults hold
        stored = {name: is_enabled for name, is_enabled in rows}
        return frozenset(
            name for name, plugin in self.loaded.items() if stored.get(name, plugin.is_ours)
        )


@cache
def _parameters(spec: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(spec).parameters)


def _place(impl: pluggy.HookImpl) -> int:
    return -1 if impl.tryfirst else (1 if impl.trylast else 0)


def plugins(app: Flask | None = None) -> PluginManager:
    """The manager of the running app."""
    manager: PluginManager = (app or current_app).extensions["lms_plugins"]
    return manager
