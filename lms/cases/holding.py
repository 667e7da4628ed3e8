"""What an appeal against a drill's score holds."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.cases.models import DrillRun, RunState
from lms.db import Session


def is_held(session: Session, enrolment_id: int) -> bool:
    """Whether a step of the enrolment stands on a passed run alone whose score is under appeal."""
    other = aliased(DrillRun)
    stands_anyway = (
        select(other.id)
        .where(
            other.enrolment_id == DrillRun.enrolment_id,
            other.step_id == DrillRun.step_id,
            other.state == RunState.SCORED,
            other.passed.is_(True),
        )
        .exists()
    )
    appealed = select(DrillRun.id).where(
        DrillRun.enrolment_id == enrolment_id,
        DrillRun.passed.is_(True),
        DrillRun.state.in_((RunState.APPEALED, RunState.ADJUDICATION)),
        ~stands_anyway,
    )
    return session.scalar(appealed.limit(1)) is not None
