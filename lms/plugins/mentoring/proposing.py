"""Who could mentor somebody, the best fit first. A proposal only: a person decides."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from lms.plugins.api import (
    Clearance,
    Enrolment,
    EnrolmentStatus,
    Leave,
    Level,
    Person,
    Programme,
    Session,
    Team,
    in_force,
)
from lms.plugins.mentoring.models import Pair
from lms.plugins.mentoring.needs import MENTORED, Need

MOST_SHOWN = 30


class Candidate(NamedTuple):
    """`mentees`: how many they mentor now."""

    person: Person
    team: str | None
    mentees: int


def may_mentor(today: date) -> ColumnElement[bool]:
    """Cleared for duty, here, not on leave, and not learning the ropes or retraining themselves.

    Those above agents need no clearance.
    """
    cleared = select(Clearance.id).where(Clearance.person_id == Person.id, in_force(today)).exists()
    away = select(Leave.id).where(
        Leave.person_id == Person.id, Leave.first_day <= today, Leave.last_day >= today
    )
    leads = Person.level.in_([Level.SUPERVISOR, Level.MANAGER])
    learns = (
        select(Enrolment.id)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(
            Enrolment.person_id == Person.id,
            Enrolment.status == EnrolmentStatus.ACTIVE,
            Programme.kind.in_(MENTORED),
        )
    )
    free = (Person.left_on.is_(None), ~away.exists(), ~learns.exists())
    return and_(or_(cleared, leads), *free)


def candidates(
    session: Session, mentee: Person, scope: ColumnElement[bool], today: date, most: int, text: str
) -> list[Candidate]:
    """For one person, best first; `text` is part of a number or name."""
    found = _candidates(scope, today).where(Person.id != mentee.id)
    if text.strip():
        like = f"%{text.strip()}%"
        found = found.where(or_(Person.staff_no.ilike(like), Person.name.ilike(like)))
    busy = case((_mentees() >= most, 1), else_=0)
    apart = case((Person.team_id == mentee.team_id, 0), else_=1)
    elsewhere = case((Person.channel == mentee.channel, 0), else_=1)
    order = (busy, apart, _rank(), _mentees(), elsewhere, Person.hired_on, Person.id)
    rows = session.execute(found.order_by(*order).limit(MOST_SHOWN))
    return [Candidate(*row) for row in rows]


def propose(
    session: Session, needs: Collection[Need], team_ids: Collection[int], today: date, most: int
) -> Mapping[int, Candidate]:
    """By person id, from their own team; each proposal counts for the next, so that a group of
    hires is not sent to one mentor."""
    if not team_ids:
        return {}
    inside = Person.team_id.in_(team_ids)
    pool = [Candidate(*row) for row in session.execute(_candidates(inside, today))]
    taken: dict[int, int] = {}
    found = {}
    for need in needs:
        free = [c for c in pool if c.mentees + taken.get(c.person.id, 0) < most]
        best = _best(need.person, free, taken)
        if best is not None:
            found[need.person.id] = best
            taken[best.person.id] = taken.get(best.person.id, 0) + 1
    return found


def _best(mentee: Person, pool: Iterable[Candidate], taken: Mapping[int, int]) -> Candidate | None:
    fit = [c for c in pool if c.person.team_id == mentee.team_id and c.person.id != mentee.id]
    return min(
        fit,
        key=lambda c: (
            _LEVELS.get(c.person.level, 9),
            c.mentees + taken.get(c.person.id, 0),
            c.person.channel != mentee.channel,
            c.person.hired_on,
            c.person.id,
        ),
        default=None,
    )


# To coach is a skill of senior agents; a supervisor does it where nobody else can.
_LEVELS = {Level.SENIOR_AGENT.value: 0, Level.AGENT.value: 1, Level.SUPERVISOR.value: 2}


def _rank() -> ColumnElement[int]:
    return case(_LEVELS, value=Person.level, else_=9)


def _mentees() -> ColumnElement[int]:
    return (
        select(func.count(Pair.id))
        .where(Pair.mentor_id == Person.id, Pair.ended_at.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )


def _candidates(scope: ColumnElement[bool], today: date) -> Select[Person, str, int]:
    return (
        select(Person, Team.name, _mentees())
        .outerjoin(Team, Team.id == Person.team_id)
        .where(scope, may_mentor(today))
    )
