"""A small typed manager over pluggy, one per app.

Plain pluggy loses a whole call when one implementation raises; here each implementation is called
by itself, in a fixed order (tryfirst, then by name, then trylast), and its failure stays its own.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, cast

import pluggy
import structlog
from flask import Flask, has_app_context
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lms.config import Settings
from lms.current import the_app
from lms.db import HookSession, db
from lms.plugins import hookspecs, loading, shapes
from lms.plugins.calls import Call, PageGuard, bound, in_savepoint
from lms.plugins.health import note_failure
from lms.plugins.loading import LoadedPlugin, LoadFailure
from lms.plugins.models import PluginState
from lms.plugins.timing import Timings

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
        self._calls: dict[tuple[Callable[..., Any], frozenset[str]], tuple[Call[Any], ...]] = {}
        self._enabled: frozenset[str] = frozenset()
        self._enabled_until = 0.0
        self.timings = Timings()

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

    def unload(self, name: str, hook: str, error: BaseException) -> None:
        """Drop a plugin that failed in a setup hook."""
        self._pm.unregister(name=name)
        del self.loaded[name]
        self._calls = {}
        for items in self._registries.values():
            items[:] = [(owner, item) for owner, item in items if owner != name]
        self._fail(LoadFailure(name, hook, loading.last_line(error)))

    def _fail(self, failure: LoadFailure) -> None:
        if self._settings.plugins_strict:
            raise RuntimeError(f"plugin {failure.plugin}: {failure.stage}: {failure.message}")
        self.failures.append(failure)

    # setup and registries

    def setup(self, spec: Callable[[], Sequence[R] | None], use: Callable[[str, R], None]) -> None:
        """Call a setup hook once per plugin and hand each item to `use`.

        Ours come first, so that of two that claim one name a third party's is refused.
        """
        items: list[tuple[str, Any]] = self._registries.setdefault(spec.__name__, [])
        impls = sorted(self._impls(spec.__name__), key=lambda p: not self.loaded[p[0]].is_ours)
        for name, impl in impls:
            try:
                result = impl.function()
                shapes.result_of(spec)(result)
                for item in cast(Sequence[R], result or ()):
                    use(name, item)
                    items.append((name, item))
            except (Exception, SystemExit) as error:
                log.exception("plugin_setup_failed", plugin=name, hook=spec.__name__)
                self.unload(name, spec.__name__, error)

    def registered(self, spec: Callable[[], Sequence[R] | None]) -> list[R]:
        """The items of a setup hook whose plugins are enabled now."""
        enabled = self.enabled()
        return [item for name, item in self._registries.get(spec.__name__, ()) if name in enabled]

    def registered_by(self, spec: Callable[[], Sequence[R] | None], plugin: str) -> list[R]:
        """The items that one plugin registered, enabled or not."""
        return [item for name, item in self._registries.get(spec.__name__, ()) if name == plugin]

    def owner_of(self, spec: Callable[[], Sequence[R] | None], wanted: R) -> str | None:
        """The plugin that registered the item."""
        items = self._registries.get(spec.__name__, ())
        return next((name for name, item in items if item is wanted), None)

    def implements(self, plugin: str, spec: Callable[..., Any]) -> bool:
        return any(name == plugin for name, _ in self._impls(spec.__name__))

    # calling

    def collect(self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [result for _, result in self.collect_named(spec, *args, **kwargs)]

    def collect_named(
        self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[str, R]]:
        """As `collect`, each result with the plugin it came from."""
        calls = self._active(spec)
        if not calls:
            return []
        arguments = bound(spec, args, kwargs)
        found = []
        with PageGuard(hook_session()) as guard:
            for call in calls:
                try:
                    result = guard.call(call, arguments)
                except Exception as error:
                    self.record_failure(call.plugin, spec.__name__, error)
                    continue
                if result is not None:
                    found.append((call.plugin, result))
        return found

    def decide(
        self, spec: Callable[P, R | None], *args: P.args, **kwargs: P.kwargs
    ) -> list[Decision[R]]:
        decisions: list[Decision[R]] = []
        arguments = bound(spec, args, kwargs)
        for call in self._active(spec):
            try:
                with in_savepoint(hook_session()):
                    decisions.append(Decision(call.plugin, call(arguments)))
            except Exception as error:
                self.record_failure(call.plugin, spec.__name__, error)
                decisions.append(Decision(call.plugin, None, loading.last_line(error)))
        return decisions

    def notify(self, spec: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        arguments = bound(spec, args, kwargs)
        call: Call[None]
        for call in self._active(spec):
            try:
                with in_savepoint(hook_session()):
                    call(arguments)
            except Exception as error:
                self.record_failure(call.plugin, spec.__name__, error)

    @contextmanager
    def blaming(self, plugin: str, what: str) -> Iterator[None]:
        """For using what a plugin gave: a failure inside is the plugin's, and goes no further."""
        try:
            yield
        except Exception as error:
            self.record_failure(plugin, what, error)

    def record_failure(self, plugin: str, what: str, error: Exception) -> None:
        """Name the plugin, the hook and the error on the admin's page; in strict mode raise it."""
        log.error("plugin_failed", plugin=plugin, hook=what, exc_info=error)
        note_failure(plugin, what, loading.last_line(error))
        if self._settings.plugins_strict:
            raise error

    def _active(self, spec: Callable[..., R | None]) -> tuple[Call[R], ...]:
        """The calls of enabled plugins in their order, made once for each set of enabled ones."""
        enabled = self.enabled()
        calls = self._calls.get((spec, enabled))
        if calls is None:
            expect = shapes.result_of(spec)
            calls = self._calls[spec, enabled] = tuple(
                Call(spec, impl, expect, self.timings)
                for name, impl in self._impls(spec.__name__)
                if name in enabled
            )
        return calls

    def _impls(self, hook: str) -> list[tuple[str, pluggy.HookImpl]]:
        caller = getattr(self._pm.hook, hook)
        impls = [(impl.plugin_name, impl) for impl in caller.get_hookimpls()]
        return sorted(impls, key=lambda pair: (_place(pair[1]), pair[0]))

    # enabled or not

    def enabled(self) -> frozenset[str]:
        """Names of the enabled plugins, at most half a second old."""
        if time.monotonic() >= self._enabled_until:
            if not has_app_context():
                return frozenset()
            self._enabled = self._read_enabled()
            self._enabled_until = time.monotonic() + _STATE_SECONDS
        return self._enabled

    def forget_states(self) -> None:
        self._enabled_until = 0.0

    def _read_enabled(self) -> frozenset[str]:
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


def hook_session() -> HookSession:
    """The request's session as the class it is; its type elsewhere is the plain one."""
    return cast(HookSession, db.session())


def _place(impl: pluggy.HookImpl) -> int:
    return -1 if impl.tryfirst else (1 if impl.trylast else 0)


def plugins(app: Flask | None = None) -> PluginManager:
    """The manager of the running app."""
    manager: PluginManager = (app or the_app()).extensions["lms_plugins"]
    return manager
