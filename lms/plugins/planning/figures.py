"""What came of a planned programme: who was enrolled to begin in the month, and how they did."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, case, cast, extract, func, or_, select

from lms.plugins.api import Enrolment, EnrolmentStatus, Month, Session, StepProgress


@dataclass(frozen=True)
class Outcome:
    """Numbers of people; `mean` of their scores, in hundredths of a percent, None without any."""

    enrolled: int
    took_part: int
    completed: int
    mean: int | None

    @property
    def pass_rate(self) -> int:
        """Per cent of those enrolled who completed."""
        return round(100 * self.completed / self.enrolled)


def outcomes(
    session: Session, programme_ids: Collection[int], first: Month, last: Month
) -> Mapping[tuple[int, Month], Outcome]:
    """By programme and month of the start date; one query, none for no programmes."""
    if not programme_ids:
        return {}
    theirs = (
        Enrolment.programme_id.in_(programme_ids),
        Enrolment.starts_on >= first.first_day,
        Enrolment.starts_on <= last.last_day,
        Enrolment.status != EnrolmentStatus.CANCELLED,
    )
    work = (
        select(StepProgress.enrolment_id, func.avg(StepProgress.score).label("score"))
        .join(Enrolment, Enrolment.id == StepProgress.enrolment_id)
        .where(*theirs)
        .group_by(StepProgress.enrolment_id)
        .subquery()
    )
    starts = Enrolment.starts_on
    month = cast(extract("year", starts) * 12 + extract("month", starts) - 1, Integer)
    is_done = Enrolment.status == EnrolmentStatus.COMPLETED
    rows = session.execute(
        select(
            Enrolment.programme_id,
            month,
            func.count(Enrolment.id),
            func.sum(case((or_(work.c.enrolment_id.is_not(None), is_done), 1), else_=0)),
            func.sum(case((is_done, 1), else_=0)),
            func.avg(work.c.score),
        )
        .outerjoin(work, work.c.enrolment_id == Enrolment.id)
        .where(*theirs)
        .group_by(Enrolment.programme_id, month)
    )
    return {
        (programme_id, Month(number)): Outcome(
            enrolled, took_part, completed, None if mean is None else round(mean)
        )
        for programme_id, number, enrolled, took_part, completed, mean in rows
    }
