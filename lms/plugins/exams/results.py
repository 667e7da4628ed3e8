"""The result of an attempt, with key and explanation: for after handing in only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.plugins.api import Localized, NotFound, Session, read_rows
from lms.plugins.exams.attempts import questions
from lms.plugins.exams.models import Attempt, Exam, Mark, QuestionVersion, Response, Ruling
from lms.plugins.exams.papers import rules, scoring
from lms.plugins.exams.papers.showing import Visible
from lms.plugins.exams.settling import is_wrong
from lms.plugins.exams.types import FULL
from lms.plugins.exams.types.blank import BLANK
from lms.plugins.exams.wording import own_wording


@dataclass(frozen=True)
class ShownQuestion:
    """A question with its key and what was answered, `[]` for nothing. `right`: by gap;
    `marks`: what markers gave, of which a third has the last word."""

    position: int
    stem: Localized
    type: str
    order: Sequence[int]
    options: Sequence[Any]
    parts: Sequence[Any]
    media: Sequence[Any]
    answer: Sequence[Any]
    key: Sequence[Any]
    right: Sequence[bool]
    share: int
    points: int
    marks: Sequence[Mark]
    explanation: Localized
    ruling: str | None = None
    corrected_at: datetime | None = None

    @property
    def is_correct(self) -> bool:
        return self.share == FULL


@dataclass(frozen=True)
class Result:
    """`points` in ten-thousandths, earned and at most; `visible`: what of it the reader may see;
    `questions`: those of the page, of `total` in all."""

    attempt: Attempt
    exam: Exam
    count: int
    correct: int
    points: tuple[int, int]
    questions: Sequence[ShownQuestion]
    page: int
    pages: int
    total: int
    has_passed: bool
    visible: Visible


def found(session: Session, attempt_id: int) -> tuple[Attempt, bool] | None:
    """The attempt with exam and person, and whether the step's exam has been passed by now."""
    every = aliased(Attempt)
    passed = exists().where(
        every.person_id == Attempt.person_id,
        every.exam_id == Attempt.exam_id,
        or_(
            and_(every.enrolment_id == Attempt.enrolment_id, every.step_id == Attempt.step_id),
            and_(every.step_id.is_(None), Attempt.step_id.is_(None)),
        ),
        every.passed.is_(True),
    )
    row = session.execute(
        select(Attempt, passed)
        .where(Attempt.id == attempt_id)
        .options(joinedload(Attempt.exam), joinedload(Attempt.person))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


# Fifty questions with their explanations are no page for a phone.
PER_PAGE = 10


def result_of(
    session: Session,
    attempt: Attempt,
    *,
    has_passed: bool,
    visible: Visible,
    only_wrong: bool = False,
    page: int = 1,
) -> Result:
    """NotFound while it has not been handed in. What is not `visible` is not in it."""
    if attempt.submitted_at is None:
        raise NotFound("This exam has not been handed in yet.")
    every = read_rows(session, _EVERY, attempt_id=attempt.id)
    counted = [each for each in every if each.ruling != Ruling.OUT]
    skips_right = only_wrong and visible.key
    positions = [
        each.position
        for each in (counted if skips_right else every)
        if visible.questions and not (skips_right and each.is_correct)
    ]
    if attempt.score is None:
        positions = []
    pages = max(1, -(-len(positions) // PER_PAGE))
    page = min(max(page, 1), pages)
    paper = questions(session, attempt.id, positions[(page - 1) * PER_PAGE : page * PER_PAGE])
    marks, agreed = _marks(session, paper), rules.read(attempt.rules)
    earned = sum(
        scoring.earned(e.share or 0, e.points, is_wrong(e.share, e.answer, e.type), agreed)
        for e in counted
    )
    return Result(
        attempt=attempt,
        exam=attempt.exam,
        count=len(counted),
        correct=sum(bool(each.is_correct) for each in counted),
        points=(earned, FULL * sum(each.points for each in counted)),
        questions=[shown(r, visible, marks[r.position]) for r in paper],
        page=page,
        pages=pages,
        total=len(positions),
        has_passed=has_passed,
        visible=visible,
    )


_EVERY = (
    select(
        Response.position,
        Response.share,
        Response.points,
        Response.is_correct,
        Response.answer,
        Response.ruling,
        QuestionVersion.type,
    )
    .join(QuestionVersion, QuestionVersion.id == Response.version_id)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .order_by(Response.position)
)


def _marks(session: Session, paper: Sequence[Response]) -> dict[int, list[Mark]]:
    """Those that count, by position; no query for a paper without answers in words."""
    found: dict[int, list[Mark]] = defaultdict(list)
    if any(response.version.needs_marker for response in paper):
        live = select(Mark).where(
            Mark.attempt_id == paper[0].attempt_id,
            Mark.submitted_at.is_not(None),
            Mark.superseded_at.is_(None),
        )
        for mark in session.scalars(live.order_by(Mark.submitted_at, Mark.id)):
            found[mark.position].append(mark)
    return found


def shown(response: Response, visible: Visible, marks: Sequence[Mark] = ()) -> ShownQuestion:
    version, wording = response.version, own_wording(response.version)
    if response.key is not None:
        wording = replace(wording, answer=response.key)
    is_blank = version.type == BLANK.code
    return ShownQuestion(
        position=response.position,
        stem=version.stem,
        type=version.type,
        order=response.option_order,
        options=version.options,
        parts=version.parts,
        media=version.media or [],
        answer=(response.answer or []) if visible.answers else [],
        key=wording.answer if visible.key else [],
        right=BLANK.right(response.answer, wording) if is_blank and visible.key else [],
        share=(response.share or 0) if visible.key else 0,
        points=response.points,
        marks=marks if visible.answers else [],
        explanation=version.explanation if visible.explanations else Localized(),
        ruling=response.ruling,
        corrected_at=response.corrected_at,
    )
