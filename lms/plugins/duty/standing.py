"""May this person take contacts now? One query, the same answer for the API and the webhooks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, bindparam, select

from lms.plugins.api import Channel, Clearance, Person, Session, channels, in_force

_IN_FORCE = and_(Clearance.person_id == Person.id, in_force(bindparam("day", type_=Date())))
_ROWS = (
    select(
        Person.staff_no,
        Person.left_on,
        Clearance.from_day,
        Clearance.until,
        Clearance.source,
        Clearance.channels,
    )
    .outerjoin(Clearance, _IN_FORCE)
    .order_by(Clearance.from_day)
)
_BY_NUMBER = _ROWS.where(Person.staff_no == bindparam("who"))
_BY_ID = _ROWS.where(Person.id == bindparam("who"))


@dataclass(frozen=True)
class Standing:
    """`reason` is empty while cleared, else `left`, `not_cleared` or `channel`.

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
    fitting = [row for row in rows if channel is None or channel in channels.named_in(row.channels)]
    held = fitting or rows
    # Of several in force the one that lasts longest says until when; the oldest says since when.
    longest = max(held, key=lambda row: row.until or date.max)
    return Standing(
        first.staff_no, bool(fitting), "" if fitting else "channel", held[0].from_day,
        longest.until, longest.source, channels.union(row.channels for row in rows),
    )  # fmt: skip
