"""The result of an attempt: there as soon as every answer is marked, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Localized, Session, StepState, notify, set_step_state
from lms.plugins.exams.models import Attempt, QuestionVersion, Response
from lms.plugins.exams.papers import resits, rules, scoring
from lms.plugins.exams.types import KINDS


def settle(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Score and verdict, if every answer is marked; else the step waits. The row is locked."""
    session.flush()
    rows = session.execute(
        select(Response.share, Response.points, Response.answer, QuestionVersion.type)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(Response.attempt_id == attempt.id)
    ).all()
    agreed = rules.read(attempt.rules)
    earned = [
        scoring.earned(share, points, is_wrong(share, answer, kind), agreed)
        for share, points, answer, kind in rows
        if share is not None
    ]
    if len(earned) < len(rows):
        state = StepState.SUBMITTED
    else:
        attempt.score = scoring.percentage(earned, sum(row.points for row in rows))
        attempt.marked_at = now
        attempt.passed = attempt.score >= attempt.pass_mark * 100
        state = StepState.COMPLETED if attempt.passed else StepState.FAILED
    if attempt.enrolment_id is not None and attempt.step_id is not None:
        set_step_state(
            session, attempt.enrolment_id, attempt.step_id, state, now=now, score=attempt.score
        )
    resits.assign_training(session, attempt, now)


def is_wrong(share: int | None, answer: Sequence[Any] | None, kind: str) -> bool:
    """Answered, marked by the machine, and worth nothing."""
    return bool(answer) and share == 0 and not KINDS[kind].needs_marker


def tell(session: Session, attempt: Attempt, now: datetime) -> None:
    """The person learns that there is a result, or another one than before."""
    title = attempt.exam.title
    text = Localized(
        f"“{title.pick('zh')}”已阅卷完毕，可以查看结果。",
        f"“{title.pick('en')}” has been marked. See the result.",
    )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)
