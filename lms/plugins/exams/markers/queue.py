"""What waits for a marker: the oldest first, question by question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from lms.plugins.api import Session
from lms.plugins.exams.models import Attempt, Mark, QuestionVersion, Response

# An answer that was claimed and not touched so long may be marked by somebody else.
CLAIM = timedelta(hours=2)


@dataclass(frozen=True)
class Pile:
    """The answers to one wording of a question that this marker may take now."""

    version: QuestionVersion
    count: int
    since: datetime


def free_for(marker_id: int, now: datetime) -> ColumnElement[bool]:
    """Over `Response` and `Attempt`: not one's own, not held by others, not marked by one before.

    Whoever marked it once does not mark it again, also after an appeal.
    """
    mine, held = aliased(Mark), aliased(Mark)
    is_mine = select(mine.id).where(
        mine.attempt_id == Response.attempt_id,
        mine.position == Response.position,
        mine.marker_id == marker_id,
        or_(mine.submitted_at.is_not(None), mine.superseded_at.is_(None)),
    )
    holds = (
        select(func.count(held.id))
        .where(
            held.attempt_id == Response.attempt_id,
            held.position == Response.position,
            held.submitted_at.is_(None),
            held.superseded_at.is_(None),
            held.touched_at > now - CLAIM,
        )
        .scalar_subquery()
    )
    return (
        (Response.marks_wanted > 0)
        & (Attempt.person_id != marker_id)
        & ~is_mine.exists()
        & (holds < Response.marks_wanted)
    )


def answers(marker_id: int, now: datetime, version_id: int | None = None) -> Select[Response]:
    """Those this marker may take, the oldest first."""
    found = (
        select(Response)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(free_for(marker_id, now))
        .order_by(Attempt.submitted_at, Response.attempt_id, Response.position)
    )
    return found if version_id is None else found.where(Response.version_id == version_id)


def piles(session: Session, marker_id: int, now: datetime) -> list[Pile]:
    counted = (
        select(
            Response.version_id,
            func.count().label("count"),
            func.min(Attempt.submitted_at).label("since"),
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(free_for(marker_id, now))
        .group_by(Response.version_id)
        .subquery()
    )
    rows = session.execute(
        select(QuestionVersion, counted.c.count, counted.c.since)
        .join(counted, counted.c.version_id == QuestionVersion.id)
        .order_by(counted.c.since, QuestionVersion.id)
    )
    return [Pile(version, count, since) for version, count, since in rows]


def how_many(session: Session, marker_id: int, now: datetime) -> int:
    found = answers(marker_id, now).with_only_columns(func.count()).order_by(None)
    return session.scalar(found) or 0


def begun(session: Session, marker_id: int) -> Sequence[Mark]:
    """What this marker has claimed and not submitted, the first claimed first; less what others
    have marked meanwhile."""
    return session.scalars(
        select(Mark)
        .join(Mark.response)
        .where(
            Response.share.is_(None),
            Response.ruling.is_(None),
            Mark.marker_id == marker_id,
            Mark.submitted_at.is_(None),
            Mark.superseded_at.is_(None),
        )
        .options(contains_eager(Mark.response).joinedload(Response.version))
        .order_by(Mark.id)
    ).all()
