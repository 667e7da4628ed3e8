"""Sessions for everybody: one that is over, one to come, one that is full."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from lms.audit import Actor
from lms.courses.models import Enrolment, EnrolmentStatus
from lms.courses.sessions import attendance, booking, planning
from lms.courses.sessions.models import AttendanceState, TrainingSession
from lms.courses.sessions.planning import Guest, Plan
from lms.courses.sessions.words import from_wall
from lms.db import Localized, Session
from lms.people.models import Level, Person
from lms.people.organisation import zone

# Days since the start date: the rest of day 3 is done; and it was when yesterday's was planned.
_THIRD_DAY_DONE, _LONG_DONE = 3, 5
_CALM = Localized("分享会：难缠客户怎么接", "Sharing session: the customer who will not calm down")
_PEAK = Localized("分享会：大促物流怎么说", "Sharing session: parcels in peak season")
_PHONE = Localized("电话跟听与点评", "Listening in: phone calls and comments")


def hold_sessions(session: Session, trainer: Person, agent: Person, now: datetime) -> None:
    """`agent` is booked for the next one and was at the last."""
    usual = (Person.level == Level.AGENT, Person.left_on.is_(None), Person.staff_no.like("SA0%"))
    crowd = session.scalars(
        select(Person.id).where(*usual).order_by(Person.staff_no).limit(14)
    ).all()
    actor = Actor(trainer.id, "demo")
    ago = now - timedelta(days=12)
    over = _plan(session, _CALM, trainer, actor, days=5, now=ago, capacity=12)
    for number, who in enumerate([agent.id, *crowd[:9]]):
        place = booking.book(session, over.id, who, actor=actor, now=ago)
        state = AttendanceState.ABSENT if number in (4, 7) else AttendanceState.PRESENT
        attendance.record(session, place.id, state, actor=actor, now=over.ends_at)
    guests = (Guest("周工", "仓储部"), Guest("李娜", "承运商"))
    coming = _plan(session, _PEAK, trainer, actor, days=2, now=now, capacity=20, guests=guests)
    for who in (agent.id, *crowd[:8]):
        booking.book(session, coming.id, who, actor=actor, now=now)
    full = _plan(session, _PHONE, trainer, actor, days=6, now=now, capacity=6)
    for who in crowd[:8]:
        booking.book(session, full.id, who, actor=actor, now=now)


def listen_in(session: Session, trainer: Person, now: datetime) -> None:
    """The onboarding's session: yesterday's, with those who were there, and tomorrow's."""
    target = next(t for t in planning.targets(session) if t.step_key == "listening-in")
    actor, ago = Actor(trainer.id, "demo"), now - timedelta(days=2)
    over = _plan(session, target.step, trainer, actor, days=1, now=ago, capacity=8, of=target)
    coming = _plan(session, target.step, trainer, actor, days=1, now=now, capacity=8, of=target)
    hires = session.execute(
        select(Enrolment.person_id, Enrolment.starts_on)
        .where(
            Enrolment.programme_id == target.programme_id,
            Enrolment.status == EnrolmentStatus.ACTIVE,
        )
        .order_by(Enrolment.starts_on, Enrolment.id)
    )
    for who, starts_on in hires:
        days = (now.date() - starts_on).days
        if days >= _LONG_DONE:
            place = booking.book(session, over.id, who, actor=actor, now=ago)
            if over.ends_at <= now:
                attendance.record(
                    session, place.id, AttendanceState.PRESENT, actor=actor, now=over.ends_at
                )
        elif days >= _THIRD_DAY_DONE:
            booking.book(session, coming.id, who, actor=actor, now=now)


def _plan(
    session: Session,
    title: Localized,
    trainer: Person,
    actor: Actor,
    *,
    days: int,
    now: datetime,
    capacity: int,
    guests: tuple[Guest, ...] = (),
    of: planning.Target | None = None,
) -> TrainingSession:
    day = now.astimezone(zone()).date() + timedelta(days=days)
    made = Plan(
        title=title,
        starts_at=from_wall(datetime.combine(day, time(15, 0)), zone()),
        minutes=60,
        place="三号会议室",
        capacity=capacity,
        facilitator=trainer.staff_no,
        guests=guests,
    )
    return planning.plan(session, made, of, actor=actor, now=now)
