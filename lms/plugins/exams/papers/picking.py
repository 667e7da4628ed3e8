"""Filling a section with questions of its bank, one by one: adding, order, points, taking out.

Each of these is a new version of the exam. Done twice, as by a double click, it changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from lms.plugins.api import Actor, DomainError, NotFound, Session
from lms.plugins.exams import analysis
from lms.plugins.exams.models import Attempt, Exam, Question, QuestionVersion, Response
from lms.plugins.exams.papers import editing
from lms.plugins.exams.papers.sections import MOST_POINTS, Section, sections_of, with_worth


class Picked(NamedTuple):
    """A question of the section as it would be asked now. `asked`: how often attempts at this exam
    had it, by the number of its wording."""

    version: QuestionVersion
    points: int
    asked: Mapping[int, int]


def section_of(exam: Exam, number: int) -> Section:
    """By number from 1; NotFound where there is none."""
    found = sections_of(exam)
    if not 1 <= number <= len(found):
        raise NotFound("The exam has no such section.")
    return found[number - 1]


def picked(session: Session, exam: Exam, section: Section) -> list[Picked]:
    """What is in the section, in order; two queries."""
    if not section.questions:
        return []
    versions = {
        version.question_id: version
        for version in session.scalars(
            select(QuestionVersion)
            .join(QuestionVersion.question)
            .where(
                Question.id.in_(section.questions),
                QuestionVersion.number == Question.current_number,
            )
            .options(contains_eager(QuestionVersion.question))
        )
    }
    asked: dict[int, dict[int, int]] = {}
    for question_id, number, times in session.execute(
        select(QuestionVersion.question_id, QuestionVersion.number, func.count())
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.exam_id == exam.id, QuestionVersion.question_id.in_(section.questions))
        .group_by(QuestionVersion.question_id, QuestionVersion.number)
        .order_by(QuestionVersion.number)
    ):
        asked.setdefault(question_id, {})[number] = times
    return [
        Picked(versions[question], section.points_of(question), asked.get(question, {}))
        for question in section.questions
    ]


def places(exam: Exam) -> dict[int, int]:
    """Fixed questions of the exam: the number of the section each is in."""
    return {
        question: number
        for number, section in enumerate(sections_of(exam), start=1)
        for question in section.questions
    }


def choosable(
    section: Section, words: str, tag: str, difficulty: int | None, kind: str, but: Sequence[int]
) -> Select[QuestionVersion]:
    """Questions of the section's bank that are in use, to be paged; none of `but`."""
    found = analysis.bank_questions(section.bank_id, words, tag, difficulty, kind)
    found = found.where(Question.withdrawn_at.is_(None))
    return found.where(Question.id.not_in(but)) if but else found


def change(
    session: Session,
    exam: Exam,
    number: int,
    how: Callable[[Section], Section],
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Whether the section is another now. Whoever else changed the exam meanwhile loses nothing."""
    editing.lock(session, exam)
    section_of(exam, number)
    settings = editing.settings_of(exam)
    parts = [how(s) if n == number else s for n, s in enumerate(settings.sections, start=1)]
    try:
        editing.change(
            session, exam, replace(settings, sections=parts),
            base_number=exam.number, actor=actor, now=now,
        )  # fmt: skip
    except editing.NothingChanged:
        return False
    return True


def added(section: Section, questions: Sequence[int]) -> Section:
    """With these behind those it has; a section that was drawn asks only them from now on."""
    new = [question for question in dict.fromkeys(questions) if question not in section.questions]
    return _of(section, {**_worth(section), **dict.fromkeys(new, section.points)})


def without(section: Section, question: int) -> Section:
    return _of(section, {q: p for q, p in _worth(section).items() if q != question})


def moved(section: Section, wanted: Mapping[int, int]) -> Section:
    """Those in `wanted` to these places, counted from 1; the others keep their order."""
    order = [question for question in section.questions if question not in wanted]
    for question in sorted(set(wanted) & set(section.questions), key=lambda q: wanted[q]):
        order.insert(max(wanted[question], 1) - 1, question)
    worth = _worth(section)
    return _of(section, {question: worth[question] for question in order})


def valued(section: Section, points: Mapping[int, int]) -> Section:
    """With other points for some; DomainError for what cannot be."""
    if not all(1 <= each <= MOST_POINTS for each in points.values()):
        raise DomainError(
            "This must be between %(low)s and %(high)s.", field="points", low=1, high=MOST_POINTS
        )
    return _of(section, {q: points.get(q, own) for q, own in _worth(section).items()})


def _worth(section: Section) -> dict[int, int]:
    return {question: section.points_of(question) for question in section.questions}


def _of(section: Section, worth: Mapping[int, int]) -> Section:
    if not worth and not section.is_fixed:
        return section
    fixed = Section(section.title, section.bank_id, points=section.points, questions=tuple(worth))
    return with_worth(fixed, list(worth.values()))
