"""The rule as SQL: one set, the same on both databases."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, select

from lms.access import EMPLOYEE
from lms.courses.audience.rule import Audience
from lms.people.clearance import in_force
from lms.people.models import Clearance, Person, RoleAssignment


def people(audience: Audience, today: date) -> Select[int]:
    """The ids of everybody the rule means on that day."""
    return select(Person.id).where(fits(audience, today))


def fits(audience: Audience, today: date) -> ColumnElement[bool]:
    """The rule as a condition on `Person`. Nobody who has left fits any rule."""
    wanted: list[ColumnElement[bool]] = [Person.left_on.is_(None)]
    for column, values in (
        (Person.team_id, audience.teams),
        (Person.level, audience.levels),
        (Person.channel, audience.channels),
        (Person.employment, audience.employments),
    ):
        if values:
            wanted.append(column.in_(values))
    if audience.roles and EMPLOYEE not in audience.roles:  # everybody is an employee
        holds = select(RoleAssignment.person_id).where(RoleAssignment.role.in_(audience.roles))
        wanted.append(Person.id.in_(holds))
    if audience.cleared:
        wanted.append(Person.id.in_(select(Clearance.person_id).where(in_force(today))))
    if audience.hired_from:
        wanted.append(Person.hired_on >= audience.hired_from)
    if audience.hired_until:
        wanted.append(Person.hired_on <= audience.hired_until)
    if audience.hired_within:
        wanted.append(Person.hired_on.between(_first_day(audience.hired_within, today), today))
    return and_(*wanted)


def _first_day(days: int, today: date) -> date:
    return today - timedelta(days=days - 1)
