"""Going through an attempt's answers after it was handed in, with key and explanations."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from lms.plugins.api import Localized, NotFound, Session
from lms.plugins.exams.attempts import questions
from lms.plugins.exams.models import Mark, Response, Ruling
from lms.plugins.exams.papers.showing import Visible
from lms.plugins.exams.results import Sat
from lms.plugins.exams.types import FULL
from lms.plugins.exams.types.blank import BLANK
from lms.plugins.exams.wording import own_wording


class ShownQuestion(NamedTuple):
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
class Review:
    """`questions`: those of the page, of `total` in all; `count` in the attempt, `wrong` of them
    not right. `visible`: what of it the reader may see."""

    attempt: Sat
    questions: Sequence[ShownQuestion]
    count: int
    wrong: int
    page: int
    pages: int
    total: int
    visible: Visible


# Fifty questions with their explanations are no page for a phone.
PER_PAGE = 10


def review(
    session: Session,
    attempt: Sat,
    *,
    visible: Visible,
    only_wrong: bool = False,
    page: int = 1,
    position: int | None = None,
) -> Review:
    """The page asked for, or the one with the question at a position. What is not `visible` is not
    in it; NotFound where nothing is, and while there is no result."""
    if attempt.score is None or not visible.questions:
        raise NotFound("The questions of this exam are not shown.")
    every = session.execute(
        select(Response.position, Response.is_correct, Response.ruling)
        .where(Response.attempt_id == attempt.id)
        .order_by(Response.position)
    ).all()
    counted = [each for each in every if each.ruling != Ruling.OUT]
    wrong = [each.position for each in counted if not each.is_correct]
    positions = wrong if only_wrong and visible.key else [each.position for each in every]
    pages = max(1, -(-len(positions) // PER_PAGE))
    if position in positions:
        page = positions.index(position) // PER_PAGE + 1
    page = min(max(page, 1), pages)
    paper = questions(session, attempt.id, positions[(page - 1) * PER_PAGE : page * PER_PAGE])
    marks = _marks(session, paper)
    return Review(
        attempt=attempt,
        questions=[shown(r, visible, marks[r.position]) for r in paper],
        count=len(every),
        wrong=len(wrong),
        page=page,
        pages=pages,
        total=len(positions),
        visible=visible,
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
