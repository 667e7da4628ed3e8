"""What is done with visits. Services get session and time; they know no request."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lms.plugins.api import Actor, DomainError, Person, Session, audit
from sqlalchemy import select, update

from lms_visits.models import Visit


def record(
    session: Session,
    staff_no: str,
    *,
    visited_on: date,
    score: int,
    note: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> Visit:
    """Store a visit; DomainError names the field that is wrong."""
    person = session.scalar(select(Person).where(Person.staff_no == staff_no))
    if person is None:
        raise DomainError("Nobody has this staff number.", field="staff_no")
    if visited_on > today:
        raise DomainError("This day is yet to come.", field="visited_on")
    visit = Visit(
        person_id=person.id,
        visited_on=visited_on,
        score=score,
        note=note,
        recorded_by=actor.person_id,
        recorded_at=now,
    )
    session.add(visit)
    audit.record(session, actor, "visits.record", ("person", person.id), now=now, score=score)
    return visit


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    rows = session.scalars(select(Visit).where(Visit.person_id == person_id).order_by(Visit.id))
    return {
        Visit.__tablename__: [
            {"visited_on": v.visited_on, "score": v.score, "note": v.note} for v in rows
        ]
    }


def erase(session: Session, person_id: int) -> int:
    """The scores stay, for the team's figures; what was written about the person goes."""
    mine = (Visit.person_id == person_id, Visit.note != "")
    changed = session.scalars(update(Visit).where(*mine).values(note="").returning(Visit.id))
    return len(changed.all())
