"""Who a rule means, before anything is done: how many, and the first of them."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select

from lms.courses.audience.matching import fits
from lms.courses.audience.rule import Audience
from lms.courses.models import Enrolment, EnrolmentStatus
from lms.db import Session
from lms.people.directory import like
from lms.people.models import Person, Team

SHOWN = 20


class Row(NamedTuple):
    """`under_way`: enrolled now; `completed`: at some time before."""

    person: Person
    team: str | None
    under_way: bool
    completed: bool


class Preview(NamedTuple):
    """Counts are of everybody who fits; `found` are those of them that the search found."""

    total: int
    under_way: int
    completed: int
    rows: list[Row]
    found: int

    @property
    def rest(self) -> int:
        return self.found - len(self.rows)


def preview(
    session: Session, programme_id: int, audience: Audience, today: date, *, text: str = ""
) -> Preview:
    """Two queries; `text` is part of a staff number or name."""
    condition = fits(audience, today)
    under_way = has(programme_id, EnrolmentStatus.ACTIVE)
    completed = has(programme_id, EnrolmentStatus.COMPLETED)
    wanted = select(func.count(Person.id), _how_many(under_way), _how_many(completed)).where(
        condition
    )
    total, active, before = session.execute(wanted).one()
    listed = [condition, like(text.strip())] if text.strip() else [condition]
    rows = session.execute(
        select(Person, Team.name, under_way, completed, func.count().over())
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*listed)
        .order_by(Person.staff_no)
        .limit(SHOWN)
    ).all()
    return Preview(
        total,
        active or 0,
        before or 0,
        [Row(person, team, bool(now), bool(done)) for person, team, now, done, _ in rows],
        rows[0][4] if rows else 0,
    )


def has(programme_id: int, status: EnrolmentStatus) -> ColumnElement[bool]:
    """People with an enrolment of that status in the programme.

    As a set that is made once: PostgreSQL, not yet knowing what was inserted a moment ago, looks
    through the whole table for each person otherwise.
    """
    theirs = (Enrolment.programme_id == programme_id, Enrolment.status == status)
    return Person.id.in_(select(Enrolment.person_id).where(*theirs))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
