"""The result of an attempt: what it came to, by topic; `reviewing` goes through its answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, exists, func, literal_column, null, or_, select
from sqlalchemy.orm import aliased

from lms.plugins.api import Localized, NotFound, Person, Session, read_rows
from lms.plugins.exams.models import Attempt, Exam, QuestionTag, QuestionVersion, Response, Ruling
from lms.plugins.exams.papers import rules, scoring
from lms.plugins.exams.papers.showing import SITS_AGAIN, Visible
from lms.plugins.exams.settling import is_wrong
from lms.plugins.exams.topics import names
from lms.plugins.exams.types import FULL

# So many topics are named as those to practise first.
MOST_WEAK = 3


class SatExam(NamedTuple):
    """Its columns of the same names."""

    key: str
    title: Localized
    number: int
    sections: Sequence[Any]
    rules: dict[str, Any]


class Sat(NamedTuple):
    """An attempt, its columns of the same names, with its exam and its person's name; whether the
    step's exam has been passed by now, and whether the person sits it again."""

    exam: SatExam
    person_name: str
    has_passed: bool
    sits_again: bool
    id: int
    exam_id: int
    person_id: int
    enrolment_id: int | None
    step_id: int | None
    number: int
    pass_mark: int
    exam_number: int
    rules: dict[str, Any]
    deadline: datetime
    submitted_at: datetime | None
    is_automatic: bool
    score: int | None
    passed: bool | None
    marked_at: datetime | None


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

    attempt: Sat
    exam: SatExam
    count: int
    correct: int
    points: tuple[int, int]
    topics: Sequence[Topic]
    weak: Sequence[Topic]
    visible: Visible


class _Answers(NamedTuple):
    """A row of `_ANSWERS`: so many questions answered alike; those of a tag, or of all tags."""

    tag: str | None
    section: int
    share: int | None
    points: int
    is_correct: bool | None
    is_answered: bool | None
    type: str
    questions: int


_every = aliased(Attempt)
# Among the person's attempts, as `SITS_AGAIN`.
_PASSED = exists().where(
    _every.person_id == Attempt.person_id,
    _every.exam_id + 0 == Attempt.exam_id,
    or_(
        and_(_every.enrolment_id == Attempt.enrolment_id, _every.step_id == Attempt.step_id),
        and_(_every.step_id.is_(None), Attempt.step_id.is_(None)),
    ),
    _every.passed.is_(True),
)
# Made once, and of columns only: after an exam the whole company asks for it within a minute.
_SAT = (
    select(
        *(getattr(Exam, name) for name in SatExam._fields),
        Person.name,
        _PASSED,
        SITS_AGAIN,
        *(getattr(Attempt, name) for name in Sat._fields[4:]),
    )
    .join(Exam, Exam.id == Attempt.exam_id)
    .join(Person, Person.id == Attempt.person_id)
    .where(Attempt.id == bindparam("attempt_id"))
)
_ALIKE = (
    Response.section,
    Response.share,
    Response.points,
    Response.is_correct,
    (cast(Response.answer, Text) != literal_column("'[]'")).label("is_answered"),
    QuestionVersion.type,
)


def _alike(tag: Any) -> Any:
    return (
        select(tag, *_ALIKE, func.count())
        .select_from(Response)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(
            Response.attempt_id == bindparam("attempt_id"),
            or_(Response.ruling.is_(None), Response.ruling != Ruling.OUT),
        )
        .group_by(*_ALIKE)
    )


_ANSWERS = _alike(null().cast(Text).label("tag")).union_all(
    _alike(QuestionTag.tag)
    .join(QuestionTag, QuestionTag.question_id == QuestionVersion.question_id)
    .group_by(QuestionTag.tag)
)


def found(session: Session, attempt_id: int) -> Sat | None:
    rows = read_rows(session, _SAT, attempt_id=attempt_id)
    if not rows:
        return None
    split = len(SatExam._fields)
    return Sat(SatExam(*rows[0][:split]), *rows[0][split:])


def result_of(session: Session, attempt: Sat, visible: Visible) -> Result:
    """NotFound while it has not been handed in. What is not `visible` is not in it."""
    if attempt.submitted_at is None:
        raise NotFound("This exam has not been handed in yet.")
    rows = list(map(_Answers._make, read_rows(session, _ANSWERS, attempt_id=attempt.id)))
    answers = [row for row in rows if row.tag is None]
    agreed = rules.read(attempt.rules)
    earned = sum(
        a.questions
        * scoring.earned(
            a.share or 0, a.points, is_wrong(a.share, bool(a.is_answered), a.type), agreed
        )
        for a in answers
    )
    topics: list[Topic] = []
    if visible.key and attempt.score is not None:
        topics = _by_section(attempt, answers) or _by_tag(session, rows)
    return Result(
        attempt=attempt,
        exam=attempt.exam,
        count=sum(a.questions for a in answers),
        correct=sum(a.questions for a in answers if a.is_correct),
        points=(earned, FULL * sum(a.questions * a.points for a in answers)),
        topics=topics,
        weak=[t for t in topics if t.share < attempt.pass_mark][:MOST_WEAK],
        visible=visible,
    )


def _by_section(attempt: Sat, answers: Sequence[_Answers]) -> list[Topic]:
    """None of an exam without several sections, or one that was changed since it was sat."""
    titles = [Localized.of(section["title"]) for section in attempt.exam.sections]
    if len(titles) < 2 or not all(titles) or attempt.exam_number != attempt.exam.number:
        return []
    return _weakest_first(
        (title, [a for a in answers if a.section == n]) for n, title in enumerate(titles)
    )


def _by_tag(session: Session, rows: Sequence[_Answers]) -> list[Topic]:
    found: dict[str, list[_Answers]] = {}
    for row in rows:
        if row.tag is not None:
            found.setdefault(row.tag, []).append(row)
    named = names(session, found)
    return _weakest_first((named[tag], asked) for tag, asked in sorted(found.items()))


def _weakest_first(topics: Iterable[tuple[Localized, Sequence[_Answers]]]) -> list[Topic]:
    made = [
        Topic(
            name,
            sum(a.questions for a in asked),
            sum(a.questions for a in asked if a.is_correct),
            sum(a.questions * (a.share or 0) * a.points for a in asked)
            / (100 * sum(a.questions * a.points for a in asked)),
        )
        for name, asked in topics
        if asked
    ]
    return sorted(made, key=lambda topic: topic.share)
