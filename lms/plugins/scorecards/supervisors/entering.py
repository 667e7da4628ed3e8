"""Entering a share of a supervisor's month: a correction supersedes, nothing is edited."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    Month,
    NotFound,
    Person,
    Session,
    audit,
    local_date,
    lock_months,
    zone,
)
from lms.plugins.scorecards.models import Entry, Kind
from lms.plugins.scorecards.supervisors.months import (
    entries_of,
    share_of,
    supervisors_now,
    work_out,
)


class Line(NamedTuple):
    """The shares of one supervisor's month; `row`: where in a file it stood."""

    person_id: int
    month: Month
    shares: Mapping[Kind, Fraction]
    row: int | None = None


def enter(
    session: Session,
    lines: list[Line],
    *,
    note: str = "",
    file: str | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Stores what differs from what holds, and works closed months out anew; how many entries.

    A share of nothing is not taken; DomainError for a figure of one's own, Conflict when somebody
    enters the same at the same moment.
    """
    lock_months(session)
    known = {month: entries_of(session, month) for month in {line.month for line in lines}}
    made = []
    for line in lines:
        if line.person_id == actor.person_id:
            raise DomainError("Somebody else enters your own figures.", field="sampling")
        check_month(line.month, now)
        for kind, share in line.shares.items():
            old = known[line.month].get((line.person_id, kind))
            if old is not None and share_of(old) == share:
                continue
            if old is not None:
                old.is_current = False
            entry = Entry(
                person_id=line.person_id, month=line.month, kind=kind,
                number=old.number + 1 if old else 1, is_current=True, is_withdrawn=False,
                part=share.numerator, whole=share.denominator, note=note.strip(), file=file,
                row=line.row, entered_by=actor.person_id, entered_at=now,
            )  # fmt: skip
            made.append((entry, old))
    session.flush()
    try:
        with session.begin_nested():
            session.add_all(entry for entry, _old in made)
    except IntegrityError:
        raise Conflict("Somebody else has just entered this figure. Look at it first.") from None
    for entry, old in made:
        audit.record(
            session, actor, "scorecards.enter", ("scorecards_entry", entry.id), now=now,
            person_id=entry.person_id, month=str(entry.month), kind=entry.kind,
            old=f"{old.part}/{old.whole}" if old else None, new=f"{entry.part}/{entry.whole}",
            file=file, row=entry.row, note=entry.note,
        )  # fmt: skip
    for month in known:
        people = {entry.person_id for entry, _old in made if entry.month == month}
        if people:
            work_out(session, month, now, people)
    return len(made)


def withdraw(session: Session, entry_id: int, reason: str, *, actor: Actor, now: datetime) -> Entry:
    """There is no data of it any more; what was entered stays to be seen, a closed month is worked
    out anew. Conflict for what holds no more already."""
    lock_months(session)
    old = session.get(Entry, entry_id, populate_existing=True)
    if old is None:
        raise NotFound("There is no such figure.")
    if not old.is_current or old.is_withdrawn:
        raise Conflict("This figure was replaced or withdrawn already.")
    if old.person_id == actor.person_id:
        raise DomainError("Somebody else enters your own figures.", field="note")
    if not reason.strip():
        raise DomainError("Write why.", field="note")
    old.is_current = False
    session.flush()
    entry = Entry(
        person_id=old.person_id, month=old.month, kind=old.kind, number=old.number + 1,
        is_current=True, is_withdrawn=True, part=old.part, whole=old.whole, note=reason.strip(),
        entered_by=actor.person_id, entered_at=now,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    audit.record(
        session, actor, "scorecards.withdraw", ("scorecards_entry", entry.id), now=now,
        reason=entry.note, person_id=entry.person_id, month=str(entry.month), kind=entry.kind,
        old=f"{old.part}/{old.whole}",
    )  # fmt: skip
    work_out(session, entry.month, now, {entry.person_id})
    return entry


def check_month(month: Month, now: datetime) -> None:
    if month > Month.of(local_date(now, zone())):
        raise DomainError("%(month)s is still to come.", field="month", month=str(month))


def check_supervisor(session: Session, person: Person) -> None:
    """DomainError for somebody who supervises nobody and never had a figure."""
    if any(found.id == person.id for found in supervisors_now(session)):
        return
    has = select(func.count()).select_from(Entry).where(Entry.person_id == person.id)
    if not session.scalar(has):
        raise DomainError("%(staff_no)s is no supervisor.", staff_no=person.staff_no)
