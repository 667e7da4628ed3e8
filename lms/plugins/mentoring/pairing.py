"""Choosing a mentor, choosing another, ending it. Facts stay: a change is a new pair."""

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    NotFound,
    Person,
    PolicyInForce,
    Session,
    audit,
    local_date,
    policies,
    zone,
)
from lms.plugins.mentoring import needs, policy, telling
from lms.plugins.mentoring.models import CheckIn, Pair
from lms.plugins.mentoring.proposing import may_mentor

_REASON = 4


def choose(
    session: Session,
    mentee: Person,
    mentor: Person,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Pair:
    """The mentee's pair with this mentor: the one there is, or a new one with check-ins planned.

    Another mentor than before needs a reason; the earlier pair ends with it.
    """
    today, said = local_date(now, zone()), reason.strip()
    need = needs.of_person(session, mentee.id)
    if need is None:
        raise DomainError(
            "A mentor goes with an onboarding or a retraining under way; there is none."
        )
    current = active_of(session, mentee.id)
    if current is not None and current.mentor_id == mentor.id:
        return current
    _check(session, mentee, mentor, today)
    if current is not None and len(said) < _REASON:
        raise DomainError("Say why the mentor changes, in at least 4 characters.", field="reason")
    days = _days(session, current, need, policies.in_force(session, policy.CHECK_INS), today)
    if current is not None:
        _close(session, current, said, now)
    pair = Pair(
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        enrolment_id=need.enrolment.id,
        purpose=need.purpose,
        reason=said,
        created_by=actor.person_id,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(pair)
    except IntegrityError:  # two people chose at once
        raise Conflict("Somebody has just chosen a mentor. Look at it first.") from None
    session.add_all(CheckIn(pair_id=pair.id, due_on=day) for day in days)
    session.flush()
    audit.record(
        session,
        actor,
        "mentoring.pair",
        ("person", mentee.id),
        now=now,
        reason=said,
        mentor_id=mentor.id,
        before=current.mentor_id if current else None,
        purpose=need.purpose,
    )
    telling.chosen(session, pair, days[0], before=current, now=now)
    return pair


def end(session: Session, pair: Pair, *, reason: str, actor: Actor, now: datetime) -> None:
    """End it with a written reason; one that has ended stays as it is."""
    if pair.ended_at is not None:
        return
    if len(reason.strip()) < _REASON:
        raise DomainError("Write the reason in at least 4 characters.", field="reason")
    _close(session, pair, reason.strip(), now)
    audit.record(
        session,
        actor,
        "mentoring.end",
        ("person", pair.mentee_id),
        now=now,
        reason=reason.strip(),
        mentor_id=pair.mentor_id,
    )
    telling.ended(session, pair, now)


def active_of(session: Session, person_id: int) -> Pair | None:
    """The pair in which the person is mentored now, held until the commit."""
    mine = select(Pair).where(Pair.mentee_id == person_id, Pair.ended_at.is_(None))
    return session.scalar(mine.with_for_update())


def by_id(session: Session, pair_id: int) -> Pair:
    """The pair, held until the commit; NotFound if there is none."""
    pair = session.scalar(select(Pair).where(Pair.id == pair_id).with_for_update())
    if pair is None:
        raise NotFound("There is no such pair.")
    return pair


def _check(session: Session, mentee: Person, mentor: Person, today: date) -> None:
    if mentor.id == mentee.id:
        raise DomainError("Nobody is their own mentor.", field="mentor_id")
    can = session.scalar(select(exists().where(Person.id == mentor.id, may_mentor(today))))
    if not can:
        raise DomainError(
            "%(name)s cannot be a mentor now: not cleared, in retraining, on leave, or gone.",
            field="mentor_id",
            name=mentor.name,
        )


def _days(
    session: Session,
    current: Pair | None,
    need: needs.Need,
    params: PolicyInForce,
    today: date,
) -> list[date]:
    """The new mentor takes over the days already agreed on, if some lie ahead."""
    if current is not None:
        ahead = select(CheckIn.due_on).where(
            CheckIn.pair_id == current.id, CheckIn.done_at.is_(None), CheckIn.due_on >= today
        )
        if found := session.scalars(ahead.order_by(CheckIn.due_on)).all():
            return list(found)
    return policy.plan(params, need.purpose, need.enrolment, today)


def _close(session: Session, pair: Pair, reason: str, now: datetime) -> None:
    pair.ended_at, pair.end_reason = now, reason
    session.flush()
