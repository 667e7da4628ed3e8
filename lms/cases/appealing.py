"""Appeals against the score of a drill run, for the core's appeals service.

While one is pending the run is `appealed`: no list, mean or month counts it, and a failed step is
as if it still waited for its score. Upheld, the run goes to a scoring of its own, whose word is
final; the ratings before it are kept.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.audit import Actor
from lms.cases.models import DrillRun, RunState
from lms.cases.rooms.models import DrillRoom
from lms.cases.scoring.reading import is_latest, outcome
from lms.courses import clearing
from lms.courses.models import StepState
from lms.courses.services import set_step_state, take_back_failure
from lms.db import Localized, Session
from lms.errors import Conflict
from lms.plugins.types import Appealable, AppealSubject

KIND = "drill"


def _find(session: Session, run_id: int) -> AppealSubject | None:
    row = session.execute(
        select(DrillRun, DrillRoom.host_id)
        .outerjoin(DrillRoom, DrillRoom.run_id == DrillRun.id)
        .where(DrillRun.id == run_id)
        .options(joinedload(DrillRun.drill), selectinload(DrillRun.ratings))
    ).one_or_none()
    if row is None:
        return None
    run, host_id = row
    # Whoever played the customer has a part in how it went, as whoever scored it.
    involved = {rating.rater_id for rating in run.ratings} | ({host_id} if host_id else set())
    return AppealSubject(
        person_id=run.person_id,
        title=run.drill.title,
        url=f"/drills/runs/{run.id}/result",
        final_at=final_at(run) if run.state == RunState.SCORED else None,
        involved=frozenset(involved),
    )


def final_at(run: DrillRun) -> datetime:
    """Since when the score stands as it is: an amendment gives a new time to appeal."""
    return max(rating.submitted_at for rating in outcome(run).decisive)


def _hold(session: Session, run_id: int, now: datetime) -> None:
    run = _locked(session, run_id)
    if run.state != RunState.SCORED:
        raise Conflict("This is not final yet: there is nothing to appeal against.")
    run.state = RunState.APPEALED
    if run.enrolment_id and run.step_id and not run.passed and is_latest(session, run):
        take_back_failure(session, run.enrolment_id, run.step_id)


def _release(session: Session, run_id: int, now: datetime) -> None:
    run = _locked(session, run_id)
    run.state = RunState.SCORED
    session.flush()
    if not run.enrolment_id or not run.step_id:
        return
    if not run.passed and is_latest(session, run):
        set_step_state(session, run.enrolment_id, run.step_id, StepState.FAILED, now=now)
    if waiting := clearing.waiting(session, run.person_id):
        clearing.clear_or_record(session, waiting, now)


def _uphold(session: Session, run_id: int, _decider: Actor, now: datetime) -> str:
    run = _locked(session, run_id)
    run.state = RunState.ADJUDICATION
    for rating in run.ratings:
        if rating.is_adjudication and rating.superseded_at is None:
            rating.superseded_at = now
    return f"/scoring/{run.id}"


def _locked(session: Session, run_id: int) -> DrillRun:
    return session.scalars(
        select(DrillRun)
        .where(DrillRun.id == run_id)
        .with_for_update(of=DrillRun)
        .execution_options(populate_existing=True)
    ).one()


DRILL_SCORE = Appealable(
    kind=KIND,
    label=Localized("演练评分", "Drill score"),
    permission="drills.score",
    find=_find,
    hold=_hold,
    release=_release,
    uphold=_uphold,
)
