"""Who may have a picture or recording now: whoever may see the question it belongs to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Session
from lms.plugins.exams.media import items
from lms.plugins.exams.models import Attempt, QuestionVersion, Response
from lms.plugins.exams.papers.showing import visible
from lms.plugins.exams.standing import is_over


def in_attempt(
    session: Session, attempt_id: int, position: int, sha256: str, person_id: int, *,
    is_trainer: bool, now: datetime,
) -> Mapping[str, Any] | None:  # fmt: skip
    """The item of this question of the attempt; None if it has none, or this person may not see
    it: another's attempt, one whose time is up, or one whose questions are not shown (yet)."""
    row = session.execute(
        select(Attempt, QuestionVersion.media)
        .join(Response, Response.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(Attempt.id == attempt_id, Response.position == position)
        .options(joinedload(Attempt.exam))
    ).one_or_none()
    item = items.find(row[1], sha256) if row else None
    if row is None or item is None:
        return None
    attempt = row[0]
    if attempt.person_id != person_id:
        return item if is_trainer and attempt.submitted_at is not None else None
    return item if _sees_questions(session, attempt, now) else None


def _sees_questions(session: Session, attempt: Attempt, now: datetime) -> bool:
    """As the page of the sitting and that of the result have it."""
    if attempt.submitted_at is None:
        return not is_over(attempt, now)
    return attempt.score is not None and visible(session, attempt, now).questions
