"""Leaving the page of an open attempt: recorded, counted, told to examiners, never punished."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from lms.plugins.api import Session
from lms.plugins.exams.attempts import own
from lms.plugins.exams.models import Leaving
from lms.plugins.exams.results import Sat
from lms.plugins.exams.standing import is_over

# A page that is loaded again is out of sight for a moment: that is not leaving it.
A_MOMENT = timedelta(seconds=3)
MOST = 300


class Summary(NamedTuple):
    """How often, and for how many seconds in all and at the longest."""

    times: int
    seconds: int
    longest: int


def record(
    session: Session, attempt_id: int, person_id: int, *, is_back: bool, now: datetime
) -> None:
    """Out of sight from now on, or in sight again; NotFound for another's attempt.

    Safe to repeat; nothing is recorded once the attempt is over.
    """
    attempt = own(session, attempt_id, person_id)
    if attempt.submitted_at is not None or is_over(attempt, now):
        return
    every = session.scalars(
        select(Leaving).where(Leaving.attempt_id == attempt_id).order_by(Leaving.id)
    ).all()
    last = every[-1] if every and every[-1].back_at is None else None
    if not is_back and last is None and len(every) < MOST:
        session.add(Leaving(attempt_id=attempt_id, left_at=now))
    if is_back and last is not None:
        if now - last.left_at < A_MOMENT:
            session.delete(last)
        else:
            last.back_at = now


def summary(session: Session, attempt: Sat) -> Summary:
    """Who did not come back was away until the end."""
    end = attempt.submitted_at or attempt.deadline
    rows = session.execute(
        select(Leaving.left_at, Leaving.back_at).where(Leaving.attempt_id == attempt.id)
    )
    away = [int(((back or end) - left).total_seconds()) for left, back in rows]
    return Summary(len(away), sum(away), max(away, default=0))
