"""Scoring a recorded run to be compared: services of calibration rounds and gold runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from lms import audit
from lms.audit import Actor
from lms.cases.models import DrillRun, RunState
from lms.cases.raters.models import CalibrationRound, GoldRun, Trial
from lms.cases.raters.policy import GOLD
from lms.cases.scoring import drafts
from lms.cases.scoring.marks import Marks, check, points
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people.notices import notify
from lms.policies import PolicyInForce, in_force

_FULL = (
    joinedload(DrillRun.drill), joinedload(DrillRun.rubric), selectinload(DrillRun.messages)
)  # fmt: skip


def is_over(round_: CalibrationRound, now: datetime) -> bool:
    if round_.closed_at is not None or (round_.closes_at and round_.closes_at <= now):
        return True
    return {trial.rater_id for trial in round_.trials} >= set(round_.rater_ids)


def open_round(
    session: Session,
    run_id: int,
    rater_ids: Sequence[int],
    *,
    note: str = "",
    closes_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> CalibrationRound:
    """Invite raters to score a run whose scoring is final; they are told."""
    run = _recorded(session, run_id)
    raters = sorted(set(rater_ids) - {run.person_id})
    if len(raters) < 2:
        raise DomainError("Choose at least two raters.", field="raters")
    if closes_at is not None and closes_at <= now:
        raise DomainError("This must lie ahead.", field="closes_on")
    round_ = CalibrationRound(
        run_id=run_id,
        note=note.strip()[:2000],
        rater_ids=raters,
        opened_by=actor.person_id,
        opened_at=now,
        closes_at=closes_at,
    )
    session.add(round_)
    session.flush()
    audit.record(
        session, actor, "calibration.open", ("calibration_round", round_.id), now=now,
        run=run_id, raters=raters,
    )  # fmt: skip
    text = Localized("请参加评分校准：给同一段演练评分", "Calibration: score the same recorded run")
    notify(session, raters, "calibration.open", text, f"/scoring/calibration/{round_.id}", now)
    return round_


def close_round(session: Session, round_id: int, *, actor: Actor, now: datetime) -> None:
    """End it before everybody has scored; ending twice is ending once."""
    round_ = one_round(session, round_id)
    if round_.closed_at is None:
        round_.closed_at = now
        audit.record(session, actor, "calibration.close", ("calibration_round", round_.id), now=now)


def one_round(session: Session, round_id: int) -> CalibrationRound:
    found = session.scalar(
        select(CalibrationRound)
        .where(CalibrationRound.id == round_id)
        .options(
            joinedload(CalibrationRound.run).options(*_FULL),
            selectinload(CalibrationRound.trials).joinedload(Trial.rater),
        )
    )
    if found is None:
        raise NotFound("There is no such calibration.")
    return found


def one_gold(session: Session, gold_id: int) -> GoldRun:
    found = session.scalar(
        select(GoldRun)
        .where(GoldRun.id == gold_id)
        .options(joinedload(GoldRun.run).options(*_FULL))
    )
    if found is None:
        raise NotFound("There is no such gold run.")
    return found


def make_gold(
    session: Session, run_id: int, marks: Marks, *, actor: Actor, now: datetime
) -> GoldRun:
    """Keep the marks agreed upon for a recorded run; a run is gold once."""
    run = _recorded(session, run_id)
    if session.scalar(select(GoldRun.id).where(GoldRun.run_id == run_id)) is not None:
        raise Conflict("This run is a gold run already.")
    gold = GoldRun(run_id=run_id, made_by=actor.person_id, made_at=now, **_checked(run, marks))
    session.add(gold)
    session.flush()
    audit.record(session, actor, "gold.make", ("gold_run", gold.id), now=now, run=run_id)
    return gold


def retire_gold(session: Session, gold_id: int, *, actor: Actor, now: datetime) -> None:
    """From now on nobody needs it; what was matched on it is kept."""
    gold = one_gold(session, gold_id)
    if gold.retired_at is None:
        gold.retired_at = now
        audit.record(session, actor, "gold.retire", ("gold_run", gold.id), now=now)


def score_round(
    session: Session, round_id: int, marks: Marks, *, actor: Actor, now: datetime
) -> Trial:
    """An invited rater's marks, once; nobody sees another's before it is over."""
    round_ = one_round(session, round_id)
    if actor.person_id not in round_.rater_ids:
        raise NotAllowed("You are not invited to this calibration.")
    if any(trial.rater_id == actor.person_id for trial in round_.trials):
        raise Conflict("You have scored this already.")
    if is_over(round_, now):
        raise Conflict("This calibration is over.")
    trial = Trial(round_id=round_id, submitted_at=now, **_checked(round_.run, marks))
    return _keep(session, trial, f"round.{round_id}", actor, "calibration.score", now)


def score_gold(
    session: Session, gold_id: int, marks: Marks, *, actor: Actor, now: datetime
) -> Trial:
    """A rater's one try at a gold run, compared with what was agreed upon."""
    gold = one_gold(session, gold_id)
    if gold.retired_at is not None:
        raise Conflict("This gold run is retired.")
    if actor.person_id in (gold.made_by, gold.run.person_id):
        raise NotAllowed("You made this run or its marks: match another one.")
    policy = in_force(session, GOLD)
    trial = Trial(gold_id=gold_id, submitted_at=now, **_checked(gold.run, marks))
    trial.matched, trial.policy_number = matches(gold, trial, policy), policy.number
    return _keep(session, trial, f"gold.{gold_id}", actor, "gold.score", now)


def matches(gold: GoldRun, trial: Trial, policy: PolicyInForce) -> bool:
    """Near enough in the total and in each criterion, and the same critical errors."""
    if abs(gold.score - trial.score) > 100 * int(policy["tolerance_points"]):
        return False
    for key, wanted in gold.levels.items():
        level = trial.levels.get(key)
        if wanted is None or level is None:
            if wanted is not level:
                return False
        elif abs(wanted - level) > int(policy["tolerance_levels"]):
            return False
    return set(gold.critical) == set(trial.critical)


def _keep(
    session: Session, trial: Trial, subject: str, actor: Actor, action: str, now: datetime
) -> Trial:
    trial.rater_id = actor.person_id or 0
    try:
        with session.begin_nested():
            session.add(trial)
    except IntegrityError:
        raise Conflict("You have scored this already.") from None
    drafts.drop(session, subject, trial.rater_id)
    audit.record(session, actor, action, ("rating_trial", trial.id), now=now)
    return trial


def _recorded(session: Session, run_id: int) -> DrillRun:
    run = session.scalar(select(DrillRun).where(DrillRun.id == run_id).options(*_FULL))
    if run is None:
        raise NotFound("There is no such run.")
    if run.state != RunState.SCORED:
        raise DomainError("Only a run whose scoring is final can be used.")
    return run


def _checked(run: DrillRun, marks: Marks) -> dict[str, Any]:
    marks = check(run.rubric, marks, [message.seq for message in run.messages])
    return {**marks.columns(), "score": points(run.rubric, marks.levels)}
