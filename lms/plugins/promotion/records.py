"""What people write down about a candidate: upheld complaints and a supervisor's recommendation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    NotAllowed,
    NotFound,
    Person,
    Session,
    audit,
    local_date,
    zone,
)
from lms.plugins.promotion import verdicts
from lms.plugins.promotion.models import Complaint, Recommendation
from lms.plugins.promotion.nominations import reason_of
from lms.plugins.promotion.policy import Track


class Records(NamedTuple):
    """What stands about a person; complaints newest first."""

    complaints: Sequence[Complaint]
    recommendations: Sequence[Recommendation]


def of_person(session: Session, person_id: int, track: Track, year: int) -> Records:
    """Recommendations for the track and year, complaints of any time."""
    complaints = select(Complaint).where(
        Complaint.person_id == person_id, Complaint.withdrawn_at.is_(None)
    )
    given = select(Recommendation).where(
        Recommendation.person_id == person_id,
        Recommendation.target == track.key,
        Recommendation.year == year,
        Recommendation.withdrawn_at.is_(None),
    )
    return Records(
        session.scalars(complaints.order_by(Complaint.on_day.desc(), Complaint.id)).all(),
        session.scalars(
            given.options(joinedload(Recommendation.giver)).order_by(Recommendation.id)
        ).all(),
    )


def record_complaint(
    session: Session,
    person: Person,
    *,
    on_day: date,
    level: int,
    reference: str,
    note: str,
    actor: Actor,
    now: datetime,
) -> Complaint:
    """An upheld complaint; Conflict if it is there already under its number."""
    _not_oneself(person, actor)
    if on_day > local_date(now, zone()):
        raise DomainError("This day is still to come.", field="on_day")
    if not reference.strip():
        raise DomainError("Enter the number of the complaint.", field="reference")
    complaint = Complaint(
        person_id=person.id, on_day=on_day, level=level, reference=reference.strip(),
        note=note.strip(), recorded_by=actor.person_id, recorded_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(complaint)
    except IntegrityError:
        raise Conflict("This complaint is recorded already.") from None
    audit.record(
        session, actor, "promotion.complaint", ("person", person.id), now=now, level=level,
        complaint=complaint.id, on_day=on_day.isoformat(),
    )  # fmt: skip
    return complaint


def withdraw_complaint(
    session: Session, complaint_id: int, *, reason: str, actor: Actor, now: datetime
) -> Complaint:
    """It was recorded by mistake, or is not upheld any more."""
    reason = reason_of(reason)
    found = session.get(Complaint, complaint_id, populate_existing=True, with_for_update=True)
    if found is None or found.withdrawn_at is not None:
        raise NotFound("There is no such complaint.")
    if found.person_id == actor.person_id:
        raise NotAllowed("Nobody records anything about themselves.")
    found.withdrawn_by, found.withdrawn_at = actor.person_id, now
    found.withdrawn_reason = reason
    audit.record(
        session, actor, "promotion.complaint_withdrawn", ("person", found.person_id), now=now,
        reason=reason, complaint=found.id,
    )  # fmt: skip
    return found


def recommend(
    session: Session, person: Person, track: Track, year: int, *, text: str, actor: Actor,
    now: datetime,
) -> Recommendation:  # fmt: skip
    """A supervisor's word for the person; Conflict if theirs is there already."""
    words = reason_of(text)
    _not_oneself(person, actor)
    if actor.person_id is None:
        raise NotAllowed("A recommendation needs a person who gives it.")
    verdicts.require_year(session, year, local_date(now, zone()))
    given = Recommendation(
        person_id=person.id, target=track.key, year=year, text=words, given_by=actor.person_id,
        given_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(given)
    except IntegrityError:
        raise Conflict("You have recommended this person already.") from None
    audit.record(
        session, actor, "promotion.recommend", ("person", person.id), now=now, reason=words,
        year=year, target=track.key,
    )  # fmt: skip
    return given


def take_back(
    session: Session, recommendation_id: int, *, actor: Actor, now: datetime
) -> Recommendation:
    """Who gave a recommendation takes it back."""
    found = session.get(
        Recommendation, recommendation_id, populate_existing=True, with_for_update=True
    )
    if found is None or found.withdrawn_at is not None or found.given_by != actor.person_id:
        raise NotFound("There is no such recommendation.")
    found.withdrawn_at = now
    audit.record(
        session, actor, "promotion.recommendation_withdrawn", ("person", found.person_id), now=now,
        year=found.year, target=found.target,
    )  # fmt: skip
    return found


def _not_oneself(person: Person, actor: Actor) -> None:
    if person.id == actor.person_id:
        raise NotAllowed("Nobody records anything about themselves.")
