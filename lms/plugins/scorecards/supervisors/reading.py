"""Supervisors' months as the pages show them."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Month, MonthClose, Person, Session
from lms.plugins.scorecards.models import Entry, Kind, SupervisorMonth
from lms.plugins.scorecards.supervisors.months import entries_of, supervisors_now


class Line(NamedTuple):
    """A supervisor in a month; `row` None while it is not worked out."""

    person: Person
    row: SupervisorMonth | None
    sampling: Entry | None
    actions: Entry | None

    @property
    def score(self) -> int | None:
        return self.row.score if self.row else None

    @property
    def ranked(self) -> int | None:
        return self.row.ranked if self.row else None

    @property
    def met(self) -> int | None:
        return self.row.met if self.row else None


def of_month(session: Session, month: Month) -> list[Line]:
    """Those with a month worked out or a figure, and whoever supervises now. By staff number."""
    held = select(SupervisorMonth).where(SupervisorMonth.month == month, SupervisorMonth.is_current)
    rows = {row.person_id: row for row in session.scalars(held)}
    entries = entries_of(session, month)
    people = {person.id: person for person in supervisors_now(session)}
    others = {*rows, *(person_id for person_id, _kind in entries)} - people.keys()
    if others:
        there = select(Person).where(Person.id.in_(others))
        people |= {person.id: person for person in session.scalars(there)}
    return [
        Line(
            person, rows.get(person.id), entries.get((person.id, Kind.SAMPLING)),
            entries.get((person.id, Kind.ACTIONS)),
        )
        for person in sorted(people.values(), key=lambda person: person.staff_no)
    ]  # fmt: skip


def is_closed(session: Session, month: Month) -> bool:
    found = select(MonthClose.id).where(MonthClose.month == month, MonthClose.is_current)
    return session.scalar(found) is not None


def of_person(session: Session, person_id: int) -> list[SupervisorMonth]:
    """All revisions, newest first."""
    found = (
        select(SupervisorMonth)
        .options(joinedload(SupervisorMonth.sampling), joinedload(SupervisorMonth.actions))
        .where(SupervisorMonth.person_id == person_id)
        .order_by(SupervisorMonth.month.desc(), SupervisorMonth.number.desc())
    )
    return list(session.scalars(found))


def entries(session: Session, person_id: int) -> list[Entry]:
    """What was ever entered, newest first."""
    found = select(Entry).where(Entry.person_id == person_id)
    return list(
        session.scalars(found.order_by(Entry.month.desc(), Entry.kind, Entry.number.desc()))
    )
