"""Courses that are renewed: those who completed one are enrolled again ahead of the date."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from lms import audit, policies
from lms.clock import Month, local_date
from lms.courses.deadlines.counting import due_date
from lms.courses.deadlines.policy import DEADLINES
from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeVersion
from lms.courses.services import enrol
from lms.db import Localized, Session
from lms.people import notices
from lms.people.models import Person
from lms.people.organisation import zone

# So many in one transaction: on SQLite it keeps other writers waiting.
_BATCH = 200


def months_later(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or its last where it is shorter."""
    month = Month.of(day).plus(months).first_day
    return month.replace(day=min(day.day, calendar.monthrange(month.year, month.month)[1]))


def recertify(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job; commits after each batch. A go that was cancelled is not begun again."""
    today = local_date(now, zone())
    ahead = timedelta(days=policies.in_force(session, DEADLINES)["recertify_ahead"])
    latest = select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.programme_id)
    renewed = ProgrammeVersion.recertify_every.is_not(None)
    versions = session.scalars(
        select(ProgrammeVersion).where(ProgrammeVersion.id.in_(latest.scalar_subquery()), renewed)
    ).all()
    for version in versions:
        while _renew(session, version, today + ahead, today, now):
            session.commit()


def _renew(
    session: Session, version: ProgrammeVersion, until: date, today: date, now: datetime
) -> bool:
    """Those whose date comes by `until`; False when there are no more."""
    months = version.recertify_every or 0
    day_after = months_later(until, -months) + timedelta(days=1)
    newest = (
        select(func.max(Enrolment.id))
        .where(Enrolment.programme_id == version.programme_id)
        .group_by(Enrolment.person_id)
    )
    found = session.scalars(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.id.in_(newest.scalar_subquery()),
            Enrolment.status == EnrolmentStatus.COMPLETED,
            Enrolment.ended_at < datetime.combine(day_after, time(), zone()),
            Person.left_on.is_(None),
        )
        .order_by(Enrolment.id)
        .limit(_BATCH)
    ).all()
    usual = due_date(session, version, today) if found else today
    for old in found:
        completed_on = local_date(old.ended_at or now, zone())
        enrolment = enrol(
            session,
            old.person_id,
            version.programme_id,
            starts_on=today,
            due_on=max(usual, months_later(completed_on, months)),
            actor=audit.SYSTEM,
            now=now,
        )
        _tell(session, version, enrolment, now)
    return bool(found)


def _tell(session: Session, version: ProgrammeVersion, enrolment: Enrolment, now: datetime) -> None:
    zh, en = version.title.pick("zh"), version.title.pick("en")
    due_on = enrolment.due_on
    text = Localized(
        f"「{zh}」需要复训，请在 {due_on:%Y-%m-%d} 前完成",
        f"“{en}” is to be renewed by {due_on:%d %b %Y}",
    )
    url = f"/courses/{enrolment.id}"
    notices.notify(session, [enrolment.person_id], "course.renewal", text, url, now)
