"""Planning sessions: making, changing and cancelling them, and telling those who have a place."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from lms import audit
from lms.audit import Actor
from lms.courses.models import Module, Programme, ProgrammeVersion, Step, StepState
from lms.courses.services import set_step_state
from lms.courses.sessions import places, wanting
from lms.courses.sessions.models import Attendance, Booking, TrainingSession
from lms.courses.sessions.words import when
from lms.db import Localized, Session
from lms.errors import DomainError, NotFound
from lms.people import notices
from lms.people.models import Person

KIND = "session"


class Guest(NamedTuple):
    name: str
    department: str = ""


class Plan(NamedTuple):
    """What a trainer enters. `facilitator` is a staff number; no `capacity` is no limit."""

    title: Localized
    starts_at: datetime
    minutes: int
    place: str = ""
    link: str = ""
    capacity: int | None = None
    facilitator: str = ""
    guests: tuple[Guest, ...] = ()


class Target(NamedTuple):
    """A step of kind `session`, as the latest version of its programme has it."""

    programme_id: int
    step_key: str
    programme: Localized
    step: Localized
    minutes: int
    config: dict[str, Any]


def targets(session: Session) -> list[Target]:
    """The steps that dates can be planned for."""
    latest = select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.programme_id)
    rows = session.execute(
        select(
            Programme.id, Step.key, ProgrammeVersion.title, Step.title, Step.minutes, Step.config
        )
        .join(Module, Module.id == Step.module_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Module.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(Step.kind == KIND, ProgrammeVersion.id.in_(latest.scalar_subquery()))
        .order_by(Programme.key, Module.position, Step.position)
    )
    return [Target(*row) for row in rows]


def plan(
    session: Session, made: Plan, target: Target | None, *, actor: Actor, now: datetime
) -> TrainingSession:
    """A new session, for a step or (without `target`) open to everybody."""
    columns = _checked(session, made, target, now)
    planned = TrainingSession(
        **columns,
        programme_id=target.programme_id if target else None,
        step_key=target.step_key if target else None,
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
    )
    session.add(planned)
    session.flush()
    wanting.answered(session, planned, now)
    _note(session, actor, "session.plan", planned, now, starts_at=made.starts_at.isoformat())
    return planned


def change(
    session: Session, planned_id: int, made: Plan, *, actor: Actor, now: datetime
) -> TrainingSession:
    """Change what is planned; who has a place is told of another time or place."""
    planned = places.locked(session, planned_id)
    if planned.cancelled_at is not None:
        raise DomainError("This session was cancelled.")
    if now >= planned.ends_at:
        raise DomainError("This session is over.")
    old = _columns(planned)
    new = _checked(session, made, _target_of(session, planned), now, begun=planned.starts_at <= now)
    if planned.starts_at <= now and old["starts_at"] != new["starts_at"]:
        raise DomainError("It has begun already; its start stays.", field="starts_at")
    changed = {name: [old[name], value] for name, value in new.items() if old[name] != value}
    if not changed:
        return planned
    taken = places.taken(session, planned.id)
    if new["capacity"] is not None and new["capacity"] < taken:
        raise DomainError("%(count)s people have a place already.", field="capacity", count=taken)
    for name, (_, value) in changed.items():
        setattr(planned, name, value)
    planned.sequence, planned.changed_at = planned.sequence + 1, now
    session.flush()
    if changed.keys() & {"starts_at", "ends_at", "place", "link"}:
        where = f"{planned.place} {planned.link}".strip()
        zh, en = planned.title.pick("zh"), planned.title.pick("en")
        text = Localized(
            f"「{zh}」有变动：{when(planned).zh} {where}".strip(),
            f"“{en}” has changed: {when(planned).en} {where}".strip(),
        )
        _tell(session, places.live(session, planned.id), planned, "session.changed", text, now)
    places.move_up(session, planned, now)
    _note(session, actor, "session.change", planned, now, changed=_as_json(changed))
    return planned


def cancel(
    session: Session, planned_id: int, reason: str, *, actor: Actor, now: datetime
) -> TrainingSession:
    """Call a session off; those booked and waiting are told why. Safe to repeat."""
    planned = places.locked(session, planned_id)
    if planned.cancelled_at is not None:
        return planned
    if not reason.strip():
        raise DomainError("Write the reason: it is sent to those who have a place.", field="reason")
    booked = places.live(session, planned.id)
    recorded = select(Attendance.id).where(Attendance.booking_id.in_([b.id for b in booked]))
    if now >= planned.ends_at or session.scalar(recorded.limit(1)) is not None:
        raise DomainError("It has taken place and cannot be cancelled any more.")
    planned.cancelled_at, planned.cancelled_reason = now, reason.strip()
    planned.sequence, planned.changed_at = planned.sequence + 1, now
    zh, en = planned.title.pick("zh"), planned.title.pick("en")
    text = Localized(
        f"「{zh}」（{when(planned).zh}）已取消：{reason.strip()}",
        f"“{en}” ({when(planned).en}) is cancelled: {reason.strip()}",
    )
    _tell(session, booked, planned, "session.cancelled", text, now)
    for booking in booked:
        booking.open_key = None
        if booking.enrolment_id is not None and booking.step_id is not None:
            key = (booking.enrolment_id, booking.step_id)
            set_step_state(session, *key, StepState.STARTED, now=now)
    _note(session, actor, "session.cancel", planned, now, reason=reason.strip())
    return planned


def _checked(
    session: Session, made: Plan, target: Target | None, now: datetime, *, begun: bool = False
) -> dict[str, Any]:
    """The columns; DomainError names the field that is wrong."""
    title = made.title or (target.step if target else made.title)
    if not title:
        raise DomainError("Give it a title in one language at least.", field="title_zh")
    if made.starts_at <= now and not begun:
        raise DomainError("It must begin in the future.", field="starts_at")
    if not 5 <= made.minutes <= 24 * 60:
        raise DomainError("This must be between %(low)s and %(high)s.", field="minutes",
                          low=5, high=24 * 60)  # fmt: skip
    least = target.config.get("minimum_minutes", 0) if target else 0
    if made.minutes < least:
        raise DomainError(
            "The step asks for %(count)s minutes at least.", field="minutes", count=least
        )
    if made.link and not made.link.startswith(("https://", "http://")):
        raise DomainError("A link begins with https:// or http://.", field="link")
    if made.capacity is not None and made.capacity < 1:
        raise DomainError("At least one place, or leave it empty for no limit.", field="capacity")
    return {
        "title": title,
        "starts_at": made.starts_at,
        "ends_at": made.starts_at + timedelta(minutes=made.minutes),
        "place": made.place,
        "link": made.link,
        "capacity": made.capacity,
        "facilitator_id": _facilitator(session, made.facilitator),
        "guests": [{"name": g.name, "department": g.department} for g in made.guests],
    }


def _facilitator(session: Session, staff_no: str) -> int | None:
    if not staff_no:
        return None
    here = (Person.staff_no == staff_no, Person.left_on.is_(None))
    found = session.scalar(select(Person.id).where(*here))
    if found is None:
        raise DomainError("Nobody here has this staff number.", field="facilitator")
    return found


def _columns(planned: TrainingSession) -> dict[str, Any]:
    names = ("title", "starts_at", "ends_at", "place", "link", "capacity", "facilitator_id")
    return {name: getattr(planned, name) for name in names} | {"guests": planned.guests}


def _as_json(changed: dict[str, list[Any]]) -> dict[str, list[Any]]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        return {"zh": value.zh, "en": value.en} if isinstance(value, Localized) else value

    return {name: [plain(value) for value in pair] for name, pair in changed.items()}


def _target_of(session: Session, planned: TrainingSession) -> Target | None:
    key = (planned.programme_id, planned.step_key)
    return next((t for t in targets(session) if (t.programme_id, t.step_key) == key), None)


def _tell(
    session: Session,
    booked: Sequence[Booking],
    planned: TrainingSession,
    kind: str,
    text: Localized,
    now: datetime,
) -> None:
    told = [booking.person_id for booking in booked]
    notices.notify(session, told, kind, text, f"/sessions/{planned.id}", now)


def _note(
    session: Session,
    actor: Actor,
    action: str,
    planned: TrainingSession,
    now: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    subject = ("training_session", planned.id)
    audit.record(session, actor, action, subject, now=now, reason=reason, **details)


def one(session: Session, planned_id: int) -> TrainingSession:
    """NotFound if there is none."""
    planned = session.get(TrainingSession, planned_id)
    if planned is None:
        raise NotFound("There is no such session.")
    return planned
