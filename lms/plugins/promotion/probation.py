"""The time after a promotion: at its end HR confirms the level, or takes it back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Localized,
    NotAllowed,
    NotFound,
    Person,
    Session,
    audit,
    local_date,
    move,
    notify,
    supervisors_of,
    zone,
)
from lms.plugins.promotion import nominations
from lms.plugins.promotion.models import Nomination, Outcome, Probation
from lms.plugins.promotion.nominations import locked, page, reason_of, track_of

_TOLD_BEFORE = timedelta(days=7)


def end(
    session: Session,
    nomination_id: int,
    *,
    confirm: bool,
    reason: str,
    actor: Actor,
    now: datetime,
    early: bool = False,
) -> Probation:
    """Confirm the level, or return the person to the one they came from, from today on (on the day
    of the promotion itself: from tomorrow, so that both stay on record).

    Conflict when it was ended, or the person has left or holds another level by now; DomainError
    for confirming before its last day unless `early`.
    """
    reason = reason_of(reason)
    nomination = locked(session, nomination_id)
    found = session.get(Probation, nomination_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no probation.")
    if found.outcome is not None:
        raise Conflict("This probation has ended already.")
    if actor.person_id == nomination.person_id:
        raise NotAllowed("Nobody decides on their own probation.")
    person = session.get_one(Person, nomination.person_id)
    if person.left_on is not None or person.level != nomination.target:
        raise Conflict("This person holds another level by now.")
    today = local_date(now, zone())
    if confirm and today < found.until and not early:
        raise DomainError(
            "The probation lasts until %(day)s: tick this to confirm before.", field="early",
            day=found.until.isoformat(),
        )  # fmt: skip
    if not confirm:
        is_first_day = nomination.effective_on == today
        move(
            session, person, from_day=today + timedelta(days=is_first_day), team=person.team,
            level=track_of(nomination).source, channel=person.channel, actor=actor, now=now,
            reason=reason,
        )  # fmt: skip
    found.outcome = Outcome.CONFIRMED if confirm else Outcome.RETURNED
    found.reason, found.decided_by, found.decided_at = reason, actor.person_id, now
    audit.record(
        session, actor, "promotion.confirm" if confirm else "promotion.return",
        ("person", person.id), now=now, reason=reason, nomination=nomination.id,
    )  # fmt: skip
    _tell(session, person, nomination, found, now)
    return found


def remind(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job: HR and the supervisor hear a week before, once."""
    soon = local_date(now, zone()) + _TOLD_BEFORE
    due = session.execute(
        select(Probation, Nomination)
        .join(Nomination, Nomination.id == Probation.nomination_id)
        .join(Person, Person.id == Nomination.person_id)
        .where(Person.left_on.is_(None), Person.level == Nomination.target)
        .where(Probation.outcome.is_(None), Probation.told_at.is_(None), Probation.until <= soon)
    )
    for found, nomination in due.all():
        found.told_at = now
        person = session.get_one(Person, nomination.person_id)
        text = Localized(
            f"{person.name} 的试用期将于 {found.until} 结束，请确认或退回原职级",
            f"The probation of {person.name} ends on {found.until}: confirm the level, or"
            " return them to the former one",
        )
        nominations.tell_hr(session, nomination, "promotion.nominated", text, now)
        others = set(supervisors_of(session, person)) - {person.id}
        notify(session, sorted(others), "promotion.nominated", text, page(nomination), now)


def _tell(
    session: Session, person: Person, nomination: Nomination, found: Probation, now: datetime
) -> None:
    name = track_of(nomination).name
    if found.outcome == Outcome.CONFIRMED:
        own = Localized(
            f"试用期通过，{name.zh}职级已确认。{found.reason}",
            f"Probation passed: your level as {name.en} is confirmed. {found.reason}",
        )
    else:
        own = Localized(
            f"试用期结束，您回到原职级。{found.reason}",
            f"Probation has ended: you return to your former level. {found.reason}",
        )
    notify(session, [person.id], "promotion.decided", own, page(nomination), now)
