"""Whom a major version would ask, and from when, before it is published."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from lms.courses.deltas.finding import cleared_by_older, first_days_back
from lms.courses.models import Programme, ProgrammeVersion
from lms.db import Session
from lms.people.models import ClearanceGate, Person, Team

SHOWN = 50


@dataclass(frozen=True)
class Published:
    """A major version and how many it asked; most of their clearances rest `from_day` on."""

    version_id: int
    key: str
    number: int
    count: int
    from_day: date


class Asked(NamedTuple):
    """`from_day`: when the clearance rests if the delta is not done; later after leave."""

    person_id: int
    staff_no: str
    name: str
    team: str | None
    from_day: date


@dataclass(frozen=True)
class Preview:
    """`people` are the first of `count`; `due_on` is the last day to do it in time."""

    count: int
    people: list[Asked]
    due_on: date
    from_day: date

    @property
    def rest(self) -> int:
        return self.count - len(self.people)


def preview(
    session: Session, programme_id: int | None, major: int, due_days: int, today: date
) -> Preview:
    """Two queries; none for a programme that is new."""
    due_on = today + timedelta(days=due_days)
    from_day = due_on + timedelta(days=1)
    if programme_id is None:
        return Preview(0, [], due_on, from_day)
    fitting = cleared_by_older(programme_id, major, today).subquery()
    rows = session.execute(
        select(Person.id, Person.staff_no, Person.name, Team.name, func.count().over())
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.id.in_(select(fitting.c.person_id)))
        .order_by(Person.staff_no)
        .limit(SHOWN)
    ).all()
    back = first_days_back(session, [row[0] for row in rows], from_day) if rows else {}
    people = [
        Asked(person_id, staff_no, name, team, back.get(person_id, from_day))
        for person_id, staff_no, name, team, _ in rows
    ]
    return Preview(rows[0][4] if rows else 0, people, due_on, from_day)


def published_at(session: Session, at: datetime) -> list[Published]:
    """The major versions that asked somebody at this very time; one query."""
    rows = session.execute(
        select(
            ProgrammeVersion.id,
            Programme.key,
            ProgrammeVersion.number,
            func.count(ClearanceGate.person_id.distinct()),
            func.min(ClearanceGate.from_day),
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClearanceGate.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(ClearanceGate.created_at == at)
        .group_by(ProgrammeVersion.id, Programme.key, ProgrammeVersion.number)
        .order_by(Programme.key)
    )
    return [Published(*row) for row in rows]


def asked_by(session: Session, version_id: int) -> list[Asked]:
    """The first of those a version asked, by staff number; one query."""
    rows = session.execute(
        select(Person.id, Person.staff_no, Person.name, Team.name, func.min(ClearanceGate.from_day))
        .join(ClearanceGate, ClearanceGate.person_id == Person.id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(ClearanceGate.version_id == version_id)
        .group_by(Person.id, Person.staff_no, Person.name, Team.name)
        .order_by(Person.staff_no)
        .limit(SHOWN)
    )
    return [Asked(*row) for row in rows]
