"""How long plugins take in their hooks: counted in memory, added to a table every few seconds.

The table sums what every worker process saw, for the admin's page.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from lms.clock import now
from lms.db import Session, db, insert_into
from lms.plugins.models import PluginTiming

log = structlog.get_logger()
SLOW_SECONDS = 0.25
_FLUSH_SECONDS = 10.0
_SLOT = timedelta(minutes=5)
KEPT = timedelta(hours=1)


class Timing:
    """One plugin in one hook, in this process. Threads share it without a lock: a call that is
    lost to a race now and then costs the figures nothing, a lock would cost every call."""

    __slots__ = ("count", "longest", "total")

    def __init__(self) -> None:
        self.count, self.total, self.longest = 0, 0.0, 0.0


@dataclass(frozen=True)
class HookTime:
    """Calls of a plugin in a hook in the last hour, and their seconds."""

    plugin: str
    hook: str
    count: int
    total: float
    longest: float

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    @property
    def is_slow(self) -> bool:
        return self.longest >= SLOW_SECONDS


class Timings:
    """Of one process."""

    def __init__(self) -> None:
        self._timings: dict[tuple[str, str], Timing] = {}
        self._flush_at = 0.0

    def of(self, plugin: str, hook: str) -> Timing:
        return self._timings.setdefault((plugin, hook), Timing())

    def note_longest(self, timing: Timing, seconds: float) -> None:
        timing.longest = seconds
        if seconds >= SLOW_SECONDS:
            self._flush_at = 0.0  # an admin should see it at once

    def take(self) -> list[HookTime]:
        """What was counted since the last time."""
        taken = []
        for (plugin, hook), timing in list(self._timings.items()):
            count, total, longest = timing.count, timing.total, timing.longest
            if count:
                timing.count -= count
                timing.total -= total
                timing.longest = 0.0
                taken.append(HookTime(plugin, hook, count, total, longest))
        return taken

    def flush_if_due(self) -> None:
        if time.monotonic() < self._flush_at:
            return
        self._flush_at = time.monotonic() + _FLUSH_SECONDS
        taken = self.take()
        if not taken:
            return
        try:
            with db.engine.begin() as connection:
                _write(connection, taken, now())
        except SQLAlchemyError:
            log.exception("plugin_timings_not_written")


def write_timings(_error: BaseException | None = None) -> None:
    """At the end of an app context, outside the request's own transaction."""
    timings: Timings = current_app.extensions["lms_plugins"].timings
    timings.flush_if_due()


def _write(connection: Connection, taken: list[HookTime], at: datetime) -> None:
    slot = datetime.fromtimestamp(at.timestamp() // _SLOT.seconds * _SLOT.seconds, at.tzinfo)
    added = insert_into(connection.dialect, PluginTiming)
    greatest = func.max if connection.dialect.name == "sqlite" else func.greatest
    table, new = PluginTiming.__table__.c, added.excluded
    statement = added.on_conflict_do_update(
        index_elements=["plugin", "hook", "slot"],
        set_={
            "count": table["count"] + new["count"],
            "total": table.total + new.total,
            "longest": greatest(table.longest, new.longest),
        },
    )
    # In one order everywhere, so that two processes cannot wait for each other.
    rows = [
        {"plugin": t.plugin, "hook": t.hook, "slot": slot,
         "count": t.count, "total": t.total, "longest": t.longest}
        for t in sorted(taken, key=lambda t: (t.plugin, t.hook))
    ]  # fmt: skip
    connection.execute(statement, rows)
    connection.execute(delete(PluginTiming).where(PluginTiming.slot < at - 2 * KEPT))


def last_hour(session: Session, at: datetime) -> list[HookTime]:
    """By plugin, the most expensive hook first."""
    total = func.sum(PluginTiming.total)
    rows = session.execute(
        select(
            PluginTiming.plugin,
            PluginTiming.hook,
            func.sum(PluginTiming.count),
            total,
            func.max(PluginTiming.longest),
        )
        .where(PluginTiming.slot > at - KEPT)
        .group_by(PluginTiming.plugin, PluginTiming.hook)
        .order_by(PluginTiming.plugin, total.desc())
    )
    return [HookTime(*row) for row in rows]
