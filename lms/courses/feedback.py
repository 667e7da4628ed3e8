"""The latest word a trainer wrote about a learner's drill."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from lms.cases.models import Drill, DrillRun, Rating, RunState
from lms.db import Localized, Session
from lms.people.models import Person


class Feedback(NamedTuple):
    """`score` in hundredths; the step is None for practice outside a course."""

    drill: Localized
    score: int | None
    comment: str
    rater: str
    at: datetime | None
    enrolment_id: int | None
    step_id: int | None


def latest(session: Session, person_id: int) -> Feedback | None:
    """Of the drills whose scoring is final."""
    row = session.execute(
        select(
            Drill.title,
            DrillRun.score,
            Rating.comment,
            Person.name,
            DrillRun.scored_at,
            DrillRun.enrolment_id,
            DrillRun.step_id,
        )
        .join(Drill, Drill.id == DrillRun.drill_id)
        .join(Rating, Rating.run_id == DrillRun.id)
        .join(Person, Person.id == Rating.rater_id)
        .where(
            DrillRun.person_id == person_id,
            DrillRun.state == RunState.SCORED,
            Rating.superseded_at.is_(None),
        )
        .order_by(DrillRun.scored_at.desc(), Rating.id.desc())
        .limit(1)
    ).one_or_none()
    return Feedback(*row) if row else None
