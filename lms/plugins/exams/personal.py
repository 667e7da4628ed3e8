"""What is stored about a person. Only the reasons of what they were given say anything of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from lms.plugins.api import Session
from lms.plugins.exams.models import (
    Attempt,
    Exam,
    Grant,
    Leaving,
    Mark,
    Question,
    QuestionImport,
    QuestionVersion,
    Response,
)


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    attempts = session.execute(
        select(
            Attempt.id,
            Exam.key.label("exam"),
            Attempt.number,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.score,
            Attempt.passed,
        )
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.id)
    )
    responses = session.execute(
        select(
            Response.attempt_id,
            Response.position,
            Question.key.label("question"),
            QuestionVersion.number.label("version"),
            Response.answer,
            Response.saved_at,
            Response.share,
            Response.is_correct,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Attempt.person_id == person_id)
        .order_by(Response.attempt_id, Response.position)
    )
    imports = session.execute(
        select(QuestionImport.filename, QuestionImport.bank_name, QuestionImport.created_at)
        .where(QuestionImport.created_by == person_id)
        .order_by(QuestionImport.id)
    )
    given = session.execute(
        select(Exam.key.label("exam"), Grant.minutes, Grant.reason, Grant.created_at)
        .join(Exam, Exam.id == Grant.exam_id)
        .where(Grant.person_id == person_id)
        .order_by(Grant.id)
    )
    leavings = session.execute(
        select(Leaving.attempt_id, Leaving.left_at, Leaving.back_at)
        .join(Attempt, Attempt.id == Leaving.attempt_id)
        .where(Attempt.person_id == person_id)
        .order_by(Leaving.id)
    )
    marks_given = session.execute(
        select(Mark.attempt_id, Mark.position, Mark.points, Mark.comment, Mark.submitted_at)
        .where(Mark.marker_id == person_id)
        .order_by(Mark.id)
    )
    got = session.execute(
        select(Mark.attempt_id, Mark.position, Mark.points, Mark.comment, Mark.submitted_at)
        .join(Attempt, Attempt.id == Mark.attempt_id)
        .where(Attempt.person_id == person_id, Mark.submitted_at.is_not(None))
        .order_by(Mark.id)
    )
    return {
        "given": [dict(row) for row in given.mappings()],
        "leavings": [dict(row) for row in leavings.mappings()],
        "marks_given": [dict(row) for row in marks_given.mappings()],
        "marks": [dict(row) for row in got.mappings()],
        "imports": [dict(row) for row in imports.mappings()],
        "attempts": [dict(row) for row in attempts.mappings()],
        "responses": [dict(row) for row in responses.mappings()],
    }


def erase(session: Session, person_id: int) -> int:
    """Reasons are words about the person; the rest is told by numbers alone."""
    wanted = update(Grant).where(Grant.person_id == person_id, Grant.reason != "")
    return session.connection().execute(wanted.values(reason="")).rowcount
