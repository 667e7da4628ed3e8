"""Nominating somebody, taking a nomination back, and reading what there is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    CriterionState,
    DomainError,
    Localized,
    NotAllowed,
    NotFound,
    Person,
    Session,
    access,
    audit,
    local_date,
    notify,
    people_with,
    zone,
)
from lms.plugins.promotion import requirements, verdicts
from lms.plugins.promotion.models import PENDING, Nomination, NominationState
from lms.plugins.promotion.policy import FIRST, TRACKS, Track
from lms.plugins.promotion.verdicts import Verdict

MIN_REASON = 10


def nominate(
    session: Session,
    person: Person,
    year: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    track: Track = FIRST,
) -> Nomination:
    """Open a nomination; DomainError unless the person is eligible and holds the level below."""
    reason = reason_of(reason)
    if person.id == actor.person_id:
        raise DomainError("You cannot nominate yourself.")
    check, verdict = eligible(session, person, year, now, track)
    nomination = Nomination(
        person_id=person.id,
        target=track.target,
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
        nomination=nomination.id, year=year, target=track.key, evidence=nomination.evidence,
    )  # fmt: skip
    told = Localized(
        f"{person.name} 被提名晋升{track.name.zh}，请决定",
        f"{person.name} is nominated for {track.name.en}; please decide",
    )
    tell_hr(session, nomination, "promotion.nominated", told, now, but=actor.person_id)
    return nomination


def withdraw(
    session: Session,
    nomination_id: int,
    *,
    reason: str,
    may_decide: bool,
    actor: Actor,
    now: datetime,
) -> Nomination:
    """Take back one that has had no effect yet: its nominator before the decision, HR until then.

    Conflict when it is over already, or the level has changed.
    """
    reason = reason_of(reason)
    nomination = locked(session, nomination_id)
    if nomination.state not in PENDING:
        raise Conflict("This nomination has been decided already.")
    is_own = nomination.nominated_by == actor.person_id
    if not may_decide and not (is_own and nomination.state == NominationState.OPEN):
        raise NotAllowed("Only who nominated, or HR, takes a nomination back.")
    if nomination.person_id == actor.person_id:
        raise NotAllowed("Somebody else must decide: not who nominated, and not the person.")
    nomination.state = NominationState.WITHDRAWN
    nomination.ended_by, nomination.ended_at = actor.person_id, now
    nomination.end_reason = reason
    audit.record(
        session, actor, "promotion.withdraw", ("person", nomination.person_id), now=now,
        reason=reason, nomination=nomination.id,
    )  # fmt: skip
    own = Localized(f"您的晋级提名已撤回：{reason}", f"Your nomination was withdrawn: {reason}")
    url = page(nomination)
    notify(session, [nomination.person_id], "promotion.decided", own, url, now)
    return nomination


def of_person(session: Session, person_id: int) -> Sequence[Nomination]:
    """Newest first, with the names of who nominated and decided."""
    return session.scalars(
        select(Nomination)
        .where(Nomination.person_id == person_id)
        .options(
            joinedload(Nomination.nominator),
            joinedload(Nomination.decider),
            joinedload(Nomination.probation),
        )
        .order_by(Nomination.id.desc())
    ).all()


def waiting(session: Session) -> set[int]:
    """Ids of those whose nomination waits for a decision."""
    is_open = Nomination.state == NominationState.OPEN
    return set(session.scalars(select(Nomination.person_id).where(is_open)))


def locked(session: Session, nomination_id: int) -> Nomination:
    """As it is now, whatever this session has read before; nobody else changes it meanwhile."""
    found = session.scalar(
        select(Nomination)
        .where(Nomination.id == nomination_id)
        .with_for_update(of=Nomination)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("This nomination does not exist.")
    return found


def eligible(
    session: Session, person: Person, year: int, now: datetime, track: Track
) -> tuple[verdicts.Check, verdicts.PersonVerdict]:
    """The verdict that allows it; DomainError if there is none."""
    if person.level != track.source or person.left_on is not None:
        if track is FIRST:
            raise DomainError("Only an agent can be promoted to senior agent.")
        raise DomainError("Only somebody on the level below can be promoted.")
    today = local_date(now, zone())
    verdicts.require_year(session, year, today)
    found = verdicts.check(
        session, year, today=today, now=now, scope=Person.id == person.id, track=track
    )
    if not found.rows or found.rows[0].verdict != Verdict.ELIGIBLE:
        raise DomainError("This person is not eligible for %(year)s.", year=year)
    # A past year is judged as of its last day; a complaint upheld since then stands against it too.
    since = requirements.complaints(session, [person.id], found.policy, today).get(person.id)
    if since is not None and since.state != CriterionState.MET:
        raise DomainError(
            "A level-3 complaint of the last %(months)s months stands against it.",
            months=found.policy["complaint_free"],
        )
    return found, found.rows[0]


def reason_of(text: str | None) -> str:
    if len((text or "").strip()) < MIN_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.", field="reason", count=MIN_REASON
        )
    return (text or "").strip()


def tell_hr(
    session: Session,
    nomination: Nomination,
    kind: str,
    text: Localized,
    now: datetime,
    *,
    but: int | None = None,
) -> None:
    others = set(people_with(session, access.HR)) - {but, nomination.person_id}
    notify(session, sorted(others), kind, text, page(nomination), now)


def page(nomination: Nomination) -> str:
    track = "" if nomination.target == FIRST.key else f"&track={nomination.target}"
    return f"/promotion/{nomination.person_id}?year={nomination.year}{track}"


def track_of(nomination: Nomination) -> Track:
    return TRACKS[nomination.target]
