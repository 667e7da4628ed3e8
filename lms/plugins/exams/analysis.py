"""What trainers look at: banks, exams, who sat them. How the questions did: `statistics`."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.plugins.api import Session
from lms.plugins.exams.models import (
    Attempt,
    Bank,
    Exam,
    Question,
    QuestionTag,
    QuestionVersion,
)


class ExamFigures(NamedTuple):
    """Over the attempts with a result; `mean` in hundredths of a percent, None without attempts."""

    exam: Exam
    sat: int
    people: int
    passed: int
    mean: int | None


def exams(session: Session, key: str | None = None) -> list[ExamFigures]:
    handed_in = case((Attempt.score.is_not(None), Attempt.id))
    found = (
        select(
            Exam,
            func.count(handed_in),
            func.count(case((Attempt.score.is_not(None), Attempt.person_id)).distinct()),
            func.count(case((Attempt.passed.is_(True), Attempt.id))),
            func.sum(Attempt.score),
        )
        .outerjoin(Attempt, Attempt.exam_id == Exam.id)
        .join(Exam.bank)
        .options(contains_eager(Exam.bank))
        .group_by(Exam.id, Bank.id)
        .order_by(Exam.key)
    )
    if key is not None:
        found = found.where(Exam.key == key)
    return [
        ExamFigures(exam, sat, people, passed, int(total or 0) // sat if sat else None)
        for exam, sat, people, passed, total in session.execute(found)
    ]


def banks(session: Session) -> Sequence[Row[Bank, int, int]]:
    """Each with its number of questions and of exams drawing from it."""
    exam_count = select(func.count(Exam.id)).where(Exam.bank_id == Bank.id).scalar_subquery()
    found = (
        select(Bank, func.count(Question.id), exam_count)
        .outerjoin(Question, Question.bank_id == Bank.id)
        .group_by(Bank.id)
        .order_by(Bank.key)
    )
    return session.execute(found).all()


def bank_questions(
    bank_id: int, words: str = "", tag: str = "", difficulty: int | None = None, kind: str = ""
) -> Select[QuestionVersion]:
    """Current wordings, to be paged; the words must all occur, in either language."""
    wanted: list[ColumnElement[bool]] = [
        Question.search.contains(word, autoescape=True) for word in words.lower().split()
    ]
    if tag:
        wanted.append(Question.tags.any(QuestionTag.tag == tag))
    if kind:
        wanted.append(QuestionVersion.type == kind)
    if difficulty:
        wanted.append(Question.difficulty == difficulty)
    return (
        select(QuestionVersion)
        .join(QuestionVersion.question)
        .where(
            Question.bank_id == bank_id,
            QuestionVersion.number == Question.current_number,
            *wanted,
        )
        .order_by(Question.id)
        .options(contains_eager(QuestionVersion.question).selectinload(Question.tags))
    )


def tags(session: Session, bank_id: int) -> Sequence[Row[str, int]]:
    """With how many questions carry them, the commonest first."""
    found = (
        select(QuestionTag.tag, func.count())
        .join(Question, Question.id == QuestionTag.question_id)
        .where(Question.bank_id == bank_id)
        .group_by(QuestionTag.tag)
        .order_by(func.count().desc(), QuestionTag.tag)
    )
    return session.execute(found).all()


def sittings(exam_id: int) -> Select[Attempt]:
    """Attempts handed in, newest first, to be paged."""
    return (
        select(Attempt)
        .where(Attempt.exam_id == exam_id, Attempt.submitted_at.is_not(None))
        .order_by(Attempt.submitted_at.desc(), Attempt.id.desc())
        .options(joinedload(Attempt.person))
    )
