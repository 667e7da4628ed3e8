"""Drawing a paper over its sections: filled whenever that is possible, unseen questions first."""

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from lms.plugins.api import DomainError, Session
from lms.plugins.exams.models import (
    Attempt,
    Question,
    QuestionTag,
    QuestionType,
    QuestionVersion,
    Response,
)
from lms.plugins.exams.papers.sections import Section


class Candidate(NamedTuple):
    """A question that fits one of the sections (`fits`, by number from 0).

    `seen`: how often the person had it before.
    """

    question_id: int
    version_id: int
    type: str
    options: int
    seen: int
    fits: tuple[int, ...] = (0,)


def pool(session: Session, sections: Sequence[Section], person_id: int | None) -> list[Candidate]:
    """What may be asked, in a fixed order, which the seed needs; one query and one for the tags."""
    had = (
        select(QuestionVersion.question_id, func.count().label("times"))
        .join(Response, Response.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.person_id == person_id)
        .group_by(QuestionVersion.question_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Question.id,
            Question.bank_id,
            Question.difficulty,
            QuestionVersion.id,
            QuestionVersion.type,
            QuestionVersion.options,
            func.coalesce(had.c.times, 0),
        )
        .join(
            QuestionVersion,
            and_(
                QuestionVersion.question_id == Question.id,
                QuestionVersion.number == Question.current_number,
            ),
        )
        .outerjoin(had, had.c.question_id == Question.id)
        .where(Question.withdrawn_at.is_(None), or_(*(_fitting(section) for section in sections)))
        .order_by(Question.id)
    ).all()
    tags = _tags(session, sections)
    fixed = {q: number for number, section in enumerate(sections) for q in section.questions}
    found = []
    for question, bank, difficulty, version, kind, options, times in rows:
        carried = tags.get(question, frozenset())
        fits = tuple(
            number
            for number, section in enumerate(sections)
            if _fits(section, bank, difficulty, carried)
        )
        # A question with a place of its own is not drawn for another.
        own = (fixed[question],) if question in fixed else fits
        found.append(Candidate(question, version, kind, len(options), times, own))
    return found


def _fitting(section: Section) -> ColumnElement[bool]:
    if section.is_fixed:
        return Question.id.in_(section.questions)
    found = Question.bank_id == section.bank_id
    if section.tags:
        found &= Question.tags.any(QuestionTag.tag.in_(section.tags))
    if section.difficulties:
        found &= Question.difficulty.in_(section.difficulties)
    return found


def _tags(session: Session, sections: Sequence[Section]) -> dict[int, frozenset[str]]:
    wanted = {tag for section in sections for tag in section.tags}
    if not wanted:
        return {}
    found: dict[int, set[str]] = {}
    for question_id, tag in session.execute(
        select(QuestionTag.question_id, QuestionTag.tag).where(QuestionTag.tag.in_(wanted))
    ):
        found.setdefault(question_id, set()).add(tag)
    return {question_id: frozenset(tags) for question_id, tags in found.items()}


def _fits(section: Section, bank_id: int, difficulty: int, tags: frozenset[str]) -> bool:
    return (
        not section.is_fixed
        and bank_id == section.bank_id
        and (not section.tags or not tags.isdisjoint(section.tags))
        and (not section.difficulties or difficulty in section.difficulties)
    )


def choose(preferred: Iterable[Candidate], sections: Sequence[Section]) -> list[list[Candidate]]:
    """Questions by section, the earlier ones in `preferred` first; as many as there are.

    A question that two sections could use moves to the other when that fills both: the questions
    that can be placed together form a matroid, so that going by preference loses nothing.
    """
    chosen: list[list[Candidate]] = [[] for _ in sections]
    full: set[int] = set()  # sections that stay full whatever else is moved

    def place(candidate: Candidate, tried: set[int]) -> bool:
        for number in candidate.fits:
            if number in tried:
                continue
            tried.add(number)
            if len(chosen[number]) < sections[number].size:
                chosen[number].append(candidate)
                return True
            for other in list(chosen[number]):
                if place(other, tried):
                    chosen[number].remove(other)
                    chosen[number].append(candidate)
                    return True
        return False

    for candidate in preferred:
        if full.issuperset(candidate.fits):
            continue
        tried: set[int] = set(full)
        if not place(candidate, tried):
            full |= tried
    return chosen


def refuse_unfilled(chosen: Sequence[Sequence[Candidate]], sections: Sequence[Section]) -> None:
    """DomainError with how many questions lack, and in which section first. Fixed ones lack none:
    what was withdrawn is not asked any more."""
    lacking = [0 if s.is_fixed else s.size - len(c) for s, c in zip(sections, chosen, strict=True)]
    for number, count in enumerate(lacking):
        if count:
            raise DomainError(
                "The draw cannot be filled: %(count)s questions lack in section %(number)s.",
                field=f"sections-{number}-count",
                count=sum(lacking),
                number=number + 1,
            )


def draw(
    among: Sequence[Candidate],
    sections: Sequence[Section],
    seed: int,
    *,
    shuffle_questions: bool = True,
    shuffle_options: bool = True,
) -> list[Response]:
    """The paper, section by section; DomainError if it cannot be filled.

    The seed decides everything: the same among the same gives the same paper again.
    """
    rng = random.Random(seed)  # noqa: S311  reproducible on purpose; the seed itself is secret
    shuffled = rng.sample(list(among), len(among))
    chosen = choose(sorted(shuffled, key=lambda c: c.seen), sections)
    refuse_unfilled(chosen, sections)
    paper = []
    for number, (section, candidates) in enumerate(zip(sections, chosen, strict=True)):
        place = {question: at for at, question in enumerate(section.questions)}
        candidates.sort(key=lambda c: place.get(c.question_id, 0))
        if shuffle_questions or not section.is_fixed:
            rng.shuffle(candidates)
        paper += [(number, section.points_of(c.question_id), c) for c in candidates]
    return [
        Response(
            position=position,
            version_id=candidate.version_id,
            option_order=_option_order(candidate, rng, shuffle_options),
            section=number,
            points=points,
        )
        for position, (number, points, candidate) in enumerate(paper, start=1)
    ]


# In the order they were written in, their options would be the key.
_ALWAYS_SHUFFLED = frozenset({QuestionType.ORDERING, QuestionType.MATCHING})


def _option_order(candidate: Candidate, rng: random.Random, is_shuffled: bool) -> list[int]:
    order = list(range(candidate.options))
    if candidate.type == QuestionType.TRUE_FALSE:
        return order
    if not is_shuffled and candidate.type not in _ALWAYS_SHUFFLED:
        return order
    rng.shuffle(order)
    while candidate.type == QuestionType.ORDERING and order == sorted(order):
        rng.shuffle(order)
    return order
