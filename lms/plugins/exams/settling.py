"""The result of an attempt: there as soon as every answer is marked, and what follows from it."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Localized, Session, StepState, notify, set_step_state
from lms.plugins.exams import marking
from lms.plugins.exams.models import Attempt, Response


def settle(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Score and verdict, if every answer is marked; else the step waits. The row is locked."""
    session.flush()
    shares = session.scalars(select(Response.share).where(Response.attempt_id == attempt.id)).all()
    marked = [share for share in shares if share is not None]
    if len(marked) < len(shares):
        state = StepState.SUBMITTED
    else:
        attempt.score = marking.percentage(marked)
        attempt.passed = attempt.score >= attempt.pass_mark * 100
        state = StepState.COMPLETED if attempt.passed else StepState.FAILED
    set_step_state(
        session, attempt.enrolment_id, attempt.step_id, state, now=now, score=attempt.score
    )


def tell(session: Session, attempt: Attempt, now: datetime) -> None:
    """The person learns that there is a result."""
    title = attempt.exam.title
    if attempt.is_automatic:
        text = Localized(
            f"考试时间已到，“{title.pick('zh')}”已自动交卷，可以查看结果。",
            f"Time ran out: “{title.pick('en')}” was handed in for you. See the result.",
        )
    else:
        text = Localized(
            f"“{title.pick('zh')}”已阅卷完毕，可以查看结果。",
            f"“{title.pick('en')}” has been marked. See the result.",
        )
    notify(session, [attempt.person_id], "exam", text, f"/exams/attempts/{attempt.id}/result", now)
