"""What waits for a trainer: drills to score, cases to review, hires that are stuck."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from lms.access import Viewer
from lms.cases.models import CaseState, CaseVersion, DrillRun
from lms.cases.queue import WAITING
from lms.courses import cohort
from lms.db import Session
from lms.people.models import Person


class Waiting(NamedTuple):
    """None where the viewer's roles have nothing to do with it; `oldest`: of the drills."""

    to_score: int | None
    oldest: datetime | None
    to_review: int | None
    stuck: int


def waiting(session: Session, who: Viewer, now: datetime, today: date) -> Waiting:
    """Two queries; with the same words as the pages that the numbers lead to."""
    runs = (
        select(DrillRun)
        .join(Person, Person.id == DrillRun.person_id)
        .where(
            who.clause("drills.score"),
            DrillRun.person_id != who.person_id,
            DrillRun.state.in_(WAITING),
        )
    )
    reviews = select(func.count(CaseVersion.id)).where(CaseVersion.state == CaseState.IN_REVIEW)
    count, oldest, to_review = session.execute(
        select(
            runs.with_only_columns(func.count(DrillRun.id)).scalar_subquery(),
            runs.with_only_columns(func.min(DrillRun.submitted_at)).scalar_subquery(),
            reviews.scalar_subquery(),
        )
    ).one()
    scores, authors = who.may("drills.score"), who.may("cases.author")
    stuck = cohort.how_many_stuck(session, who.clause("progress.view"), now, today)
    return Waiting(
        count if scores else None, oldest if scores else None, to_review if authors else None, stuck
    )
