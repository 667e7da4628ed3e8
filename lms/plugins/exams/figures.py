"""The month's training figure `exam`: what a person's exams of the month come to."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select

from lms.plugins.api import (
    Enrolment,
    Month,
    Programme,
    ProgrammeKind,
    Session,
    TrainingFigure,
    zone,
)
from lms.plugins.exams.models import Attempt

# Exams taken to begin work, or as a consequence of a month, do not count in one.
_NOT_COUNTED = (
    ProgrammeKind.ONBOARDING,
    ProgrammeKind.TEMPORARY,
    ProgrammeKind.RETRAINING,
    ProgrammeKind.DELTA,
)


def training_figures(session: Session, month: Month, now: datetime) -> list[TrainingFigure]:
    """Per person the mean (0-100) of the best percentage in each exam handed in in the month."""
    begin = datetime.combine(month.first_day, time.min, zone()).astimezone(UTC)
    end = datetime.combine(month.last_day + timedelta(days=1), time.min, zone()).astimezone(UTC)
    best = (
        select(Attempt.person_id, func.max(Attempt.score).label("score"))
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(
            Attempt.submitted_at >= begin,
            Attempt.submitted_at < end,
            Attempt.submitted_at <= now,
            Attempt.score.is_not(None),
            Programme.kind.not_in(_NOT_COUNTED),
        )
        .group_by(Attempt.person_id, Attempt.exam_id)
        .subquery()
    )
    # Sum and count, divided here: the databases' own averages differ in the last digits.
    rows = session.execute(
        select(best.c.person_id, func.sum(best.c.score), func.count())
        .group_by(best.c.person_id)
        .order_by(best.c.person_id)
    )
    return [
        TrainingFigure(person, "exam", int(total) / count / 100) for person, total, count in rows
    ]
