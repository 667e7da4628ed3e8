"""The decision by a second person, and the change of level on the day it was given."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from lms.plugins.api import (
    SYSTEM,
    Actor,
    Conflict,
    DomainError,
    Enrolment,
    EnrolmentStatus,
    Localized,
    Person,
    PolicyInForce,
    Position,
    Programme,
    Session,
    audit,
    enrol,
    local_date,
    move,
    notify,
    policies,
    refusals,
    supervisors_of,
    zone,
)
from lms.plugins.promotion import appealing, nominations, requirements, verdicts
from lms.plugins.promotion.models import Nomination, NominationState, Probation
from lms.plugins.promotion.nominations import locked, page, reason_of, track_of

FARTHEST = timedelta(days=366)


def decide(
    session: Session,
    nomination_id: int,
    *,
    approve: bool,
    reason: str,
    actor: Actor,
    now: datetime,
    effective_on: date | None = None,
) -> Nomination:
    """Approve or decline; approval needs the verdict to hold still.

    The level changes on `effective_on`: at once if that is today (or None), else by the daily work
    of that day. Conflict when somebody else has decided.
    """
    reason = reason_of(reason)
    nomination = locked(session, nomination_id)
    if nomination.state != NominationState.OPEN:
        raise Conflict("This nomination has been decided already.")
    if actor.person_id in (nomination.nominated_by, nomination.person_id):
        raise DomainError("Somebody else must decide: not who nominated, and not the person.")
    if appealing.is_contested(session, nomination.person_id):
        raise DomainError("An appeal of this person is undecided: settle it first.")
    if _has_cleared_the_way(session, nomination, actor, now):
        raise DomainError("You withdrew a complaint about this person: somebody else decides.")
    person = session.get_one(Person, nomination.person_id)
    nomination.decided_by, nomination.decided_at = actor.person_id, now
    nomination.decision_reason = reason
    if approve:
        nomination.effective_on = _day(effective_on, local_date(now, zone()))
        _require_still(session, person, nomination, now)
    nomination.state = NominationState.SCHEDULED if approve else NominationState.DECLINED
    audit.record(
        session, actor, "promotion.approve" if approve else "promotion.decline",
        ("person", person.id), now=now, reason=reason, nomination=nomination.id,
        effective_on=str(nomination.effective_on or ""),
    )  # fmt: skip
    if not approve:
        own = Localized(f"本次晋级未通过：{reason}", f"Your promotion was declined: {reason}")
        notify(session, [person.id], "promotion.decided", own, page(nomination), now)
    elif nomination.effective_on == local_date(now, zone()):
        _promote(session, person, nomination, actor, now)
    else:
        _tell_of_date(session, person, nomination, now)
    return nomination


def take_effect(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job: promote those whose day has come, but nobody whose appeal is undecided.
    One who may not be promoted any more waits for a new decision, of which HR is told."""
    due = select(Nomination.id).where(
        Nomination.state == NominationState.SCHEDULED,
        Nomination.effective_on <= local_date(now, zone()),
    )
    for nomination_id in session.scalars(due.order_by(Nomination.id)).all():
        nomination = locked(session, nomination_id)
        if nomination.state != NominationState.SCHEDULED:
            continue
        person = session.get_one(Person, nomination.person_id)
        if appealing.is_contested(session, person.id):
            _hold(session, person, nomination, now)
            continue
        try:
            _require_still(session, person, nomination, now)
        except DomainError as error:
            _reopen(session, person, nomination, error, now)
        else:
            _promote(session, person, nomination, SYSTEM, now)


def _has_cleared_the_way(
    session: Session, nomination: Nomination, actor: Actor, now: datetime
) -> bool:
    """Whether a complaint that would count was withdrawn by who now decides."""
    months = policies.in_force(session, track_of(nomination).policy)["complaint_free"]
    day = verdicts.day_asked(nomination.year, local_date(now, zone()))
    return bool(months) and requirements.has_withdrawn(
        session, nomination.person_id, actor.person_id, requirements.months_before(day, months)
    )


def _day(wanted: date | None, today: date) -> date:
    if wanted is None:
        return today
    if not today <= wanted <= today + FARTHEST:
        raise DomainError("Choose a day from today on, within a year.", field="effective_on")
    return wanted


def _require_still(session: Session, person: Person, nomination: Nomination, now: datetime) -> None:
    nominations.eligible(session, person, nomination.year, now, track_of(nomination))
    against = refusals(person.id, "promote", nomination.id, now)
    if against:
        raise DomainError("%(why)s", why=against[0].reason)


