"""Runs that wait for a further rater, when fewer are asked for than before."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from lms import audit
from lms.audit import Actor
from lms.cases.models import Drill, DrillRun, Rating, RunState
from lms.cases.scoring.final import settle
from lms.cases.scoring.policy import MOST_RATERS, SCORING
from lms.cases.scoring.rating import locked
from lms.cases.scoring.reading import current
from lms.db import Session
from lms.errors import DomainError, NotFound
from lms.jobs import Job
from lms.policies import in_force

_AT_ONCE = 200


def set_raters(
    session: Session, drill_id: int, number: int | None, *, actor: Actor, now: datetime
) -> None:
    """How many score a run of this drill; None: as the policy says. Runs not final yet follow."""
    drill = session.get(Drill, drill_id)
    if drill is None:
        raise NotFound("There is no such drill.")
    if number is not None and not 1 <= number <= MOST_RATERS:
        raise DomainError("This must be between %(low)s and %(high)s.", low=1, high=MOST_RATERS)
    if drill.raters_needed == number:
        return
    old, drill.raters_needed = drill.raters_needed, number
    audit.record(session, actor, "drill.raters", ("drill", drill.id), now=now, old=old, new=number)
    session.flush()
    settle_waiting(session, now, drill_id=drill_id)


def settle_waiting(session: Session, now: datetime, *, drill_id: int | None = None) -> None:
    """Settles the runs, of one drill or of all, that have as many ratings as they need by now; at
    most some hundred at a time."""
    policy = in_force(session, SCORING)
    needed = func.coalesce(Drill.raters_needed, int(policy["raters_needed"]))
    enough = (
        select(DrillRun.id)
        .join(Drill, Drill.id == DrillRun.drill_id)
        .join(Rating, Rating.run_id == DrillRun.id)
        .where(DrillRun.state == RunState.SUBMITTED, Rating.superseded_at.is_(None))
        .group_by(DrillRun.id, Drill.raters_needed)
        .having(func.count(Rating.id) >= needed)
        .order_by(DrillRun.id)
    )
    if drill_id is not None:
        enough = enough.where(DrillRun.drill_id == drill_id)
    settled = 0
    for run_id in session.scalars(enough).all():
        run = locked(session, run_id)
        if run.state == RunState.SUBMITTED:
            settle(session, run, current(session, run_id), policy, now)
            settled += run.state != RunState.SUBMITTED
        if settled == _AT_ONCE:
            return


def sweep(session: Session, _payload: object, now: datetime) -> None:
    """After the policy has changed, and for what was more than one go."""
    settle_waiting(session, now)


SETTLE = Job("cases.scoring.settle", sweep, every=timedelta(minutes=5))
