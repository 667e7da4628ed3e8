"""Clearance for duty: what holds on a day; granting, overriding, revoking all or some."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select

from lms import audit, events
from lms.audit import Actor
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people import channels as scopes
from lms.people import notices
from lms.people.models import Channel, Clearance, ClearanceGate, ClearanceSource, Person
from lms.people.services import supervisors_of
from lms.plugins.bus import emit

_MIN_REASON = 10


def granted_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Clearances granted by a day that have not ended, those that rest included."""
    return (
        (Clearance.from_day <= day)
        & or_(Clearance.until.is_(None), Clearance.until >= day)
        & or_(Clearance.revoked_on.is_(None), Clearance.revoked_on > day)
    )


def resting_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Clearances that a delta which is not done keeps from holding on a day."""
    return (
        select(ClearanceGate.id)
        .where(
            ClearanceGate.cleared_by == Clearance.enrolment_id,
            ClearanceGate.from_day <= day,
            or_(ClearanceGate.until_day.is_(None), ClearanceGate.until_day > day),
        )
        .correlate(Clearance)
        .exists()
    )


def in_force(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Clearances that hold on a day, for whichever channels."""
    return granted_on(day) & ~resting_on(day)


def clearances_on(session: Session, person_id: int, day: date) -> Sequence[Clearance]:
    """Those that hold on a day, the longest-standing first."""
    held = Clearance.person_id == person_id, in_force(day)
    return session.scalars(select(Clearance).where(*held).order_by(Clearance.from_day)).all()


def grant_clearance(
    session: Session,
    person_id: int,
    *,
    source: ClearanceSource,
    from_day: date,
    until: date | None = None,
    channels: str | None = None,
    enrolment_id: int | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Clearance:
    """Record clearance for duty. Only the three sources call this, each after its own checks.

    `channels` as stored (see `lms.people.channels`); `enrolment_id`: the course it came of.
    """
    clearance = Clearance(
        person_id=person_id,
        from_day=from_day,
        until=until,
        source=source,
        channels=channels,
        enrolment_id=enrolment_id,
        reason=reason,
        granted_by=actor.person_id,
        granted_at=now,
    )
    session.add(clearance)
    session.flush()
    audit.record(
        session,
        actor,
        "clearance.grant",
        ("person", person_id),
        now=now,
        reason=reason,
        source=source,
        from_day=from_day.isoformat(),
        until=until.isoformat() if until else None,
        channels=channels,
    )
    emit(events.ClearanceGranted(now, person_id, clearance.id))
    return clearance


def override_clearance(
    session: Session,
    person: Person,
    *,
    today: date,
    until: date,
    channels: Collection[str] = (),
    reason: str,
    actor: Actor,
    now: datetime,
) -> Clearance:
    """HR's override, for the channels named or for all: needs a written reason and an end."""
    if person.left_on is not None:
        raise DomainError("Nobody who has left is cleared for duty.")
    _check_reason(reason)
    if until < today:
        raise DomainError("The end must not be before today.", field="until")
    _hold(session, person.id)
    wanted = scopes.stored(channels)
    held = scopes.union(c.channels for c in clearances_on(session, person.id, today))
    if set(scopes.named_in(wanted)) <= set(held):
        if len(held) == len(Channel):
            raise DomainError("This person is cleared for duty already.")
        raise DomainError("This person is cleared for these channels already.", field="channels")
    return grant_clearance(
        session,
        person.id,
        source=ClearanceSource.OVERRIDE,
        from_day=today,
        until=until,
        channels=wanted,
        reason=reason.strip(),
        actor=actor,
        now=now,
    )


def revoke_clearance(
    session: Session,
    person: Person,
    *,
    today: date,
    channels: Collection[str] = (),
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """End what is in force for the channels named, or for all, from today on.

    What is left of a clearance goes on as one of its own. The person and their supervisors are
    told. DomainError: there is no clearance for them.
    """
    _check_reason(reason)
    _hold(session, person.id)
    gone = set(channels) or set(Channel)
    granted = select(Clearance).where(Clearance.person_id == person.id, granted_on(today))
    found = [
        clearance
        for clearance in session.scalars(granted).all()  # one that rests is revoked as well
        if gone & set(scopes.named_in(clearance.channels))
    ]
    if not found:
        why = "This person is not cleared for these channels." if channels else _NOT_CLEARED
        raise DomainError(why, field="channels" if channels else None)
    ended: list[events.Event] = []
    for clearance in found:
        clearance.revoked_on, clearance.revoked_reason = today, reason.strip()
        left = set(scopes.named_in(clearance.channels)) - gone
        if left:
            rest = _rest(session, clearance, scopes.stored(left), actor, now)
            ended.append(events.ClearanceNarrowed(now, person.id, rest.id))
        else:
            ended.append(events.ClearanceRevoked(now, person.id, clearance.id))
    session.flush()
    for event in ended:  # once all have ended, so that nobody who is told sees one in force
        emit(event)
    held = scopes.union(c.channels for c in clearances_on(session, person.id, today))
    audit.record(
        session,
        actor,
        "clearance.revoke",
        ("person", person.id),
        now=now,
        reason=reason.strip(),
        channels=scopes.stored(channels),
        left=list(held),
    )
    _tell_revoked(session, person, held, now)


def is_granted_anything(session: Session, person_id: int, day: date) -> bool:
    """Whether there is a clearance to revoke, be it one that rests."""
    granted = select(Clearance.id).where(Clearance.person_id == person_id, granted_on(day))
    return session.scalar(granted.limit(1)) is not None


_NOT_CLEARED = "This person is not cleared for duty."


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < _MIN_REASON:
        raise DomainError("Write the reason in at least 10 characters.", field="reason")


def _hold(session: Session, person_id: int) -> None:
    """Of two who change one person's clearance at once, the second sees what the first has done."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def _rest(
    session: Session, wider: Clearance, channels: str | None, actor: Actor, now: datetime
) -> Clearance:
    rest = Clearance(
        person_id=wider.person_id,
        from_day=wider.from_day,
        until=wider.until,
        source=wider.source,
        channels=channels,
        enrolment_id=wider.enrolment_id,
        replaces_id=wider.id,
        reason=wider.reason,
        granted_by=actor.person_id,
        granted_at=now,
    )
    session.add(rest)
    session.flush()
    return rest


def _tell_revoked(
    session: Session, person: Person, held: Collection[Channel], now: datetime
) -> None:
    left = scopes.in_words(held)
    zh = f"，仍可接待：{left.zh}" if held else ""
    en = f"; still cleared for: {left.en}" if held else ""
    who = f"{person.name}（{person.staff_no}）"
    mine = Localized(
        f"部分渠道的上岗资格已被撤销{zh}" if held else "上岗资格已被撤销，请联系主管",
        f"Your clearance was revoked in part{en}"
        if held
        else "Your clearance was revoked: talk to your supervisor",
    )
    theirs = Localized(
        f"{who}的上岗资格已被撤销{zh}",
        f"The clearance of {person.name} ({person.staff_no}) was revoked{en}",
    )
    notices.notify(session, [person.id], "clearance.revoked", mine, "/me", now)
    told = supervisors_of(session, person)
    notices.notify(session, told, "clearance.revoked", theirs, f"/people/{person.id}", now)
