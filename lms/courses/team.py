"""Hires as trainers, supervisors and HR see them: where each is, who is late, who is stuck."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, func, select

from lms.access import Viewer
from lms.courses import queries, signoffs
from lms.courses.gating import Standing
from lms.courses.models import Enrolment, ProgrammeVersion, Step, StepProgress, StepState
from lms.db import Localized, Session
from lms.people.models import Person

# Nothing done for this long counts as stuck.
STUCK_AFTER = timedelta(days=2)


class Work(NamedTuple):
    """What waits for somebody who looks after learners; no `signoffs` where no role signs."""

    hires: int
    overdue: int
    signoffs: int | None


_CLEARS = Enrolment.version_id.in_(
    select(ProgrammeVersion.id).where(ProgrammeVersion.grants_clearance.is_(True))
)


def work_counts(session: Session, who: Viewer, today: date) -> Work:
    """Within the viewer's scopes; one query for hires, one for signatures if they may sign."""
    hires, overdue = session.execute(
        select(func.count(Enrolment.id), func.sum(case((Enrolment.due_on < today, 1), else_=0)))
        .join(Person, Person.id == Enrolment.person_id)
        .where(queries.ACTIVE, _CLEARS, who.clause("progress.view"))
    ).one()
    signoffs = _signoffs(session, who) if "steps.signoff" in who.scopes else None
    return Work(hires, overdue or 0, signoffs)


def _signoffs(session: Session, who: Viewer) -> int:
    waiting = session.scalar(
        select(func.count(StepProgress.id))
        .join(Step, Step.id == StepProgress.step_id)
        .join(Enrolment, Enrolment.id == StepProgress.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Step.kind.in_(signoffs.KINDS),
            StepProgress.state == StepState.SUBMITTED,
            queries.ACTIVE,
            Person.id != who.person_id,
            who.clause("steps.signoff"),
        )
    )
    return waiting or 0


def stuck_since(found: Standing, now: datetime) -> datetime | None:
    """The last sign of life, if it is old though there was something to do."""
    if found.next is None:
        return None
    moments = [
        moment
        for step in found.steps
        if step.progress
        for moment in (step.progress.started_at, step.progress.completed_at)
        if moment
    ]
    last = max([*moments, found.enrolment.created_at])
    return last if now - last > STUCK_AFTER and found.day > 1 else None


STATE_WORDS = {
    "done": Localized("完成", "done"),
    "waiting": Localized("等待他人", "waits for somebody"),
    "failed": Localized("未通过", "not passed"),
    "progress": Localized("进行中", "in progress"),
    "next": Localized("下一步", "next"),
    "open": Localized("可以开始", "open"),
    "optional": Localized("选学", "optional"),
    "locked": Localized("未开放", "locked"),
}
