"""From a final score to a practice item, and from a finished solo run to its end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.cases.models import Case, CaseVersion, Drill, DrillRun, Rating, Rubric, RunMode
from lms.cases.practice.models import PracticeItem
from lms.cases.practice.policy import PRACTICE
from lms.db import Session
from lms.policies import in_force


def assign(session: Session, run: DrillRun, ratings: Sequence[Rating], now: datetime) -> bool:
    """After a run's score became final by `ratings`: whether it leaves the learner an open item.

    A score that is given anew (amended, or after an appeal) changes the run's own item.
    """
    reasons = too_low(run, ratings)
    item = session.scalar(select(PracticeItem).where(PracticeItem.run_id == run.id))
    if item is not None and item.done_at is not None:
        return False
    if not reasons:
        if item is not None:
            item.withdrawn_at = item.withdrawn_at or now
        return False
    if item is None and not in_force(session, PRACTICE)["assign"]:
        return False
    try:
        with session.begin_nested():
            if item is None:
                item = PracticeItem(
                    person_id=run.person_id,
                    drill_id=nearest(session, run.drill),
                    run_id=run.id,
                    created_at=now,
                )
                session.add(item)
            item.reasons, item.withdrawn_at = reasons, None
    except IntegrityError:  # an earlier run has left the same drill to practise
        return False
    return True


def too_low(run: DrillRun, ratings: Sequence[Rating]) -> list[dict[str, Any]]:
    """The critical errors, then the criteria whose mean level is below the pass mark."""
    critical = {key for rating in ratings for key in rating.critical}
    found = [
        {"key": error["key"], "zh": error["title"]["zh"], "en": error["title"]["en"]}
        for error in run.rubric.critical
        if error["key"] in critical
    ]
    for criterion in run.rubric.criteria:
        levels = [
            level
            for rating in ratings
            if (level := rating.levels.get(criterion["key"])) is not None
        ]
        if levels and (sum(levels) / len(levels) - 1) * 25 < run.pass_mark:
            title, level = criterion["title"], round(sum(levels) / len(levels), 1)
            found.append(
                {"key": criterion["key"], "zh": title["zh"], "en": title["en"], "level": level}
            )
    return found


def nearest(session: Session, drill: Drill) -> int:
    """The drill itself if its customer can play alone; otherwise a scripted one of the same case,
    or of the same rubric and situation, whose case is still in the library."""
    if drill.script:
        return drill.id
    made_from = drill.case_version
    is_same = CaseVersion.case_id == made_from.case_id
    closeness = (
        is_same,
        CaseVersion.channel == made_from.channel,
        CaseVersion.stage == made_from.stage,
    )
    found = session.scalar(
        select(Drill.id)
        .join(CaseVersion, CaseVersion.id == Drill.case_version_id)
        .join(Case, Case.id == CaseVersion.case_id)
        .join(Rubric, Rubric.id == Drill.rubric_id)
        .where(
            is_same | (Rubric.key == drill.rubric.key),
            Case.archived_at.is_(None),
            func.json_array_length(Drill.script) > 0,
        )
        .order_by(*(case((one, 0), else_=1) for one in closeness), Drill.id.desc())
        .limit(1)
    )
    return drill.id if found is None else found


def complete(session: Session, run: DrillRun, now: datetime) -> None:
    """A solo run was finished or handed in: what was to be practised with this drill is done."""
    if run.mode != RunMode.SOLO:
        return
    session.execute(
        update(PracticeItem)
        .where(
            PracticeItem.person_id == run.person_id,
            PracticeItem.drill_id == run.drill_id,
            PracticeItem.done_at.is_(None),
            PracticeItem.withdrawn_at.is_(None),
        )
        .values(done_at=now, done_run_id=run.id)
    )
