"""What is stored about a person. What is in words may say who they are: reasons of what they were
given, what they wrote as answers, and what markers commented."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from lms.plugins.api import Session
from lms.plugins.exams.models import (
    Attempt,
    Exam,
    Grant,
    Leaving,
    Mark,
    Question,
    QuestionImport,
    QuestionType,
    QuestionVersion,
    Response,
)
from lms.plugins.exams.papers.showing import Visible, visible

_IN_WORDS = (QuestionType.SHORT_ANSWER, QuestionType.CASE_ANALYSIS)
# What is left of an answer in words: that there was one.
_ERASED = [""]
_NOTHING = Visible(False, False, False, False)


def export(
    session: Session, person_id: int, now: datetime
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Less what the person may not see, yet or at all, by the rules of the exam."""
    seen = _seen(session, person_id, now)
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
        .where(
            Attempt.person_id == person_id,
            Mark.submitted_at.is_not(None),
            Mark.superseded_at.is_(None),
        )
        .order_by(Mark.id)
    )
    return {
        "given": [dict(row) for row in given.mappings()],
        "leavings": [dict(row) for row in leavings.mappings()],
        "marks_given": [dict(row) for row in marks_given.mappings()],
        "marks": [dict(row) for row in got.mappings() if seen[row["attempt_id"]].answers],
        "imports": [dict(row) for row in imports.mappings()],
        "attempts": [
            dict(row) if seen[row["id"]].score else {**row, "score": None}
            for row in attempts.mappings()
        ],
        "responses": [
            dict(row) if seen[row["attempt_id"]].key else {**row, "share": None, "is_correct": None}
            for row in responses.mappings()
        ],
    }


def _seen(session: Session, person_id: int, now: datetime) -> Mapping[int, Visible]:
    """By attempt; nothing before there is a result."""
    attempts = session.scalars(
        select(Attempt).where(Attempt.person_id == person_id).options(joinedload(Attempt.exam))
    )
    return {
        attempt.id: visible(session, attempt, now) if attempt.score is not None else _NOTHING
        for attempt in attempts.all()
    }


def erase(session: Session, person_id: int) -> int:
    """All that is in words; the rest is told by numbers alone."""
    own = select(Attempt.id).where(Attempt.person_id == person_id)
    connection = session.connection()
    wanted = update(Grant).where(Grant.person_id == person_id, Grant.reason != "")
    count = connection.execute(wanted.values(reason="")).rowcount
    comments = update(Mark).where(Mark.attempt_id.in_(own), Mark.comment != "")
    count += connection.execute(comments.values(comment="")).rowcount
    answers = session.scalars(
        select(Response)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(
            Response.attempt_id.in_(own),
            QuestionVersion.type.in_(_IN_WORDS),
            Response.answer.is_not(None),
        )
    )
    for response in answers:
        if response.answer != _ERASED:
            response.answer, count = _ERASED, count + 1
    session.flush()
    return count
