"""Drafts: what a rater has typed so far survives a closed page."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from lms.cases.models import RunState
from lms.cases.scoring.marks import Marks, marks_from
from lms.cases.scoring.models import RatingDraft
from lms.cases.scoring.reading import full_run, standing_of
from lms.db import Session
from lms.errors import Conflict


class Draft(NamedTuple):
    marks: Marks
    saved_at: datetime


def of_run(run_id: int) -> str:
    return f"run.{run_id}"


def draft_of(session: Session, subject: str, rater_id: int) -> Draft | None:
    row = session.scalar(_one(subject, rater_id))
    return Draft(marks_from(row.marks), row.saved_at) if row else None


def keep_draft(
    session: Session, run_id: int, marks: Marks, *, rater_id: int, now: datetime
) -> None:
    """Keep what was typed for a run; Conflict when there is nothing to score any more."""
    run = full_run(session, run_id)
    if standing_of(run, rater_id) or run.state not in (RunState.SUBMITTED, RunState.ADJUDICATION):
        raise Conflict("This run is not to be scored any more.")
    store(session, of_run(run_id), marks, rater_id, now)


def store(session: Session, subject: str, marks: Marks, rater_id: int, now: datetime) -> None:
    """The newest draft takes the place of the one before."""
    row = session.scalar(_one(subject, rater_id))
    if row is None:
        new = RatingDraft(subject=subject, rater_id=rater_id, marks=marks.columns(), saved_at=now)
        try:
            with session.begin_nested():
                session.add(new)
        except IntegrityError:  # two pages at once
            row = session.scalar(_one(subject, rater_id))
    if row is not None:
        row.marks, row.saved_at = marks.columns(), now


def drop(session: Session, subject: str, rater_id: int) -> None:
    session.execute(
        delete(RatingDraft).where(RatingDraft.subject == subject, RatingDraft.rater_id == rater_id)
    )


def _one(subject: str, rater_id: int) -> Any:
    return select(RatingDraft).where(
        RatingDraft.subject == subject, RatingDraft.rater_id == rater_id
    )
