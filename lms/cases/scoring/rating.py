"""Submitting a rating, and amending it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms import audit
from lms.audit import Actor
from lms.cases.models import DrillRun, Rating, RunState
from lms.cases.raters.qualification import qualified
from lms.cases.scoring import drafts, final
from lms.cases.scoring.marks import Marks, check, marks_of, points
from lms.cases.scoring.policy import SCORING
from lms.cases.scoring.reading import current, decisive_of, has_rated
from lms.db import Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.policies import in_force


def rate(session: Session, run_id: int, marks: Marks, *, actor: Actor, now: datetime) -> Rating:
    """Submit a rating; it is final when enough raters agree. Conflict when others were first."""
    run = locked(session, run_id)
    if run.person_id == actor.person_id:
        raise NotAllowed("Nobody scores their own run.")
    marks = check(run.rubric, marks, [message.seq for message in run.messages])
    ratings = current(session, run.id)
    mine = next((r for r in ratings if r.rater_id == actor.person_id), None)
    if mine is not None:
        if marks_of(mine).columns() == marks.columns():  # the button was pressed twice
            return mine
        raise Conflict("You have scored this run already. Amend your scoring instead.")
    if has_rated(session, run.id, actor.person_id):
        raise NotAllowed("Your scoring was appealed against: somebody else scores anew.")
    if run.state in (RunState.SCORED, RunState.APPEALED):
        raise Conflict(
            "Somebody else has scored this run in the meantime; their scoring counts. "
            "What you typed is still here, but is not stored."
        )
    if run.state not in (RunState.SUBMITTED, RunState.ADJUDICATION):
        raise Conflict("This run has not been handed in.")
    decides = run.state == RunState.ADJUDICATION
    if decides and not qualified(session, [actor.person_id or 0]):
        raise DomainError("Match a gold run first: whoever decides decides alone.")
    rating = _add(session, run, marks, actor=actor, now=now)
    rating.is_adjudication = decides
    drafts.drop(session, drafts.of_run(run.id), rating.rater_id)
    session.flush()
    # Not what was given: whoever reads the log may be a rater who is still to score.
    audit.record(session, actor, "drill.rate", ("drill_run", run.id), now=now, rating=rating.id)
    final.settle(session, run, [*ratings, rating], in_force(session, SCORING), now)
    return rating


def amend(
    session: Session, run_id: int, marks: Marks, reason: str, *, actor: Actor, now: datetime
) -> Rating:
    """Replace one's own rating of a scored run; the old one is kept, superseded."""
    run = locked(session, run_id)
    ratings = current(session, run.id)
    mine = next((r for r in ratings if r.rater_id == actor.person_id), None)
    if mine is None:
        raise NotAllowed("Only whoever scored this run can amend the scoring.")
    if run.state == RunState.APPEALED:
        raise Conflict("An appeal is pending: it is decided first.")
    if run.state != RunState.SCORED:
        raise Conflict("This run waits for another rater.")
    if mine not in decisive_of(ratings):
        raise NotAllowed("Somebody else has decided: your scoring does not count any more.")
    if not reason.strip():
        raise DomainError("Say why the scoring changes.", field="reason")
    marks = check(run.rubric, marks, [message.seq for message in run.messages])
    if marks_of(mine).columns() == marks.columns():
        raise DomainError("Nothing was changed.")
    old_score, was_adjudication = run.score, mine.is_adjudication
    mine.superseded_at = now
    session.flush()
    rating = _add(session, run, marks, actor=actor, now=now)
    rating.is_adjudication, rating.amend_reason = was_adjudication, reason.strip()
    session.flush()
    policy = in_force(session, SCORING)
    ratings = [rating if r is mine else r for r in ratings]
    if final.are_apart(ratings, policy):
        raise DomainError(
            "The raters would be more than %(points)s points apart.",
            points=policy["adjudication_points"],
        )
    final.finish(session, run, ratings, policy, now)
    audit.record(
        session,
        actor,
        "drill.amend",
        ("drill_run", run.id),
        now=now,
        reason=reason.strip(),
        old=old_score,
        new=run.score,
    )
    return rating


def locked(session: Session, run_id: int) -> DrillRun:
    """The run, held until the commit, with what its scoring needs."""
    run = session.scalar(
        select(DrillRun)
        .where(DrillRun.id == run_id)
        .with_for_update(of=DrillRun)
        .execution_options(populate_existing=True)
        .options(
            joinedload(DrillRun.drill),
            joinedload(DrillRun.rubric),
            selectinload(DrillRun.messages),
        )
    )
    if run is None:
        raise NotFound("There is no such run.")
    return run


def _add(session: Session, run: DrillRun, marks: Marks, *, actor: Actor, now: datetime) -> Rating:
    rating = Rating(
        run_id=run.id,
        rater_id=actor.person_id,
        score=points(run.rubric, marks.levels),
        submitted_at=now,
        **marks.columns(),
    )
    session.add(rating)
    return rating
