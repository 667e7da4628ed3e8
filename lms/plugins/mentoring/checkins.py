"""Check-ins: planned, moved, held, answered."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    EnrolmentStatus,
    NotAllowed,
    NotFound,
    Session,
    audit,
    local_date,
    zone,
)
from lms.plugins.mentoring import telling
from lms.plugins.mentoring.models import CheckIn, Pair

MOODS = range(1, 6)
_AHEAD = timedelta(days=90)


def by_id(session: Session, check_in_id: int) -> CheckIn:
    """With its pair at hand, held until the commit; NotFound if there is none."""
    found = session.scalar(
        select(CheckIn)
        .where(CheckIn.id == check_in_id)
        .options(joinedload(CheckIn.pair))
        .with_for_update(of=CheckIn)
    )
    if found is None:
        raise NotFound("There is no such check-in.")
    return found


def plan(session: Session, pair: Pair, day: date, *, actor: Actor, now: datetime) -> CheckIn:
    """One more check-in, by either of the two; the other is told."""
    _of_the_two(pair, actor)
    _day_ahead(pair, day, now)
    check_in = CheckIn(pair_id=pair.id)
    _put(session, check_in, day)
    _note(session, pair, actor, now, to=day)
    return check_in


def move(session: Session, check_in: CheckIn, day: date, *, actor: Actor, now: datetime) -> None:
    """To another day, by either of the two; the other is told. The same day changes nothing."""
    pair, old = check_in.pair, check_in.due_on
    _of_the_two(pair, actor)
    if check_in.done_at is not None:
        raise Conflict("This check-in has been held already.")
    if day == old:
        return
    _day_ahead(pair, day, now)
    _put(session, check_in, day)
    check_in.reminded_at = check_in.told_at = None
    _note(session, pair, actor, now, old=old, to=day)


def hold(
    session: Session,
    check_in: CheckIn,
    *,
    mood: int | None,
    note: str,
    next_focus: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """What the mentor writes about it, once. The last one ends the pair if the course is over."""
    pair = check_in.pair
    if actor.person_id != pair.mentor_id:
        raise NotAllowed("The mentor writes about a check-in.")
    written = (mood, note.strip(), next_focus.strip())
    if check_in.done_at is not None:
        if (check_in.mood, check_in.note, check_in.next_focus) == written:
            return  # the button was pressed twice
        raise Conflict("This check-in has been held already. Plan another one for what came later.")
    _under_way(pair)
    if mood not in MOODS:
        raise DomainError("Choose how it is going.", field="mood")
    if not written[1]:
        raise DomainError("Write a sentence or two: they read it.", field="note")
    check_in.mood, check_in.note, check_in.next_focus = written
    check_in.done_at = now
    session.flush()
    audit.record(
        session,
        actor,
        "mentoring.check_in",
        ("person", pair.mentee_id),
        now=now,
        check_in_id=check_in.id,
        due_on=check_in.due_on.isoformat(),
    )
    telling.held(session, check_in, now)
    end_if_over(session, pair, now)


def reply(session: Session, check_in: CheckIn, text: str, *, actor: Actor, now: datetime) -> None:
    """The mentee's answer, once."""
    if actor.person_id != check_in.pair.mentee_id:
        raise NotAllowed("The mentee answers.")
    said = text.strip()
    if check_in.done_at is None:
        raise Conflict("There is nothing to answer yet.")
    if not said:
        raise DomainError("Write something first.", field="reply")
    if check_in.replied_at is not None:
        if check_in.reply == said:
            return
        raise Conflict("You have answered already.")
    check_in.reply, check_in.replied_at = said, now
    session.flush()
    telling.replied(session, check_in, now)


def end_if_over(session: Session, pair: Pair, now: datetime) -> bool:
    """A pair whose course is over ends with its last check-in, or at once if it was cancelled."""
    if pair.ended_at is not None or pair.enrolment.status == EnrolmentStatus.ACTIVE:
        return False
    opened = select(CheckIn.id).where(CheckIn.pair_id == pair.id, CheckIn.done_at.is_(None))
    is_cancelled = pair.enrolment.status == EnrolmentStatus.CANCELLED
    if not is_cancelled and session.scalar(opened.limit(1)) is not None:
        return False
    pair.ended_at = now
    session.flush()
    telling.ended(session, pair, now)
    return True


def _of_the_two(pair: Pair, actor: Actor) -> None:
    if actor.person_id not in (pair.mentor_id, pair.mentee_id):
        raise NotAllowed("Mentor and mentee agree on the dates.")
    _under_way(pair)


def _under_way(pair: Pair) -> None:
    if pair.ended_at is not None:
        raise Conflict("This mentoring has ended.")


def _day_ahead(pair: Pair, day: date, now: datetime) -> None:
    today = local_date(now, zone())
    if not today <= day <= today + _AHEAD:
        raise DomainError("Choose a day from today on, at most 90 days ahead.", field="day")


def _put(session: Session, check_in: CheckIn, day: date) -> None:
    try:
        with session.begin_nested():
            check_in.due_on = day
            session.add(check_in)
    except IntegrityError:
        raise DomainError("There is a check-in on that day already.", field="day") from None


def _note(
    session: Session, pair: Pair, actor: Actor, now: datetime, *, to: date, old: date | None = None
) -> None:
    audit.record(
        session,
        actor,
        "mentoring.plan",
        ("person", pair.mentee_id),
        now=now,
        old=old.isoformat() if old else None,
        new=to.isoformat(),
    )
    telling.planned(session, pair, actor.person_id, to, old, now)