def _promote(
    session: Session, person: Person, nomination: Nomination, actor: Actor, now: datetime
) -> None:
    today = local_date(now, zone())
    day = nomination.effective_on or today
    later = exists().where(Position.person_id == person.id, Position.from_day > day)
    if session.scalar(select(later)):
        day = today  # a move since then would otherwise hide the new level
    move(
        session, person, from_day=day, team=person.team, level=nomination.target,
        channel=person.channel, actor=actor, now=now, reason=nomination.decision_reason,
    )  # fmt: skip
    nomination.state, nomination.effective_on = NominationState.APPROVED, day
    policy = policies.in_force(session, track_of(nomination).policy)
    if policy["probation"]:
        until = day + timedelta(days=policy["probation"])
        session.add(Probation(nomination_id=nomination.id, until=until))
    _assign_skills(session, person, policy, now)
    _tell_of_promotion(session, person, nomination, now)


def _assign_skills(session: Session, person: Person, policy: PolicyInForce, now: datetime) -> None:
    """Who was promoted without the track of skills is enrolled in it."""
    wanted = select(Programme.id).where(Programme.key == policy["skills_track"])
    programme_id = session.scalar(wanted)
    if programme_id is None:
        return
    is_known = exists().where(
        Enrolment.person_id == person.id,
        Enrolment.programme_id == programme_id,
        Enrolment.status != EnrolmentStatus.CANCELLED,
    )
    if not session.scalar(select(is_known)):
        enrol(
            session, person.id, programme_id, starts_on=local_date(now, zone()), actor=SYSTEM,
            now=now,
        )  # fmt: skip


def _hold(session: Session, person: Person, nomination: Nomination, now: datetime) -> None:
    """It stays approved and takes effect, from its day, when the appeal is decided."""
    if nomination.held_at is not None:
        return
    nomination.held_at = now
    told = Localized(
        f"{person.name} 有申诉未决，晋级暂缓生效；请先处理申诉",
        f"The promotion of {person.name} waits for an undecided appeal; settle it first",
    )
    nominations.tell_hr(session, nomination, "promotion.nominated", told, now)


def _reopen(
    session: Session, person: Person, nomination: Nomination, error: DomainError, now: datetime
) -> None:
    """An approval that can no longer be carried out is none (the audit log keeps it); who cannot be
    promoted at all (they left, or hold another level) is nominated no more."""
    is_over = person.level != track_of(nomination).source or person.left_on is not None
    day, nomination.effective_on, nomination.held_at = nomination.effective_on, None, None
    if is_over:
        nomination.state, nomination.ended_at = NominationState.WITHDRAWN, now
        own = Localized(f"原定 {day} 的晋级已取消", f"Your promotion of {day} is cancelled")
    else:
        nomination.state, nomination.decision_reason = NominationState.OPEN, ""
        nomination.decided_by = nomination.decided_at = None
        own = Localized(
            f"原定 {day} 的晋级未能生效，将重新核对后决定",
            f"Your promotion of {day} could not take effect; it is looked at and decided again",
        )
    if person.left_on is None:
        notify(session, [person.id], "promotion.decided", own, page(nomination), now)
    why = str(error)
    audit.record(
        session, SYSTEM, "promotion.not_carried_out", ("person", person.id), now=now, reason=why,
        nomination=nomination.id,
    )  # fmt: skip
    told = Localized(
        f"{person.name} 的晋级未能按期生效，请重新核对",
        f"The promotion of {person.name} could not take effect on its day; look at it again",
    )
    nominations.tell_hr(session, nomination, "promotion.nominated", told, now)


def _tell_of_date(session: Session, person: Person, nomination: Nomination, now: datetime) -> None:
    day, name = nomination.effective_on, track_of(nomination).name
    own = Localized(
        f"恭喜！您将于 {day} 起晋级为{name.zh}。{nomination.decision_reason}",
        f"Congratulations: you will be {name.en} from {day} on. {nomination.decision_reason}",
    )
    notify(session, [person.id], "promotion.decided", own, page(nomination), now)


def _tell_of_promotion(
    session: Session, person: Person, nomination: Nomination, now: datetime
) -> None:
    name, reason = track_of(nomination).name, nomination.decision_reason
    own = Localized(
        f"恭喜晋级{name.zh}！{reason}", f"Congratulations: you are now {name.en}. {reason}"
    )
    told = Localized(f"{person.name} 晋级为{name.zh}", f"{person.name} is now {name.en}")
    url = page(nomination)
    others = set(supervisors_of(session, person)) - {person.id}
    notify(session, [person.id], "promotion.decided", own, url, now)
    notify(session, sorted(others), "promotion.decided", told, url, now)
