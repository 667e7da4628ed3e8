"""Writing the plan: entries, and copies of them from other months and years."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Actor,
    DomainError,
    Localized,
    Month,
    NotFound,
    Session,
    audit,
)
from lms.plugins.planning.models import PlanEntry, Status


@dataclass(frozen=True)
class Fields:
    """What a person writes about an entry; the plan's own columns by the same names."""

    month: Month
    kind: str
    category: str
    title: Localized
    programme_id: int | None = None
    responsible_id: int | None = None
    guests: str = ""
    status: str = Status.PLANNED
    planned: int | None = None
    attended: int | None = None
    remarks: str = ""


def add(session: Session, key: str, fields: Fields, *, actor: Actor, now: datetime) -> PlanEntry:
    """The new entry, or the one there is under this key."""
    if found := _under(session, key):
        return found
    _check(fields)
    entry = PlanEntry(key=key, created_at=now, **_columns(fields))
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:  # the same button pressed twice at once
        if found := _under(session, key):
            return found
        raise
    audit.record(
        session, actor, "planning.add", ("plan_entry", entry.id), now=now, month=str(entry.month)
    )
    return entry


def change(
    session: Session, entry: PlanEntry, fields: Fields, *, actor: Actor, now: datetime
) -> bool:
    """False when nothing differs; the old values stay in the audit log."""
    _check(fields)
    new = _columns(fields)
    old = {name: getattr(entry, name) for name in new}
    changed = {
        name: [_plain(old[name]), _plain(new[name])] for name in new if old[name] != new[name]
    }
    if not changed:
        return False
    for name, value in new.items():
        setattr(entry, name, value)
    audit.record(
        session, actor, "planning.change", ("plan_entry", entry.id), now=now, changed=changed
    )
    return True


def copy(
    session: Session, entry: PlanEntry, month: Month, *, actor: Actor, now: datetime
) -> PlanEntry:
    """The entry as a plan for another month: nothing of what came of it goes along. Once each."""
    fields = Fields(
        month=month,
        kind=entry.kind,
        category=entry.category,
        title=entry.title,
        programme_id=entry.programme_id,
        responsible_id=entry.responsible_id,
        guests=entry.guests,
        planned=entry.planned,
    )
    return add(session, f"copy:{entry.id}:{month}", fields, actor=actor, now=now)


def copy_months(
    session: Session, first: Month, last: Month, by: int, *, actor: Actor, now: datetime
) -> int:
    """Everything of these months that was not cancelled, `by` months later; how many there were."""
    entries = of_months(session, first, last)
    wanted = [entry for entry in entries if entry.status != Status.CANCELLED]
    if not wanted:
        raise DomainError("There is nothing to copy.")
    for entry in wanted:
        copy(session, entry, entry.month.plus(by), actor=actor, now=now)
    return len(wanted)


def start_year(
    session: Session,
    year: int,
    starters: Iterable[tuple[int, Fields]],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """The starter set as that year's plan; how many entries it has."""
    made = [
        add(session, f"starter:{year}:{number}", fields, actor=actor, now=now)
        for number, fields in starters
    ]
    return len(made)


def of_months(session: Session, first: Month, last: Month) -> list[PlanEntry]:
    """In the order of the months."""
    found = select(PlanEntry).where(PlanEntry.month >= first, PlanEntry.month <= last)
    return list(session.scalars(found.order_by(PlanEntry.month, PlanEntry.id)))


def one(session: Session, entry_id: int) -> PlanEntry:
    """NotFound if there is none."""
    found = session.get(PlanEntry, entry_id)
    if found is None:
        raise NotFound("This entry of the plan does not exist.")
    return found


def _under(session: Session, key: str) -> PlanEntry | None:
    return session.scalar(select(PlanEntry).where(PlanEntry.key == key))


def _check(fields: Fields) -> None:
    if not fields.title:
        raise DomainError("Give it a title in one language at least.", field="title_zh")


def _columns(fields: Fields) -> dict[str, Any]:
    return {known.name: getattr(fields, known.name) for known in dataclass_fields(fields)}


def _plain(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, Localized):
        return asdict(value)
    return str(value) if isinstance(value, Month) else value
