"""Whom a major version asks: those whose clearance came of an older one, and nobody else."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from lms.courses.models import (
    Enrolment,
    EnrolmentStatus,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
)
from lms.db import Session
from lms.people.clearance import granted_on
from lms.people.models import Clearance, Leave, Person


def cleared_by_older(
    programme_id: int, major: int, day: date, delta_id: int | None = None
) -> Select[int, int | None]:
    """Person and the enrolment that cleared them; not who went through this major version since,
    or did its delta (the programme `delta_id`) before."""
    later, version = aliased(Enrolment), aliased(ProgrammeVersion)
    went_through = (
        select(later.id)
        .join(version, version.id == later.version_id)
        .where(
            later.person_id == Clearance.person_id,
            later.status == EnrolmentStatus.COMPLETED,
            or_(
                and_(later.programme_id == programme_id, version.major >= major),
                later.programme_id == delta_id,
            ),
        )
        .correlate(Clearance)
        .exists()
    )
    return (
        select(Clearance.person_id, Clearance.enrolment_id)
        .join(Enrolment, Enrolment.id == Clearance.enrolment_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Enrolment.version_id)
        .join(Person, Person.id == Clearance.person_id)
        .where(
            Enrolment.programme_id == programme_id,
            ProgrammeVersion.major < major,
            granted_on(day),
            Person.left_on.is_(None),
            ~went_through,
        )
        .distinct()
    )


def delta_programme(session: Session, programme: Programme, major: int) -> Programme | None:
    """The short programme made of the delta, once somebody was asked for it."""
    key = delta_key(programme, major)
    found = select(Programme).where(Programme.key == key, Programme.kind == ProgrammeKind.DELTA)
    return session.scalar(found)


def delta_key(programme: Programme, major: int) -> str:
    return f"{programme.key}-delta-{major}"


def first_days_back(session: Session, person_ids: Collection[int], day: date) -> Mapping[int, date]:
    """Of those on leave on the day: the first day on which they are not. One query."""
    leaves = session.execute(
        select(Leave.person_id, Leave.first_day, Leave.last_day)
        .where(Leave.person_id.in_(person_ids), Leave.last_day >= day)
        .order_by(Leave.first_day)
    )
    back: dict[int, date] = {}
    for person_id, first, last in leaves:
        if first <= back.get(person_id, day) <= last:
            back[person_id] = last + timedelta(days=1)
    return back
