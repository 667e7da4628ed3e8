"""One's own book of wrong answers: what was not right the last time it was asked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from lms.plugins.api import Session
from lms.plugins.exams.models import Attempt, QuestionVersion, Response
from lms.plugins.exams.papers.showing import Visible, by_rules
from lms.plugins.exams.reviewing import ShownQuestion, shown

MOST = 500


def mistakes(
    session: Session, person_id: int, now: datetime
) -> Sequence[tuple[Attempt, ShownQuestion]]:
    """Newest first; only of attempts whose key and answers the person may see by now, and of no
    exam that they are sitting."""
    sitting = select(Attempt.exam_id).where(
        Attempt.person_id == person_id, Attempt.submitted_at.is_(None)
    )
    version = aliased(QuestionVersion)
    last_asked = (
        select(func.max(Attempt.id))
        .join(Response, Response.attempt_id == Attempt.id)
        .join(version, version.id == Response.version_id)
        .where(Attempt.person_id == person_id, Attempt.score.is_not(None))
        .where(version.question_id == QuestionVersion.question_id)
        .correlate(QuestionVersion)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Response, Attempt)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(
            Attempt.person_id == person_id,
            Attempt.score.is_not(None),
            Response.is_correct.is_not(True),
            Response.ruling.is_(None),
            Attempt.id == last_asked,
            Attempt.exam_id.not_in(sitting),
        )
        .order_by(Attempt.id.desc(), Response.position)
        .limit(MOST)
        .options(joinedload(Response.version), joinedload(Attempt.exam))
    ).all()
    seen: dict[int, Visible] = {}
    for _, attempt in rows:
        if attempt.id not in seen:
            seen[attempt.id] = by_rules(session, attempt, now)
    return [
        (attempt, shown(response, seen[attempt.id]))
        for response, attempt in rows
        if seen[attempt.id].key and seen[attempt.id].answers
    ]
