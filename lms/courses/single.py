"""One person's courses by hand: enrolling, once more after an earlier go as well, and ending."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from lms.audit import Actor
from lms.courses.models import (
    Enrolment,
    EnrolmentStatus,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
)
from lms.courses.outline import outline
from lms.courses.services import cancel_enrolment, enrol
from lms.db import Localized, Session
from lms.errors import DomainError, NotFound
from lms.people import notices
from lms.people.models import Person

# How far from today a course may begin: a slip of the year is no start date.
_BACK, _AHEAD = timedelta(days=31), timedelta(days=366)
_MIN_REASON = 5


class Choice(NamedTuple):
    """A programme one can be enrolled in."""

    programme_id: int
    title: Localized


def choices(session: Session) -> list[Choice]:
    """Every programme by its latest version, oldest first."""
    latest = select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.programme_id)
    rows = session.execute(
        select(ProgrammeVersion.programme_id, ProgrammeVersion.title)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(
            ProgrammeVersion.id.in_(latest.scalar_subquery()), Programme.kind != ProgrammeKind.DELTA
        )
        .order_by(ProgrammeVersion.programme_id)
    )
    return [Choice(programme_id, title) for programme_id, title in rows]


def goes(session: Session, person_id: int, programme_id: int) -> Sequence[Enrolment]:
    """All goes of a person at a programme, oldest first."""
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.programme_id == programme_id)
        .order_by(Enrolment.id)
    ).all()


def assign(
    session: Session,
    person: Person,
    programme_id: int,
    *,
    starts_on: date,
    reason: str,
    actor: Actor,
    today: date,
    now: datetime,
) -> Enrolment:
    """A new go in the latest version, of which the person is told; DomainError: one is under way.

    Earlier goes stay as they are.
    """
    if person.left_on is not None:
        raise DomainError("This person has left.")
    if not today - _BACK <= starts_on <= today + _AHEAD:
        raise DomainError(
            "The start must lie between a month ago and a year from now.", field="starts_on"
        )
    highest = session.scalar(select(func.max(Enrolment.id))) or 0
    enrolment = enrol(
        session,
        person.id,
        programme_id,
        starts_on=starts_on,
        reason=reason.strip(),
        actor=actor,
        now=now,
    )
    if enrolment.id <= highest:
        raise DomainError("This course is under way already.", field="programme_id")
    title = outline(session, enrolment.version_id).title
    zh, en = title.pick("zh"), title.pick("en")
    text = Localized(
        f"新课程「{zh}」：{starts_on:%m-%d} 开始，{enrolment.due_on:%m-%d} 前完成",
        f"A new course, “{en}”: from {starts_on:%d %b}, due by {enrolment.due_on:%d %b}",
    )
    url = f"/courses/{enrolment.id}"
    notices.notify(session, [person.id], "course.assigned", text, url, now)
    return enrolment


def cancel(
    session: Session, enrolment_id: int, *, reason: str, actor: Actor, now: datetime
) -> None:
    """End a course under way, with a written reason of which the person is told."""
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise NotFound("This course does not exist.")
    if len(reason.strip()) < _MIN_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.", field="reason", count=_MIN_REASON
        )
    kind = session.scalar(select(Programme.kind).where(Programme.id == enrolment.programme_id))
    if kind == ProgrammeKind.RETRAINING:
        raise DomainError("Retraining is decided on its own page, not here.", field="reason")
    if kind == ProgrammeKind.DELTA:
        raise DomainError(
            "A clearance waits for this update: it is done, not cancelled. HR can override.",
            field="reason",
        )
    if enrolment.status != EnrolmentStatus.ACTIVE:
        return
    cancel_enrolment(session, enrolment_id, reason=reason.strip(), actor=actor, now=now)
    title = outline(session, enrolment.version_id).title
    zh, en = title.pick("zh"), title.pick("en")
    why = reason.strip()
    text = Localized(f"「{zh}」已取消：{why}", f"“{en}” was cancelled: {why}")
    notices.notify(
        session, [enrolment.person_id], "course.left", text, f"/courses/{enrolment_id}", now
    )
