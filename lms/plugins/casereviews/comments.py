"""What is said about a case: plain text, one's own for a while to mend, moderated with a reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Localized,
    NotAllowed,
    NotFound,
    Session,
    audit,
    notify,
    policies,
)
from lms.plugins.casereviews import telling
from lms.plugins.casereviews.models import Comment, Review
from lms.plugins.casereviews.policy import REVIEWS

MAX_LENGTH = 1000
_LEAST_REASON = 5


def of_review(session: Session, review_id: int) -> Sequence[Comment]:
    """Oldest first, without those their authors deleted."""
    return session.scalars(
        select(Comment)
        .where(Comment.review_id == review_id, Comment.deleted_at.is_(None))
        .options(joinedload(Comment.person))
        .order_by(Comment.id)
    ).all()


def find(session: Session, review_id: int, comment_id: int) -> Comment:
    found = session.get(Comment, comment_id)
    if found is None or found.review_id != review_id or found.deleted_at is not None:
        raise NotFound("There is no such comment.")
    return found


def add(
    session: Session, review: Review, person_id: int, text: str, form_key: str, now: datetime
) -> Comment:
    """A new comment, or the one that this very form made before."""
    _refuse_closed(review)
    comment = Comment(
        review_id=review.id, person_id=person_id, form_key=form_key[:64], text=_checked(text),
        written_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(comment)
    except IntegrityError:
        return session.scalars(
            select(Comment).where(
                Comment.review_id == review.id,
                Comment.person_id == person_id,
                Comment.form_key == form_key[:64],
            )
        ).one()
    return comment


def require_own(comment: Comment, actor: Actor) -> None:
    if comment.person_id != actor.person_id:
        raise NotAllowed("Only its author can change a comment.")


def edit(
    session: Session, review: Review, comment: Comment, text: str, *, actor: Actor, now: datetime
) -> None:
    _refuse_unless_mendable(session, review, comment, actor, now)
    new = _checked(text)
    if new != comment.text:
        comment.text, comment.edited_at = new, now


def delete(
    session: Session, review: Review, comment: Comment, *, actor: Actor, now: datetime
) -> None:
    _refuse_unless_mendable(session, review, comment, actor, now)
    comment.text, comment.deleted_at = "", now


def remove(
    session: Session, review: Review, comment: Comment, reason: str, *, actor: Actor, now: datetime
) -> None:
    """By whoever runs the review; the author is told why."""
    reason = reason.replace("\0", "").strip()
    if len(reason) < _LEAST_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.",
            field="reason",
            count=_LEAST_REASON,
        )
    if comment.removed_at is not None:
        return
    comment.removed_at, comment.removed_by = now, actor.person_id
    comment.removed_reason = reason[:500]
    audit.record(
        session, actor, "casereviews.remove", ("case_review_comment", comment.id), now=now,
        reason=comment.removed_reason, review=review.id, author=comment.person_id,
    )  # fmt: skip
    text = Localized(
        f"您在案例研讨中的一条发言被主持人移除：{reason[:120]}",
        f"The facilitator removed a comment of yours from the case review: {reason[:120]}",
    )
    url = f"/case-reviews/{review.id}"
    notify(session, [comment.person_id], telling.KIND, text, url, now)


def edit_minutes(session: Session) -> int:
    return int(policies.in_force(session, REVIEWS)["edit_minutes"])


def is_mendable(
    comment: Comment, review: Review, person_id: int, minutes: int, now: datetime
) -> bool:
    """Whether this person may still edit or delete the comment."""
    return (
        comment.person_id == person_id
        and comment.removed_at is None
        and review.closed_at is None
        and now < comment.written_at + timedelta(minutes=minutes)
    )


def _refuse_unless_mendable(
    session: Session, review: Review, comment: Comment, actor: Actor, now: datetime
) -> None:
    require_own(comment, actor)
    minutes = edit_minutes(session)
    if not is_mendable(comment, review, comment.person_id, minutes, now):
        raise Conflict(
            "A comment can be changed for %(minutes)s minutes, while the review is open.",
            minutes=minutes,
        )


def _refuse_closed(review: Review) -> None:
    if review.closed_at is not None:
        raise Conflict("This review is closed. What was said stays as it is.")


def _checked(text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise DomainError("Write something first.", field="text")
    if len(text) > MAX_LENGTH:
        raise DomainError("At most %(count)s characters.", field="text", count=MAX_LENGTH)
    return text
