"""People: adding, moving, finding. Functions take the session and `now`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import IntegrityError

from lms import audit, events
from lms.audit import Actor
from lms.db import Session
from lms.errors import DomainError
from lms.people.models import (
    Channel,
    Employment,
    Level,
    Person,
    Position,
    Team,
)
from lms.plugins.bus import emit


@dataclass(frozen=True)
class NewPerson:
    staff_no: str
    name: str
    team: str | None
    level: Level
    channel: Channel
    employment: Employment
    hired_on: date
    email: str | None = None


def team_named(session: Session, name: str | None) -> Team | None:
    """The team of that name, made at first mention."""
    if not name:
        return None
    found = session.scalar(select(Team).where(Team.name == name))
    if found is None:
        found = Team(name=name)
        session.add(found)
        session.flush()
    return found


def add_person(session: Session, new: NewPerson, *, actor: Actor, now: datetime) -> Person:
    """A person with their first position, from the hire date; DomainError: the number is taken."""
    team = team_named(session, new.team)
    person = Person(
        staff_no=new.staff_no,
        name=new.name,
        team_id=team.id if team else None,
        level=new.level,
        channel=new.channel,
        employment=new.employment,
        hired_on=new.hired_on,
        email=new.email,
        email_at=now if new.email else None,
        created_at=now,
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise DomainError("Another person has this staff number.", field="staff_no") from None
    session.add(
        Position(
            person_id=person.id,
            from_day=new.hired_on,
            team_id=person.team_id,
            level=new.level,
            channel=new.channel,
        )
    )
    audit.record(
        session, actor, "person.add", ("person", person.id), now=now, staff_no=new.staff_no
    )
    emit(events.PersonAdded(now, person.id))
    return person


def move(
    session: Session,
    person: Person,
    *,
    from_day: date,
    team: Team | None,
    level: str,
    channel: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> bool:
    """A new position from a day on; False when nothing differs from the present one."""
    old = (person.team_id, person.level, person.channel)
    new = (team.id if team else None, level, channel)
    if old == new:
        return False
    position = session.scalar(
        select(Position).where(Position.person_id == person.id, Position.from_day == from_day)
    )
    if position is None:
        position = Position(person_id=person.id, from_day=from_day)
        session.add(position)
    position.team_id, position.level, position.channel = new
    person.team_id, person.level, person.channel = new
    audit.record(
        session,
        actor,
        "person.move",
        ("person", person.id),
        now=now,
        reason=reason,
        old=old,
        new=new,
        from_day=from_day.isoformat(),
    )
    if old[1] != level:
        emit(events.LevelChanged(now, person.id, old[1], level))
    return True


def supervisors_of(session: Session, person: Person) -> Sequence[int]:
    """Ids of those who supervise the person's team."""
    from lms.access import SUPERVISOR
    from lms.people.models import RoleAssignment

    if person.team_id is None:
        return []
    own_team = (RoleAssignment.team_id.is_(None)) & (Person.team_id == person.team_id)
    return session.scalars(
        select(RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.role == SUPERVISOR,
            or_(RoleAssignment.team_id == person.team_id, own_team),
            Person.id != person.id,
            Person.left_on.is_(None),
        )
        .distinct()
    ).all()


def supervisors_by_team(session: Session) -> dict[int, list[int]]:
    """The same for every team: ids of those who supervise it, by its id."""
    from lms.access import SUPERVISOR
    from lms.people.models import RoleAssignment

    team = func.coalesce(RoleAssignment.team_id, Person.team_id)
    rows = session.execute(
        select(team, Person.id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == SUPERVISOR, Person.left_on.is_(None), team.is_not(None))
        .distinct()
    )
    found: dict[int, list[int]] = {}
    for team_id, person_id in rows:
        found.setdefault(team_id, []).append(person_id)
    return found


def find(session: Session, text: str, scope: ColumnElement[bool], limit: int = 50) -> list[Person]:
    """People within the scope whose number or name contains the text."""
    wanted = select(Person).where(scope).order_by(Person.staff_no).limit(limit)
    if text:
        like = f"%{text.strip()}%"
        wanted = wanted.where(or_(Person.staff_no.ilike(like), Person.name.ilike(like)))
    return list(session.scalars(wanted))


def count(session: Session) -> int:
    return session.scalar(select(func.count(Person.id))) or 0
