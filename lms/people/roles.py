"""Who holds which role."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from lms import audit
from lms.access import ADMIN, EMPLOYEE, ROLES, SUPERVISOR
from lms.audit import Actor
from lms.db import Session
from lms.errors import DomainError
from lms.people.models import Person, RoleAssignment

ASSIGNABLE = tuple(role for role in ROLES if role != EMPLOYEE)


def held(session: Session, person_id: int) -> list[RoleAssignment]:
    found = select(RoleAssignment).where(RoleAssignment.person_id == person_id)
    return list(session.scalars(found.order_by(RoleAssignment.id)))


def people_with(session: Session, role: str) -> Sequence[int]:
    """Ids of those who hold the role now."""
    return session.scalars(
        select(RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == role, Person.left_on.is_(None))
        .distinct()
    ).all()


def set_roles(
    session: Session,
    person: Person,
    roles: Iterable[str],
    *,
    team_id: int | None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Exactly these roles from now on; `team_id` is a supervisor's team, None their own.

    Returns False when nothing changes. The last admin stays one: somebody must hold the keys.
    """
    wanted = {
        (role, team_id if role == SUPERVISOR else None) for role in roles if role in ASSIGNABLE
    }
    present = {(row.role, row.team_id): row for row in held(session, person.id)}
    if wanted == present.keys():
        return False
    if (ADMIN, None) not in wanted:
        keep_an_admin(session, person, field="roles")
    for key, row in present.items():
        if key not in wanted:
            session.delete(row)
    session.add_all(
        RoleAssignment(person_id=person.id, role=role, team_id=team)
        for role, team in wanted - present.keys()
    )
    old, new = ([role for role, _ in some] for some in (present, wanted))
    _record(session, person, old, new, team_id, actor, now)
    return True


def add_role(session: Session, person: Person, role: str, *, actor: Actor, now: datetime) -> None:
    """One role more, beside those the person holds."""
    present = [row.role for row in held(session, person.id)]
    if role not in present:
        session.add(RoleAssignment(person_id=person.id, role=role))
        _record(session, person, present, [*present, role], None, actor, now)


def keep_an_admin(session: Session, person: Person, *, field: str | None = None) -> None:
    """DomainError for the last admin, who is to go: somebody must hold the keys."""
    if any(row.role == ADMIN for row in held(session, person.id)) and _admins(session) == 1:
        raise DomainError("This is the last admin: make somebody else one first.", field=field)


def _record(
    session: Session,
    person: Person,
    old: Iterable[str],
    new: Iterable[str],
    team_id: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session, actor, "roles.set", ("person", person.id),
        now=now, old=sorted(old), new=sorted(new), team_id=team_id,
    )  # fmt: skip


def _admins(session: Session) -> int:
    return (
        session.scalar(
            select(func.count(func.distinct(RoleAssignment.person_id)))
            .join(Person, Person.id == RoleAssignment.person_id)
            .where(RoleAssignment.role == ADMIN, Person.left_on.is_(None))
        )
        or 0
    )
