"""The month's training figures: `exam`, and of `case_analysis` what is marked in exams."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, or_, select

from lms.plugins.api import (
    Case,
    CaseUsage,
    Enrolment,
    Localized,
    Month,
    Programme,
    ProgrammeKind,
    Session,
    TrainingFigure,
    zone,
)
from lms.plugins.exams.models import (
    Attempt,
    Mark,
    Question,
    QuestionType,
    QuestionVersion,
    Response,
)
from lms.plugins.exams.settling import is_appealed

# Exams taken to begin work, or as a consequence of a month, do not count in one.
_NOT_COUNTED = (
    ProgrammeKind.ONBOARDING,
    ProgrammeKind.TEMPORARY,
    ProgrammeKind.RETRAINING,
    ProgrammeKind.DELTA,
)


def case_usage() -> CaseUsage:
    """Each answer given to a question about a case, in an exam that was handed in."""
    rows = (
        select(Case.id, Attempt.submitted_at)
        .select_from(Question)
        .join(Case, Case.key == Question.case_key)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
    )
    return CaseUsage(Localized("考题作答", "Exam answers"), rows)


def training_figures(session: Session, month: Month, now: datetime) -> list[TrainingFigure]:
    """Per person the mean (0-100) of the best percentage in each exam handed in in the month, and
    each mark of a case analysis that became final in it."""
    begin = datetime.combine(month.first_day, time.min, zone()).astimezone(UTC)
    end = datetime.combine(month.last_day + timedelta(days=1), time.min, zone()).astimezone(UTC)
    best = (
        select(Attempt.person_id, func.max(Attempt.score).label("score"))
        .outerjoin(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Programme, Programme.id == Enrolment.programme_id)
        .where(
            Attempt.submitted_at >= begin,
            Attempt.submitted_at < end,
            Attempt.submitted_at <= now,
            Attempt.score.is_not(None),
            ~is_appealed(),
            or_(Programme.id.is_(None), Programme.kind.not_in(_NOT_COUNTED)),
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
    exams = [
        TrainingFigure(person, "exam", int(total) / count / 100) for person, total, count in rows
    ]
    return exams + _case_analyses(session, begin, min(end, now + timedelta(microseconds=1)))


def _case_analyses(session: Session, begin: datetime, end: datetime) -> list[TrainingFigure]:
    """An answer counts once, when its own last mark was given: results are made anew for other
    answers' sake, and that must not count it again in another month."""
    marked_at = func.max(Mark.submitted_at)
    rows = session.execute(
        select(Attempt.person_id, Response.share)
        .join(Response, Response.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .join(Mark, (Mark.attempt_id == Attempt.id) & (Mark.position == Response.position))
        .outerjoin(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Programme, Programme.id == Enrolment.programme_id)
        .where(
            Mark.superseded_at.is_(None),
            Response.share.is_not(None),
            Response.ruling.is_(None),  # full points for everybody are nobody's own
            ~is_appealed(),
            QuestionVersion.type == QuestionType.CASE_ANALYSIS,
            or_(Programme.id.is_(None), Programme.kind.not_in(_NOT_COUNTED)),
        )
        .group_by(Attempt.person_id, Attempt.id, Response.position, Response.share)
        .having(marked_at >= begin, marked_at < end)
        .order_by(Attempt.person_id, Attempt.id, Response.position)
    )
    return [TrainingFigure(person, "case_analysis", (share or 0) / 100) for person, share in rows]
