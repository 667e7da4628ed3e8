"""Whoever is to score a recorded run for comparison does not see how it was scored before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.cases.models import DrillRun
from lms.cases.raters.models import CalibrationRound, GoldRun, Trial
from lms.cases.raters.trials import is_over
from lms.db import Session
from lms.i18n import N_

BLIND = N_("You are to score this run for a comparison: it is shown when you have submitted yours.")


def round_to_score(
    session: Session, run_id: int, person_id: int, now: datetime
) -> CalibrationRound | None:
    """An open calibration of this run to which this rater is invited and has not answered."""
    rounds = session.scalars(
        select(CalibrationRound)
        .where(CalibrationRound.run_id == run_id, CalibrationRound.closed_at.is_(None))
        .options(selectinload(CalibrationRound.trials))
        .order_by(CalibrationRound.id)
    )
    for round_ in rounds:
        done = {trial.rater_id for trial in round_.trials}
        if person_id in set(round_.rater_ids) - done and not is_over(round_, now):
            return round_
    return None


def has_gold_to_score(session: Session, run_id: int, person_id: int) -> bool:
    """Whether this run is a gold run that this rater has not tried, nor made."""
    tried = select(Trial.id).where(Trial.gold_id == GoldRun.id, Trial.rater_id == person_id)
    gold = select(GoldRun.id).where(
        GoldRun.run_id == run_id,
        GoldRun.retired_at.is_(None),
        GoldRun.made_by != person_id,
        ~tried.exists(),
    )
    return session.scalar(gold) is not None


def has_to_score_first(session: Session, run: DrillRun, person_id: int, now: datetime) -> bool:
    """Whether this rater has a round or a gold run of this run before them. Run's ratings loaded:
    one's own rating of it leaves nothing to hide."""
    if any(rating.rater_id == person_id for rating in run.ratings):
        return False
    if round_to_score(session, run.id, person_id, now) is not None:
        return True
    return has_gold_to_score(session, run.id, person_id)
