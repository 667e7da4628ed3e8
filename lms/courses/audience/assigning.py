"""Orders to enrol everybody who fits: given in a request, carried out in the background."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import IntegrityError

from lms import audit, progress
from lms.audit import Actor
from lms.clock import local_date
from lms.courses import queries
from lms.courses.audience import sets, versions
from lms.courses.audience.matching import fits
from lms.courses.audience.models import AudienceVersion, ProgrammeAssignment
from lms.courses.models import ProgrammeVersion
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound
from lms.jobs import MAX_ATTEMPTS, enqueue
from lms.people.models import Person
from lms.people.organisation import zone
from lms.progress import Progress

JOB = "courses.assign"


def assign(
    session: Session,
    programme_id: int,
    *,
    base_number: int,
    starts_on: date,
    skip_completed: bool,
    follow_until: date | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> ProgrammeAssignment:
    """Order it by the rule in force, which must still be version `base_number`.

    Asked for again while the first order waits, that one is returned: a double click is one order.
    """
    versions.programme(session, programme_id)
    audience = versions.in_force(session, programme_id)
    if audience is None:
        raise DomainError("Save a rule first: it says who is enrolled.")
    if audience.number != base_number:
        raise Conflict("Somebody saved this rule in the meantime. Look at the new version first.")
    if waiting := _waiting(session, programme_id):
        return waiting
    today = local_date(now, zone())
    _check(session, programme_id, starts_on, follow_until, today)
    matched = _matched(session, audience, today)
    if not matched and follow_until is None:
        raise DomainError(
            "Nobody fits the rule now. Say until when it is followed, or change the rule.",
            field="follow_until",
        )
    job = enqueue(session, JOB, {"programme_id": programme_id}, due_at=now)
    order = ProgrammeAssignment(
        programme_id=programme_id,
        audience_id=audience.id,
        starts_on=starts_on,
        skip_completed=skip_completed,
        follow_until=follow_until,
        reason=reason,
        matched=matched,
        created_by=actor.person_id,
        created_at=now,
        job_id=job.id,
    )
    try:
        with session.begin_nested():
            session.add(order)
    except IntegrityError:  # the same button pressed twice at once
        session.delete(job)
        if waiting := _waiting(session, programme_id):
            return waiting
        raise
    audit.record(
        session,
        actor,
        "programme.assign",
        ("programme", programme_id),
        now=now,
        reason=reason,
        assignment_id=order.id,
        rule=audience.rule,
        starts_on=starts_on.isoformat(),
        skip_completed=skip_completed,
        follow_until=follow_until.isoformat() if follow_until else None,
        matched=matched,
    )
    return order


def _check(
    session: Session, programme_id: int, starts_on: date, follow_until: date | None, today: date
) -> None:
    if starts_on < today:
        raise DomainError("The start must not be before today.", field="starts_on")
    if follow_until is None:
        return
    if follow_until < starts_on:
        raise DomainError("This must not be before the start.", field="follow_until")
    if other := following(session, programme_id, today):
        raise DomainError(
            "The rule is followed until %(day)s already: stop that first.",
            field="follow_until",
            day=other.follow_until,
        )


def following(session: Session, programme_id: int, today: date) -> ProgrammeAssignment | None:
    """The order under which people still come and go, if any."""
    return session.scalar(
        select(ProgrammeAssignment).where(
            ProgrammeAssignment.programme_id == programme_id, is_followed(today)
        )
    )


def is_followed(today: date) -> ColumnElement[bool]:
    return and_(ProgrammeAssignment.follow_until >= today, ProgrammeAssignment.stopped_at.is_(None))


def _waiting(session: Session, programme_id: int) -> ProgrammeAssignment | None:
    return session.scalar(
        select(ProgrammeAssignment).where(
            ProgrammeAssignment.programme_id == programme_id,
            ProgrammeAssignment.finished_at.is_(None),
        )
    )


def _matched(session: Session, audience: AudienceVersion, today: date) -> int:
    wanted = fits(versions.rule_of(audience), today)
    return session.scalar(select(func.count(Person.id)).where(wanted)) or 0


def carry_out(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The job: enrols all or, failing, nobody; an order that is done stays as it is."""
    order = session.scalar(
        select(ProgrammeAssignment)
        .where(
            ProgrammeAssignment.programme_id == payload["programme_id"],
            ProgrammeAssignment.finished_at.is_(None),
        )
        .with_for_update()
    )
    if order is None:
        return
    today = local_date(now, zone())
    order_id = order.id
    with progress.reported(watched_as(order_id)) as report:
        counts = sets.enrol_all(
            session,
            order,
            version_of(session, order),
            fits(versions.rule_of(order.audience), today),
            starts_on=max(order.starts_on, today),
            actor=Actor(order.created_by),
            now=now,
            report=lambda done, of: report(Progress(done, of)),
        )
    order.matched, order.enrolled = counts.matched, counts.enrolled
    order.already_active, order.completed_before = counts.already_active, counts.completed_before
    order.finished_at = now


def watched_as(order_id: int) -> str:
    """The name under which its progress is said."""
    return f"assignment-{order_id}"


def version_of(session: Session, order: ProgrammeAssignment) -> ProgrammeVersion:
    """The version people begin now."""
    found = queries.latest_version(session, order.programme_id)
    if found is None:
        raise NotFound("This programme does not exist.")
    return found


def one(session: Session, assignment_id: int) -> ProgrammeAssignment:
    """NotFound if there is none."""
    found = session.get(ProgrammeAssignment, assignment_id)
    if found is None:
        raise NotFound("This assignment does not exist.")
    return found


def try_again(session: Session, assignment_id: int, *, now: datetime) -> None:
    """Put an order back in the queue whose job was given up after many failures."""
    order = one(session, assignment_id)
    if order.finished_at is None and order.job.attempts >= MAX_ATTEMPTS:
        order.job = enqueue(session, JOB, {"programme_id": order.programme_id}, due_at=now)
