"""One implementation of a hook, called so that whatever it does stays its own."""

import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Any, Generic, TypeVar, cast

import pluggy
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.orm import Session, SessionTransaction

from lms.db import HookSession, reading
from lms.plugins.shapes import Expect
from lms.plugins.timing import Timing, Timings

A = TypeVar("A")
R = TypeVar("R")
Arguments = tuple[Any, ...]


class Call(Generic[R]):
    """Every page makes some dozens of these calls, hence the slots and the few frames."""

    __slots__ = ("_expect", "_function", "_positions", "_timing", "_timings", "plugin")

    def __init__(
        self, spec: Callable[..., Any], impl: pluggy.HookImpl, expect: Expect, timings: Timings
    ) -> None:
        self.plugin = impl.plugin_name
        self._function = cast(Callable[..., R], impl.function)
        self._expect = expect
        names = parameters(spec)
        # Which of the hook's parameters it takes; None for all of them, as most do.
        self._positions = (
            None if impl.argnames == names else tuple(names.index(name) for name in impl.argnames)
        )
        self._timings = timings
        self._timing: Timing = timings.of(impl.plugin_name, spec.__name__)

    def __call__(self, arguments: Arguments) -> R:
        """Raises what the plugin raises, and TypeError for a result of the wrong type."""
        positions, timing = self._positions, self._timing
        started = perf_counter()
        try:
            if positions is None:
                result = self._function(*arguments)
            else:
                result = self._function(*[arguments[i] for i in positions])
        finally:
            seconds = perf_counter() - started
            timing.count += 1
            timing.total += seconds
            if seconds > timing.longest:
                self._timings.note_longest(timing, seconds)
        # What most plugins say to most pages is nothing.
        if result is not None and not (type(result) is list and not result):
            self._expect(result)
        return result


@cache
def parameters(spec: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(spec).parameters)


def bound(spec: Callable[..., Any], args: Arguments, kwargs: Mapping[str, Any]) -> Arguments:
    """The arguments in the order of the hook's parameters."""
    if not kwargs:
        return args
    return (*args, *(kwargs[name] for name in parameters(spec)[len(args) :]))


_SWALLOWED = "a failed statement was swallowed; the transaction was broken"


class LeftBehind(Exception):
    """A hook that is called for a page returned, but left work or wreckage in the transaction."""


@contextmanager
def in_savepoint(session: HookSession) -> Iterator[None]:
    """What happens inside is undone alone when it fails, and cannot end the transaction."""
    with session.begin_nested():
        outer, session.in_hook, troubles = session.in_hook, True, _seen.troubles
        try:
            yield
        finally:
            session.in_hook = outer
        # Raised here, while the savepoint can still be rolled back to: it cannot be released.
        if _seen.troubles != troubles and _is_broken(session):
            raise LeftBehind(_SWALLOWED)


class PageGuard:
    """Calls hooks for a page, inside `with`. A request that only reads needs no savepoint, which
    would cost two statements per plugin and hook: there is nothing to lose in its transaction, so
    one that a plugin has spoilt is simply begun again. Otherwise each call has its savepoint.
    """

    def __init__(self, session: HookSession) -> None:
        self._session, self._outer = session, session.in_hook
        self._reads = reading.get() and not _has_changes(session)
        self._troubles = _seen.troubles

    def __enter__(self) -> "PageGuard":
        self._session.in_hook = True
        return self

    def __exit__(self, *_: object) -> None:
        self._session.in_hook = self._outer

    def call(self, function: Callable[[A], R], argument: A) -> R:
        session = self._session
        if not self._reads:
            with in_savepoint(session):
                return function(argument)
        try:
            result = function(argument)
        except Exception:
            self._mend()
            raise
        # As `Session.dirty` and its like, which build a set each time; this is every hook's path.
        if session._new or session._deleted or session.identity_map._modified:
            self._mend()
            raise LeftBehind("objects were added or changed by a hook that only shows")
        if _seen.troubles != self._troubles and self._mend():
            raise LeftBehind(_SWALLOWED)
        return result

    def _mend(self) -> bool:
        """Whether there was something to mend."""
        session = self._session
        spoilt = _has_changes(session) or _is_broken(session)
        if spoilt:
            session.in_hook = False
            session.rollback()
            session.in_hook = True
        self._troubles = _seen.troubles
        return spoilt


def _has_changes(session: HookSession) -> bool:
    return bool(session._new or session._deleted or session.identity_map._modified)


def _is_broken(session: HookSession) -> bool:
    """Whether the transaction takes no more statements: after a failed flush, and on PostgreSQL
    after any failed statement, even one whose exception the plugin caught."""
    if not session.is_active:
        return True
    if session.get_transaction() is None or session.get_bind().dialect.name != "postgresql":
        return False
    from psycopg.pq import TransactionStatus

    driver: Any = session.connection().connection.driver_connection
    return bool(driver.info.transaction_status == TransactionStatus.INERROR)


class _Seen(threading.local):
    """Failed statements and rollbacks in this thread: without one, no transaction is broken."""

    troubles = 0


_seen = _Seen()


@event.listens_for(Engine, "handle_error")
def _statement_failed(_context: ExceptionContext) -> None:
    _seen.troubles += 1


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(_session: Session, _transaction: SessionTransaction) -> None:
    _seen.troubles += 1
