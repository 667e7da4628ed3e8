"""The result of an attempt: what it came to, by topic; `reviewing` goes through its answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.plugins.api import Localized, NotFound, Session, read_rows
from lms.plugins.exams.models import Attempt, Exam, QuestionTag, QuestionVersion, Response, Ruling
from lms.plugins.exams.papers import rules, scoring
from lms.plugins.exams.papers.sections import sections_of
from lms.plugins.exams.papers.showing import SITS_AGAIN, Visible
from lms.plugins.exams.settling import is_wrong
from lms.plugins.exams.types import FULL

# So many topics are named as those to practise first.
MOST_WEAK = 3


@dataclass(frozen=True)
class Topic:
    """A section of the exam or a tag of its questions. `share`: of its points, in percent."""

    name: Localized
    count: int
    right: int
    share: float


@dataclass(frozen=True)
class Result:
    """`points` in ten-thousandths, earned and at most; `visible`: what of it the reader may see;
    `topics`: the weakest first, none while the key may not be seen; `weak`: those below the pass
    mark, to practise first."""

    attempt: Attempt
    exam: Exam
    count: int
    correct: int
    points: tuple[int, int]
    topics: Sequence[Topic]
    weak: Sequence[Topic]
    has_passed: bool
    visible: Visible


class Found(NamedTuple):
    """An attempt with its exam; whether the step's exam has been passed by now, and whether the
    person sits it again."""

    attempt: Attempt
    has_passed: bool
    sits_again: bool


class _Answered(NamedTuple):
    """A row of `_ANSWERED`, with fields that are quicker to read than a `Row`'s."""

    position: int
    section: int
    share: int | None
    points: int
    is_correct: bool | None
    is_answered: bool | None
    ruling: str | None
    type: str
    tag: str | None


_every = aliased(Attempt)
_PASSED = exists().where(
    _every.person_id == Attempt.person_id,
    _every.exam_id == Attempt.exam_id,
    or_(
        and_(_every.enrolment_id == Attempt.enrolment_id, _every.step_id == Attempt.step_id),
        and_(_every.step_id.is_(None), Attempt.step_id.is_(None)),
    ),
    _every.passed.is_(True),
)
# Made once: after an exam the whole company asks for it within a minute.
_FOUND = (
    select(Attempt, _PASSED, SITS_AGAIN)
    .where(Attempt.id == bindparam("attempt_id"))
    .options(joinedload(Attempt.exam))
)
# A row for each question and tag of it.
_ANSWERED = (
    select(
        Response.position,
        Response.section,
        Response.share,
        Response.points,
        Response.is_correct,
        (cast(Response.answer, Text) != "[]").label("is_answered"),
        Response.ruling,
        QuestionVersion.type,
        QuestionTag.tag,
    )
    .join(QuestionVersion, QuestionVersion.id == Response.version_id)
    .outerjoin(QuestionTag, QuestionTag.question_id == QuestionVersion.question_id)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .order_by(Response.position)
)


def found(session: Session, attempt_id: int) -> Found | None:
    row = session.execute(_FOUND, {"attempt_id": attempt_id}).one_or_none()
    return None if row is None else Found(*row)


def result_of(session: Session, attempt: Attempt, *, has_passed: bool, visible: Visible) -> Result:
    """NotFound while it has not been handed in. What is not `visible` is not in it."""
    if attempt.submitted_at is None:
        raise NotFound("This exam has not been handed in yet.")
    found = read_rows(session, _ANSWERED, attempt_id=attempt.id)
    rows = [row for row in map(_Answered._make, found) if row.ruling != Ruling.OUT]
    answers = {row.position: row for row in rows}.values()
    agreed = rules.read(attempt.rules)
    earned = sum(
        scoring.earned(
            a.share or 0, a.points, is_wrong(a.share, bool(a.is_answered), a.type), agreed
        )
        for a in answers
    )
    topics: list[Topic] = []
    if visible.key and attempt.score is not None:
        topics = _by_section(attempt, list(answers)) or _by_tag(rows)
    return Result(
        attempt=attempt,
        exam=attempt.exam,
        count=len(answers),
        correct=sum(bool(a.is_correct) for a in answers),
        points=(earned, FULL * sum(a.points for a in answers)),
        topics=topics,
        weak=[t for t in topics if t.share < attempt.pass_mark][:MOST_WEAK],
        has_passed=has_passed,
        visible=visible,
    )


def _by_section(attempt: Attempt, answers: Sequence[_Answered]) -> list[Topic]:
    """None of an exam without several sections, or one that was changed since it was sat."""
    titles = [section.title for section in sections_of(attempt.exam)]
    if len(titles) < 2 or not all(titles) or attempt.exam_number != attempt.exam.number:
        return []
    return _weakest_first(
        (title, [a for a in answers if a.section == n]) for n, title in enumerate(titles)
    )


def _by_tag(rows: Sequence[_Answered]) -> list[Topic]:
    found: dict[str, list[_Answered]] = {}
    for row in rows:
        if row.tag is not None:
            found.setdefault(row.tag, []).append(row)
    return _weakest_first((Localized(tag, tag), asked) for tag, asked in found.items())


def _weakest_first(topics: Iterable[tuple[Localized, Sequence[_Answered]]]) -> list[Topic]:
    made = [
        Topic(
            name,
            len(asked),
            sum(bool(a.is_correct) for a in asked),
            sum((a.share or 0) * a.points for a in asked) / (100 * sum(a.points for a in asked)),
        )
        for name, asked in topics
        if asked
    ]
    return sorted(made, key=lambda topic: topic.share)
