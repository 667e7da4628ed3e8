"""Orders that go on: people come in as they come to fit, and leave what they have not begun."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.clock import local_date
from lms.courses.audience import assigning, sets, versions
from lms.courses.audience.matching import fits
from lms.courses.audience.models import ProgrammeAssignment
from lms.db import Session
from lms.people.organisation import zone


def follow_all(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """The periodic job: every order that is followed, by its programme's rule in force today."""
    today = local_date(now, zone())
    found = session.scalars(
        select(ProgrammeAssignment)
        .where(assigning.is_followed(today), ProgrammeAssignment.finished_at.is_not(None))
        .order_by(ProgrammeAssignment.id)
        .with_for_update()
    )
    for order in found.all():
        _follow(session, order, now)


def _follow(session: Session, order: ProgrammeAssignment, now: datetime) -> None:
    today = local_date(now, zone())
    rule = versions.rule_of(versions.in_force(session, order.programme_id))
    fitting, version = fits(rule, today), assigning.version_of(session, order)
    order.withdrawn += sets.leave_all(session, order, version, fitting, actor=audit.SYSTEM, now=now)
    counts = sets.enrol_all(
        session,
        order,
        version,
        fitting,
        starts_on=max(order.starts_on, today),
        actor=audit.SYSTEM,
        now=now,
    )
    order.enrolled += counts.enrolled
    order.followed_at = now


def stop(session: Session, assignment_id: int, *, actor: Actor, now: datetime) -> None:
    """Follow no longer; who is enrolled stays so. One that has stopped stays as it is."""
    order = assigning.one(session, assignment_id)
    if order.follow_until is None or order.stopped_at is not None:
        return
    order.stopped_at = now
    audit.record(
        session,
        actor,
        "programme.unfollow",
        ("programme", order.programme_id),
        now=now,
        assignment_id=order.id,
    )
