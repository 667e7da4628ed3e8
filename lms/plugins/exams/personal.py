"""What is stored about a person. Nothing in it names them, so an erasure has nothing to remove."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Session
from lms.plugins.exams.models import (
    Attempt,
    Exam,
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
    return {
        "imports": [dict(row) for row in imports.mappings()],
        "attempts": [dict(row) for row in attempts.mappings()],
        "responses": [dict(row) for row in responses.mappings()],
    }
