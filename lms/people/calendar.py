"""The organisation's working calendar: weekly rest days, and the dates that are exceptions.

As in China, an exception goes either way: a holiday on a weekday, or work on a Sunday to make up
for it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.db import Session
from lms.errors import DomainError, NotFound
from lms.people.models import CalendarDay, Organisation
from lms.people.organisation import organisation

WEEKEND = (6, 7)
# One entry of the form covers a holiday, not a year by a slip of the pen.
LONGEST = timedelta(days=60)


class Calendar(NamedTuple):
    """`rest_days`: ISO weekdays, never all seven; `exceptions`: whether a date is worked on."""

    rest_days: frozenset[int]
    exceptions: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.isoweekday() not in self.rest_days)

    def nth_working_day(self, start: date, n: int) -> date:
        """The n-th working day from `start` on, which is the first itself if it is one."""
        day = start
        while True:
            n -= self.is_working(day)
            if n <= 0:
                return day
            day += timedelta(days=1)


def calendar(session: Session) -> Calendar:
    """Two queries: ask once for many people."""
    rest = session.scalar(select(Organisation.rest_days))
    rows = session.execute(select(CalendarDay.day, CalendarDay.is_working))
    return Calendar(
        frozenset(WEEKEND if rest is None else rest), {day: works for day, works in rows}
    )


def set_rest_days(session: Session, days: Collection[int], *, actor: Actor, now: datetime) -> bool:
    """The weekdays without work from now on; False if they are so already."""
    wanted = sorted(set(days))
    if not set(wanted) <= set(range(1, 8)):
        raise DomainError("This is not one of the choices.", field="days")
    if len(wanted) == 7:
        raise DomainError("At least one day of the week must be a working day.", field="days")
    own = organisation(session)
    old = list(WEEKEND) if own.rest_days is None else own.rest_days
    if wanted == old:
        return False
    own.rest_days = wanted
    subject = ("organisation", own.id)
    audit.record(session, actor, "calendar.week", subject, now=now, old=old, new=wanted)
    return True


def set_days(
    session: Session,
    first: date,
    last: date,
    *,
    is_working: bool,
    name: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Make every date of the span, both ends included, an exception; returns how many changed."""
    if last < first:
        raise DomainError("The last day is before the first.", field="last")
    if last - first > LONGEST:
        raise DomainError("At most %(days)s days at once.", field="last", days=LONGEST.days + 1)
    stored = session.scalars(select(CalendarDay).where(CalendarDay.day.between(first, last)))
    known = {row.day: row for row in stored}
    changed = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        row = known.get(day)
        if row is None:
            session.add(CalendarDay(day=day, is_working=is_working, name=name))
        elif (row.is_working, row.name) != (is_working, name):
            row.is_working, row.name = is_working, name
        else:
            continue
        changed += 1
    if changed:
        audit.record(
            session, actor, "calendar.day", ("organisation", 1), now=now, reason=name,
            first=first.isoformat(), last=last.isoformat(), is_working=is_working,
        )  # fmt: skip
    return changed


def forget(session: Session, day: date, *, actor: Actor, now: datetime) -> None:
    """The date is what its weekday says again."""
    row = session.get(CalendarDay, day)
    if row is None:
        raise NotFound("This date is no exception.")
    session.delete(row)
    audit.record(
        session, actor, "calendar.forget", ("organisation", 1), now=now, reason=row.name,
        day=day.isoformat(), was_working=row.is_working,
    )  # fmt: skip


def of_year(session: Session, year: int) -> list[CalendarDay]:
    """The exceptions of a year, in order."""
    span = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(session.scalars(select(CalendarDay).where(span).order_by(CalendarDay.day)))
