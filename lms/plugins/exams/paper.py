"""Drawing a paper: by a stored seed, so that it can be shown later how it came about."""

import random
from dataclasses import dataclass

from sqlalchemy import func, select

from lms.plugins.api import Session
from lms.plugins.exams.models import (
    Attempt,
    Exam,
    Question,
    QuestionTag,
    QuestionType,
    QuestionVersion,
    Response,
)


@dataclass(frozen=True)
class Candidate:
    """A question that fits the exam; `seen`: how often the person had it before."""

    version_id: int
    type: str
    options: int
    seen: int


def candidates(session: Session, exam: Exam, person_id: int) -> list[Candidate]:
    """In a fixed order, which the seed needs."""
    seen = (
        select(QuestionVersion.question_id, func.count().label("times"))
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.person_id == person_id)
        .group_by(QuestionVersion.question_id)
        .subquery()
    )
    found = (
        select(
            QuestionVersion.id,
            QuestionVersion.type,
            QuestionVersion.options,
            func.coalesce(seen.c.times, 0),
        )
        .join(Question, Question.id == QuestionVersion.question_id)
        .outerjoin(seen, seen.c.question_id == Question.id)
        .where(
            Question.bank_id == exam.bank_id,
            Question.withdrawn_at.is_(None),
            QuestionVersion.number == Question.current_number,
        )
        .order_by(Question.id)
    )
    if exam.tags:
        found = found.where(Question.tags.any(QuestionTag.tag.in_(exam.tags)))
    return [Candidate(i, kind, len(options), n) for i, kind, options, n in session.execute(found)]


def draw(among: list[Candidate], count: int, seed: int) -> list[Response]:
    """`count` questions, those the person has not seen first, in random order, options shuffled."""
    rng = random.Random(seed)  # noqa: S311  reproducible on purpose; the seed itself is secret
    shuffled = rng.sample(among, len(among))
    chosen = sorted(shuffled, key=lambda c: c.seen)[:count]
    rng.shuffle(chosen)
    return [
        Response(
            position=position,
            version_id=candidate.version_id,
            option_order=_option_order(candidate, rng),
        )
        for position, candidate in enumerate(chosen, start=1)
    ]


def _option_order(candidate: Candidate, rng: random.Random) -> list[int]:
    order = list(range(candidate.options))
    if candidate.type != QuestionType.TRUE_FALSE:
        rng.shuffle(order)
    return order
