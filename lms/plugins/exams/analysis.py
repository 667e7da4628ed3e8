"""What trainers look at: banks, exams, who sat them, how the questions did."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.plugins.api import Localized, Session
from lms.plugins.exams.models import (
    Attempt,
    Bank,
    Exam,
    Question,
    QuestionTag,
    QuestionVersion,
    Response,
)
from lms.plugins.exams.types import CHOICES


@dataclass(frozen=True)
class ExamFigures:
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


@dataclass(frozen=True)
class Answers:
    """One answer to a question: what was chosen, how often, and how often that was right."""

    chosen: Sequence[int]
    times: int
    right: int


@dataclass(frozen=True)
class OptionFigures:
    text: Localized
    is_right: bool
    times: int
    share: float


@dataclass(frozen=True)
class ItemFigures:
    """How a wording did: `difficulty` is the share (0-1) who had it right; low is hard."""

    version: QuestionVersion
    given: int
    right: int
    unanswered: int
    options: Sequence[OptionFigures]

    @property
    def difficulty(self) -> float:
        return self.right / self.given


@dataclass(frozen=True)
class ItemPage:
    items: Sequence[ItemFigures]
    page: int
    pages: int
    total: int


def items(session: Session, exam_id: int, page: int = 1, per_page: int = 15) -> ItemPage:
    """Hardest first, over the attempts handed in; each wording counts by itself."""
    # JSON has no equality on PostgreSQL; its text has, and answers are stored sorted.
    answer = cast(Response.answer, Text)
    rows = session.execute(
        select(
            Response.version_id,
            answer,
            func.count(),
            func.count(case((Response.is_correct.is_(True), 1))),
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.exam_id == exam_id, Response.share.is_not(None))
        .group_by(Response.version_id, answer)
    )
    answers: dict[int, list[Answers]] = defaultdict(list)
    for version_id, text, times, right in rows:
        answers[version_id].append(Answers(json.loads(text) if text else [], times, right))
    hardest_first = sorted(answers, key=lambda version_id: _ease(version_id, answers[version_id]))
    pages = max(1, -(-len(answers) // per_page))
    page = min(max(page, 1), pages)
    shown = hardest_first[(page - 1) * per_page : page * per_page]
    versions = session.scalars(
        select(QuestionVersion)
        .where(QuestionVersion.id.in_(shown))
        .options(joinedload(QuestionVersion.question))
    )
    by_id = {version.id: version for version in versions}
    figures = [_item(by_id[version_id], answers[version_id]) for version_id in shown]
    return ItemPage(figures, page, pages, len(answers))


def _ease(version_id: int, answers: Sequence[Answers]) -> tuple[float, int, int]:
    given = sum(a.times for a in answers)
    return sum(a.right for a in answers) / given, -given, version_id


def _item(version: QuestionVersion, answers: Sequence[Answers]) -> ItemFigures:
    given = sum(a.times for a in answers)
    options: list[Any] = version.options

    def figures(number: int) -> OptionFigures:
        times = sum(a.times for a in answers if number in a.chosen)
        text = Localized.of(options[number])
        return OptionFigures(text, number in version.answer, times, times / given)

    return ItemFigures(
        version=version,
        given=given,
        right=sum(a.right for a in answers),
        unanswered=sum(a.times for a in answers if not a.chosen),
        # Of other types there is no share of people who chose an option.
        options=[figures(n) for n in range(len(options)) if version.type in CHOICES],
    )
