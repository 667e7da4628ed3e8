"""Enrolling and taking off whole sets of people: some statements for each few thousand.

What `lms.courses.services.enrol` and `cancel_enrolment` leave behind for one person, these leave
behind for each: the enrolment, the audit entry; and everybody concerned is told.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from lms.audit import Actor
from lms.courses.audience.facts import record_all, tell_all
from lms.courses.audience.models import ProgrammeAssignment
from lms.courses.audience.preview import has
from lms.courses.deadlines.counting import due_date
from lms.courses.deadlines.pauses import pause
from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeVersion, StepProgress
from lms.db import Localized, Session, insert_into
from lms.people.models import Person

# So many at once: few enough that whoever watches sees it go on.
BATCH = 2000


class Counts(NamedTuple):
    """Of those who fit: under way already, passed over as completed before, enrolled now."""

    matched: int
    already_active: int
    completed_before: int
    enrolled: int


def enrol_all(
    session: Session,
    order: ProgrammeAssignment,
    version: ProgrammeVersion,
    fitting: ColumnElement[bool],
    *,
    starts_on: date,
    actor: Actor,
    now: datetime,
    report: Callable[[int, int], None] | None = None,
) -> Counts:
    """Everybody who fits (a condition on `Person`), is not under way, and did not go already.

    Only the order's own job calls it, one at a time: what it made it knows by the numbers above
    the highest there was. `report` hears after each batch how many are enrolled, and of how many.
    """
    under_way = has(order.programme_id, EnrolmentStatus.ACTIVE)
    completed = has(order.programme_id, EnrolmentStatus.COMPLETED)
    passed_over = and_(completed, ~under_way) if order.skip_completed else false()
    matched, active, before = session.execute(
        select(func.count(Person.id), _how_many(under_way), _how_many(passed_over)).where(fitting)
    ).one()
    due_on = due_date(session, version, starts_on)
    row = {
        "programme_id": order.programme_id,
        "version_id": version.id,
        "starts_on": starts_on,
        "due_on": due_on,
        "reason": order.reason,
        "created_at": now,
        "assignment_id": order.id,
    }
    types = Enrolment.__table__.c
    wanted = (
        select(Person.id, *(literal(value, types[name].type) for name, value in row.items()))
        .where(fitting, ~under_way, ~passed_over, ~_went_already(order))
        .order_by(Person.id)
        .limit(BATCH)
    )
    invitation, enrolled = _invitation(version, starts_on, due_on), 0
    to_enrol = matched - (active or 0) - (before or 0)
    while True:  # those enrolled are under way from then on: the next batch passes them over
        highest = session.scalar(select(func.max(Enrolment.id))) or 0
        _insert_enrolments(session, ["person_id", *row], wanted)
        made = and_(Enrolment.id > highest, Enrolment.assignment_id == order.id)
        batch = session.scalar(select(func.count(Enrolment.id)).where(made)) or 0
        if not batch:
            break
        record_all(session, "enrolment.add", made, actor=actor, reason=order.reason, now=now)
        if version.pause_on_leave:
            pause(session, made, actor=actor, now=now)
        tell_all(session, "course.assigned", invitation, made, now=now)
        enrolled += batch
        if report:
            report(enrolled, max(enrolled, to_enrol))
    return Counts(matched, active or 0, before or 0, enrolled)


def leave_all(
    session: Session,
    order: ProgrammeAssignment,
    version: ProgrammeVersion,
    fitting: ColumnElement[bool],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Cancel what the order enrolled and nobody has begun, for people who no longer fit."""
    begun = select(StepProgress.id).where(StepProgress.enrolment_id == Enrolment.id).exists()
    going = and_(
        Enrolment.assignment_id == order.id,
        Enrolment.status == EnrolmentStatus.ACTIVE,
        Enrolment.person_id.not_in(select(Person.id).where(fitting)),
        ~begun,
    )
    # Held first, then looked at once more: somebody may be opening their first step just now.
    if not session.scalars(select(Enrolment.id).where(going).with_for_update()).all():
        return 0
    end = {"status": EnrolmentStatus.CANCELLED, "ended_at": now, "left_audience": True}
    session.execute(
        update(Enrolment).where(going).values(end), execution_options={"synchronize_session": False}
    )
    gone = and_(
        Enrolment.assignment_id == order.id, Enrolment.left_audience, Enrolment.ended_at == now
    )
    record_all(
        session, "enrolment.leave", gone, actor=actor, reason="no longer fits the rule", now=now
    )
    tell_all(session, "course.left", _farewell(version), gone, now=now)
    return session.scalar(select(func.count(Enrolment.id)).where(gone)) or 0


def _went_already(order: ProgrammeAssignment) -> ColumnElement[bool]:
    """Enrolled by this order, or through with the course since it was given: once is enough.

    Those who left because they no longer fitted come in again when they do.
    """
    theirs = select(Enrolment.person_id).where(
        Enrolment.programme_id == order.programme_id,
        or_(Enrolment.assignment_id == order.id, Enrolment.ended_at >= order.created_at),
        ~Enrolment.left_audience,
    )
    return Person.id.in_(theirs)


def _insert_enrolments(session: Session, columns: Sequence[str], rows: Select[int]) -> None:
    # Somebody enrolled by hand in this very moment is enrolled; the others must not fail for it.
    only_active = Enrolment.status == EnrolmentStatus.ACTIVE
    session.execute(
        insert_into(session.get_bind().dialect, Enrolment)
        .from_select(columns, rows)
        .on_conflict_do_nothing(
            index_elements=["person_id", "programme_id"], index_where=only_active
        )
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _invitation(version: ProgrammeVersion, starts_on: date, due_on: date) -> Localized:
    """The due date too, unless leave moves it on for some of them."""
    zh = f"新课程「{version.title.pick('zh')}」：{starts_on:%m-%d} 开始"
    en = f"A new course, “{version.title.pick('en')}”: from {starts_on:%d %b}"
    if version.pause_on_leave:
        return Localized(zh, en)
    return Localized(f"{zh}，{due_on:%m-%d} 前完成", f"{en}, due by {due_on:%d %b}")


def _farewell(version: ProgrammeVersion) -> Localized:
    zh, en = version.title.pick("zh"), version.title.pick("en")
    return Localized(
        f"「{zh}」已从您的课程中移除：您不再属于它的培训对象",
        f"“{en}” was taken off your courses: it is no longer meant for your team or position",
    )
