"""Nomination, decision by a second person, and the change of level that follows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Localized,
    NotFound,
    Person,
    RoleAssignment,
    Session,
    access,
    audit,
    local_date,
    move,
    notify,
    refusals,
    supervisors_of,
    zone,
)
from lms.plugins.promotion import verdicts
from lms.plugins.promotion.models import Nomination, NominationState
from lms.plugins.promotion.policy import FROM, TARGET
from lms.plugins.promotion.verdicts import Verdict

MIN_REASON = 10


def nominate(
    session: Session, person: Person, year: int, *, reason: str, actor: Actor, now: datetime
) -> Nomination:
    """Open a nomination; DomainError unless the person is eligible and holds the level below."""
    reason = _reason(reason)
    if person.id == actor.person_id:
        raise DomainError("You cannot nominate yourself.")
    check, verdict = _verdict(session, person, year, now)
    nomination = Nomination(
        person_id=person.id,
        target=TARGET,
        year=year,
        state=NominationState.OPEN,
        reason=reason,
        evidence={
            "runs": [str(run) for run in verdict.runs],
            "policy": check.policy.number,
            "criteria": {c.code: c.state.value for c in verdict.criteria},
        },
        nominated_by=actor.person_id,
        nominated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(nomination)
    except IntegrityError:
        raise Conflict("This person has been nominated already.") from None
    audit.record(
        session, actor, "promotion.nominate", ("person", person.id), now=now, reason=reason,
        nomination=nomination.id, year=year, evidence=nomination.evidence,
    )  # fmt: skip
    told = Localized(
        f"{person.name} 被提名晋升资深客服，请决定",
        f"{person.name} is nominated for senior agent; please decide",
    )
    others = set(_hr(session)) - {actor.person_id, person.id}
    notify(session, sorted(others), "promotion.nominated", told, _page(person, year), now)
    return nomination


def decide(
    session: Session,
    nomination_id: int,
    *,
    approve: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Nomination:
    """Approve or decline; approval needs the verdict to hold still, and changes the level today."""
    reason = _reason(reason)
    nomination = session.scalar(
        select(Nomination).where(Nomination.id == nomination_id).with_for_update()
    )
    if nomination is None:
        raise NotFound("This nomination does not exist.")
    if nomination.state != NominationState.OPEN:
        raise Conflict("This nomination has been decided already.")
    if actor.person_id in (nomination.nominated_by, nomination.person_id):
        raise DomainError("Somebody else must decide: not who nominated, and not the person.")
    person = session.get_one(Person, nomination.person_id)
    if approve:
        _promote(session, person, nomination, reason, actor, now)
    nomination.state = NominationState.APPROVED if approve else NominationState.DECLINED
    nomination.decided_by, nomination.decided_at = actor.person_id, now
    nomination.decision_reason = reason
    audit.record(
        session, actor, "promotion.approve" if approve else "promotion.decline",
        ("person", person.id), now=now, reason=reason, nomination=nomination.id,
    )  # fmt: skip
    _tell(session, person, nomination, now)
    return nomination


def of_person(session: Session, person_id: int) -> Sequence[Nomination]:
    """Newest first, with the names of who nominated and decided."""
    return session.scalars(
        select(Nomination)
        .where(Nomination.person_id == person_id)
        .options(joinedload(Nomination.nominator), joinedload(Nomination.decider))
        .order_by(Nomination.id.desc())
    ).all()


def waiting(session: Session) -> set[int]:
    """Ids of those whose nomination waits for a decision."""
    is_open = Nomination.state == NominationState.OPEN
    return set(session.scalars(select(Nomination.person_id).where(is_open)))


def _promote(
    session: Session,
    person: Person,
    nomination: Nomination,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    _verdict(session, person, nomination.year, now)
    against = refusals(person.id, "promote", nomination.id, now)
    if against:
        raise DomainError("%(why)s", why=against[0].reason)
    move(
        session,
        person,
        from_day=local_date(now, zone()),
        team=person.team,
        level=nomination.target,
        channel=person.channel,
        actor=actor,
        now=now,
        reason=reason,
    )


def _verdict(
    session: Session, person: Person, year: int, now: datetime
) -> tuple[verdicts.Check, verdicts.PersonVerdict]:
    if person.level != FROM or person.left_on is not None:
        raise DomainError("Only an agent can be promoted to senior agent.")
    today = local_date(now, zone())
    found = verdicts.check(session, year, today=today, now=now, scope=Person.id == person.id)
    if not found.rows or found.rows[0].verdict != Verdict.ELIGIBLE:
        raise DomainError("This person is not eligible for %(year)s.", year=year)
    return found, found.rows[0]


def _reason(text: str) -> str:
    if len(text.strip()) < MIN_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.", field="reason", count=MIN_REASON
        )
    return text.strip()


def _hr(session: Session) -> Sequence[int]:
    return session.scalars(
        select(RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == access.HR, Person.left_on.is_(None))
        .distinct()
    ).all()


def _page(person: Person, year: int) -> str:
    return f"/promotion/{person.id}?year={year}"


def _tell(session: Session, person: Person, nomination: Nomination, now: datetime) -> None:
    url = _page(person, nomination.year)
    reason = nomination.decision_reason
    if nomination.state == NominationState.APPROVED:
        own = Localized(
            f"恭喜晋级资深客服！{reason}", f"Congratulations: you are a senior agent. {reason}"
        )
        told = Localized(f"{person.name} 晋级为资深客服", f"{person.name} is now a senior agent")
        others = set(supervisors_of(session, person)) - {person.id}
        notify(session, sorted(others), "promotion.decided", told, url, now)
    else:
        own = Localized(f"本次晋级未通过：{reason}", f"Your promotion was declined: {reason}")
    notify(session, [person.id], "promotion.decided", own, url, now)
