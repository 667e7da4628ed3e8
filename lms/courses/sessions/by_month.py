"""What came of a programme's sessions, month by month: for plans and reports."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from sqlalchemy import and_, select

from lms.clock import Month, local_date
from lms.courses.sessions.attendance import COUNTED, CURRENT, Count
from lms.courses.sessions.models import Attendance, Booking, BookingState, TrainingSession
from lms.db import Session
from lms.people.organisation import zone


@dataclass(frozen=True)
class SessionFigures:
    """Of the sessions that were not cancelled. People count once for each session: `places` taken
    in those that are over, `recorded` of them with attendance, `attended` present or partly."""

    planned: int = 0
    held: int = 0
    places: int = 0
    recorded: int = 0
    attended: int = 0

    @property
    def rate(self) -> int | None:
        """Per cent of the places taken; None before attendance is recorded."""
        return round(100 * self.attended / self.places) if self.recorded else None

    def plus(self, count: Count, is_over: bool) -> Self:
        if not is_over:
            return type(self)(
                self.planned + 1, self.held, self.places, self.recorded, self.attended
            )
        return type(self)(
            self.planned + 1,
            self.held + 1,
            self.places + count.booked,
            self.recorded + count.attended + count.absent,
            self.attended + count.attended,
        )


def sessions_by_month(
    session: Session, programme_ids: Collection[int], first: Month, last: Month, now: datetime
) -> dict[tuple[int, Month], SessionFigures]:
    """By programme and month in which they begin, local time; one query, none for no programmes."""
    if not programme_ids:
        return {}
    begin = datetime.combine(first.first_day, time(), zone())
    end = datetime.combine(last.last_day + timedelta(days=1), time(), zone())
    booked = and_(Booking.session_id == TrainingSession.id, Booking.state == BookingState.BOOKED)
    when = (TrainingSession.programme_id, TrainingSession.starts_at, TrainingSession.ends_at)
    rows = session.execute(
        select(*when, *COUNTED)
        .outerjoin(Booking, booked)
        .outerjoin(Attendance, CURRENT)
        .where(
            TrainingSession.programme_id.in_(programme_ids),
            TrainingSession.starts_at >= begin,
            TrainingSession.starts_at < end,
            TrainingSession.cancelled_at.is_(None),
        )
        .group_by(TrainingSession.id, *when)
    )
    found: dict[tuple[int, Month], SessionFigures] = {}
    for programme_id, starts_at, ends_at, *counts in rows:
        place = (programme_id, Month.of(local_date(starts_at, zone())))
        figures = found.get(place, SessionFigures())
        found[place] = figures.plus(Count(*counts), ends_at <= now)
    return found
