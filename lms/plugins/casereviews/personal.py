"""What is stored about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from lms.plugins.api import Session
from lms.plugins.casereviews.models import Comment, Review, Vote


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    votes = session.execute(
        select(Vote.review_id, Vote.option, Vote.cast_at)
        .where(Vote.person_id == person_id)
        .order_by(Vote.id)
    )
    said = session.execute(
        select(
            Comment.review_id, Comment.text, Comment.written_at, Comment.edited_at,
            Comment.deleted_at, Comment.removed_at, Comment.removed_reason,
        )
        .where(Comment.person_id == person_id)
        .order_by(Comment.id)
    )  # fmt: skip
    ran = session.execute(
        select(Review.id, Review.team_id, Review.monday, Review.closed_at)
        .where(or_(Review.facilitator_id == person_id, Review.closed_by == person_id))
        .order_by(Review.id)
    )
    return {
        "votes": [dict(row) for row in votes.mappings()],
        "comments": [dict(row) for row in said.mappings()],
        "reviews_held": [dict(row) for row in ran.mappings()],
    }


def erase(session: Session, person_id: int, now: datetime) -> int:
    """What they wrote goes; their votes stay as counts, of somebody who has no name any more."""
    said = update(Comment).where(Comment.person_id == person_id, Comment.text != "")
    changed = session.execute(said.values(text="", deleted_at=now))
    return int(changed.rowcount)  # type: ignore[attr-defined]
