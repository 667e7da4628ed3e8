"""May this person take contacts now? One query, the same answer for the API and the webhooks."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, and_, bindparam, select

from lms.plugins.api import Channel, Clearance, Person, Session, channels, granted_on, resting_on

_DAY = bindparam("day", type_=Date())
_ROWS = (
    select(
        Person.staff_no,
        Person.left_on,
        Clearance.from_day,
        Clearance.until,
        Clearance.source,
        Clearance.channels,
        resting_on(_DAY).label("rests"),
    )
    .outerjoin(Clearance, and_(Clearance.person_id == Person.id, granted_on(_DAY)))
    .order_by(Clearance.from_day)
)
_BY_NUMBER = _ROWS.where(Person.staff_no == bindparam("who"))
_BY_ID = _ROWS.where(Person.id == bindparam("who"))


class Standing(NamedTuple):
    """`reason` is empty while cleared, else `left`, `not_cleared`, `delta_due` or `channel`.

    `since`, `until` (the last day; None is open) and `source` are those of the clearance held, for
    the channel asked about where it is held for that one; `channels`: all that are cleared.
    """

    staff_no: str
    cleared: bool
    reason: str
    since: date | None
    until: date | None
    source: str | None
    channels: tuple[Channel, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "staff_no": self.staff_no,
            "cleared": self.cleared,
            "reason": self.reason or None,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "source": self.source,
            "channels": list(self.channels),
        }


def by_staff_no(
    session: Session, staff_no: str, today: date, channel: str | None = None
) -> Standing | None:
    """None for a number that nobody has; with a channel, cleared only for that one."""
    return _standing(session, _BY_NUMBER, staff_no, today, channel)


def by_id(session: Session, person_id: int, today: date) -> Standing | None:
    return _standing(session, _BY_ID, person_id, today, None)


def _standing(
    session: Session, wanted: Any, who: int | str, today: date, channel: str | None
) -> Standing | None:
    rows = session.execute(wanted, {"who": who, "day": today}).all()
    if not rows:
        return None
    first = rows[0]
    if first.left_on is not None or first.from_day is None:
        reason = "left" if first.left_on is not None else "not_cleared"
        return Standing(first.staff_no, False, reason, None, None, None)
    in_force = [row for row in rows if not row.rests]
    if not in_force:
        return Standing(first.staff_no, False, "delta_due", None, None, None)
    fitting = [row for row in in_force if _is_for(row.channels, channel)]
    held = fitting or in_force
    # Of several in force the one that lasts longest says until when; the oldest says since when.
    longest = max(held, key=lambda row: row.until or date.max)
    return Standing(
        first.staff_no, bool(fitting), _reason(rows, fitting, channel), held[0].from_day,
        longest.until, longest.source, channels.union(row.channels for row in in_force),
    )  # fmt: skip


def _is_for(stored: str | None, channel: str | None) -> bool:
    return channel is None or channel in channels.named_in(stored)


def _reason(rows: Sequence[Any], fitting: Sequence[Any], channel: str | None) -> str:
    if fitting:
        return ""
    waits = any(row.rests and _is_for(row.channels, channel) for row in rows)
    return "delta_due" if waits else "channel"
