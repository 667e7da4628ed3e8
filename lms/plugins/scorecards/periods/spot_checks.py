"""Entering spot checks, correcting and withdrawing them; nothing is edited."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Month,
    NotFound,
    Person,
    Session,
    WeighedScore,
    audit,
    local_date,
    policies,
    zone,
)
from lms.plugins.scorecards.models import SpotCheck
from lms.plugins.scorecards.policy import SPOT_CHECKS

MOST_NOTE = 500


class Said(NamedTuple):
    """`score` and `weight` in hundredths."""

    day: date
    score: int
    weight: int
    note: str


def hundredths(text: str | None, field: str, low: int, high: int) -> int:
    """`87.5` as 8750; DomainError for more than two decimals, or beyond `low` to `high`."""
    try:
        value = Decimal((text or "").strip()) * 100
    except ArithmeticError:  # no number, or one beyond all numbers
        raise DomainError("This must be a number.", field=field) from None
    if not value.is_finite() or value != value.to_integral_value() or not low <= value <= high:
        raise DomainError(
            "This must be between %(low)s and %(high)s, with at most two decimals.",
            field=field, low=f"{low / 100:g}", high=f"{high / 100:g}",
        )  # fmt: skip
    return int(value)


def usual_weight(session: Session) -> str:
    """The policy's, to two decimals, as the form takes it."""
    return f"{round(policies.in_force(session, SPOT_CHECKS)['weight'], 2):g}"


def enter(
    session: Session, key: str, person: Person, said: Said, *, actor: Actor, now: datetime
) -> SpotCheck:
    """Once for each key, however often the form is sent; Conflict if it then says otherwise."""
    require_sound(person, said, actor, now)
    check = SpotCheck(key=key, person_id=person.id)
    return _add(session, check, said, "", actor, now, "scorecards.spot_check")


def correct(
    session: Session, check_id: int, said: Said, *, withdraw: bool, actor: Actor, now: datetime
) -> SpotCheck:
    """What holds from now on in its place; withdrawn, it counts no more. Both stay to be seen.

    `said.note` is the reason, for the audit log; what was checked stays as it was written.
    """
    old = session.get(SpotCheck, check_id, with_for_update=True, populate_existing=True)
    if old is None:
        raise NotFound("There is no such spot check.")
    if not old.is_current or old.is_withdrawn:
        raise Conflict("This spot check was corrected or withdrawn already.")
    if withdraw:
        said = Said(old.day, old.score, old.weight, said.note)
    require_sound(old.person, said, actor, now)
    reason, said = said.note.strip(), said._replace(note=old.note)
    if not withdraw and (said.day, said.score, said.weight) == (old.day, old.score, old.weight):
        raise DomainError("Nothing was changed.")
    old.is_current = False
    check = SpotCheck(
        key=f"replaces:{old.id}", person_id=old.person_id, replaces_id=old.id, is_withdrawn=withdraw
    )
    action = "scorecards.withdraw_check" if withdraw else "scorecards.correct_check"
    return _add(session, check, said, reason, actor, now, action)


def listed() -> Select[SpotCheck]:
    """Newest first, with what replaced others."""
    return select(SpotCheck).options(joinedload(SpotCheck.person)).order_by(SpotCheck.id.desc())


def of_person(session: Session, person_id: int, first: Month, last: Month) -> Sequence[SpotCheck]:
    here = (SpotCheck.person_id == person_id, SpotCheck.month.between(first, last))
    found = select(SpotCheck).where(*here, SpotCheck.is_current, ~SpotCheck.is_withdrawn)
    return session.scalars(found.order_by(SpotCheck.day, SpotCheck.id)).all()


def weighed(
    session: Session, first: Month, last: Month, person_ids: Sequence[int] | None
) -> list[WeighedScore]:
    """Those that count, as the core weighs them beside the months."""
    c = SpotCheck
    found = select(c.person_id, c.month, c.score, c.weight).where(
        c.month.between(first, last), c.is_current, ~c.is_withdrawn
    )
    if person_ids is not None:
        found = found.where(c.person_id.in_(person_ids))
    return [WeighedScore(*row) for row in session.execute(found.order_by(c.id))]


def require_sound(person: Person, said: Said, actor: Actor, now: datetime) -> None:
    """DomainError unless this can be entered of that person."""
    if person.id == actor.person_id:
        raise DomainError("Somebody else enters your own figures.", field="person")
    if said.day > local_date(now, zone()):
        raise DomainError("This day is still to come.", field="day")
    if said.day < person.hired_on or (person.left_on is not None and said.day > person.left_on):
        raise DomainError("This person was not here on that day.", field="day")
    if not said.note.strip() or len(said.note) > MOST_NOTE:
        raise DomainError("Write what was checked, or why.", field="note")


def _add(
    session: Session,
    check: SpotCheck,
    said: Said,
    reason: str,
    actor: Actor,
    now: datetime,
    action: str,
) -> SpotCheck:
    check.day, check.month, check.note = said.day, Month.of(said.day), said.note.strip()
    check.score, check.weight, check.is_current = said.score, said.weight, True
    check.is_withdrawn = bool(check.is_withdrawn)
    check.entered_by, check.entered_at = actor.person_id, now
    try:
        with session.begin_nested():
            session.add(check)
    except IntegrityError:
        found = session.scalar(select(SpotCheck).where(SpotCheck.key == check.key))
        if found is None or found.replaces_id is not None:
            raise Conflict("This spot check was corrected or withdrawn already.") from None
        if _content(found) != _content(check):
            raise Conflict("This form was sent already; open a new one.") from None
        return found
    audit.record(
        session, actor, action, ("scorecards_spot_check", check.id), now=now,
        person_id=check.person_id, day=check.day.isoformat(), score=check.score,
        weight=check.weight, replaces=check.replaces_id, note=check.note, reason=reason,
    )  # fmt: skip
    return check


def _content(check: SpotCheck) -> tuple[object, ...]:
    return (check.person_id, check.day, check.score, check.weight, check.note)
