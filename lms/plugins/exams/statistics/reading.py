"""What the measures are taken of: everybody's first marked attempt. Resits are of people who have
read the explanations."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from lms.plugins.api import Session, read_rows
from lms.plugins.exams.models import Attempt, Response
from lms.plugins.exams.types import FULL

# So many of the latest: more say nothing more, and a page has to be there in a second.
MOST = 2000


class Answer(NamedTuple):
    """`share` 0 to 1; `seconds` since the answer before it; None where it was not answered."""

    version_id: int
    share: float
    points: int
    given: Sequence[Any]
    seconds: float | None


class Sitting(NamedTuple):
    """`score` and `rest(answer)` are shares of the points, 0 to 1."""

    score: float
    answers: Sequence[Answer]

    def rest(self, answer: Answer) -> float:
        """The score without this answer, lest it be compared with itself."""
        points = sum(a.points for a in self.answers) - answer.points
        earned = sum(a.share * a.points for a in self.answers) - answer.share * answer.points
        return earned / points if points else 0.0


def sittings(session: Session, exam_id: int) -> list[Sitting]:
    """Two queries."""
    first = (
        select(func.min(Attempt.id))
        .where(Attempt.exam_id == exam_id, Attempt.score.is_not(None))
        .group_by(Attempt.person_id)
    )
    attempts = session.execute(
        select(Attempt.id, Attempt.started_at)
        .where(Attempt.id.in_(first))
        .order_by(Attempt.id.desc())
        .limit(MOST)
    ).all()
    started = {attempt_id: at for attempt_id, at in attempts}
    if not started:
        return []
    rows = read_rows(
        session,
        select(
            Response.attempt_id,
            Response.version_id,
            Response.share,
            Response.points,
            Response.answer,
            Response.saved_at,
            Response.ruling,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.id.in_(first), Attempt.id >= min(started))
        .order_by(Response.attempt_id, Response.position),
    )
    ruled: dict[int, int] = {}
    for row in rows:
        if row.ruling is not None:
            ruled[row.version_id] = row.attempt_id
    papers: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        # What was ruled on says nothing, nor do those of the time who would have lost by it.
        if row.attempt_id > ruled.get(row.version_id, 0):
            papers[row.attempt_id].append(row)
    return [_sitting(started[attempt_id], paper) for attempt_id, paper in papers.items()]


def _sitting(started_at: datetime, paper: Sequence[Any]) -> Sitting:
    """How long a question took is the time from the answer before it, in the order of saving."""
    took: dict[int, float] = {}
    before = started_at
    for _, version_id, _, _, answer, saved_at, _ in sorted(
        (row for row in paper if row[5] is not None), key=lambda row: row[5]
    ):
        if answer is not None:
            took[version_id] = (saved_at - before).total_seconds()
        before = saved_at
    answers = [
        Answer(version_id, (share or 0) / FULL, points, answer or (), took.get(version_id))
        for _, version_id, share, points, answer, _, _ in paper
    ]
    points = sum(a.points for a in answers)
    return Sitting(sum(a.share * a.points for a in answers) / points, answers)
