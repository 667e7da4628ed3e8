"""Reading policies' versions and the audit log."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select

from lms.audit import AuditEntry
from lms.clock import Month
from lms.db import Session
from lms.people.models import Person
from lms.policies import Policy, PolicyInForce, PolicyVersion


def all_in_force(
    session: Session, policies: Sequence[Policy]
) -> Mapping[str, tuple[PolicyInForce, datetime | None, Month | None]]:
    """By name: the latest version, when it was made (None: the defaults) and from which month on
    it holds (None: whatever the month), in one query."""
    newest = (
        select(PolicyVersion.name, func.max(PolicyVersion.number).label("number"))
        .group_by(PolicyVersion.name)
        .subquery()
    )
    rows = session.scalars(
        select(PolicyVersion).join(
            newest,
            (newest.c.name == PolicyVersion.name) & (newest.c.number == PolicyVersion.number),
        )
    )
    latest = {row.name: row for row in rows}
    found: dict[str, tuple[PolicyInForce, datetime | None, Month | None]] = {}
    for policy in policies:
        row = latest.get(policy.name)
        params = {**policy.defaults(), **(row.params if row else {})}
        number = row.number if row else 0
        found[policy.name] = (
            PolicyInForce(policy.name, number, params),
            row.created_at if row else None,
            row.from_month if row else None,
        )
    return found


def history(session: Session, policy: Policy) -> list[tuple[PolicyVersion, str, dict[str, Any]]]:
    """Newest first: each version with who made it and what changed, {parameter: (old, new)}."""
    rows = session.execute(
        select(PolicyVersion, Person.name)
        .outerjoin(Person, Person.id == PolicyVersion.created_by)
        .where(PolicyVersion.name == policy.name)
        .order_by(PolicyVersion.number)
    ).all()
    before, found = policy.defaults(), []
    for version, author in rows:
        changed = {
            p.name: (before.get(p.name), version.params.get(p.name))
            for p in policy.parameters
            if before.get(p.name) != version.params.get(p.name)
        }
        found.append((version, author or "", changed))
        before = {**policy.defaults(), **version.params}
    return found[::-1]


def audit_entries(
    *,
    action: str = "",
    text: str = "",
    first: date | None = None,
    last: date | None = None,
    zone: ZoneInfo,
) -> Select[AuditEntry]:
    """Newest first. `text`: name or staff number of who did it or whom it concerns."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc())
    if action:
        # A domain (`person`) stands for all its actions.
        wanted = wanted.where(
            or_(AuditEntry.action == action, AuditEntry.action.like(f"{action}.%"))
        )
    if text.strip():
        like = f"%{text.strip()}%"
        people = select(Person.id).where(or_(Person.staff_no.ilike(like), Person.name.ilike(like)))
        wanted = wanted.where(
            or_(
                AuditEntry.actor_id.in_(people),
                (AuditEntry.subject_kind == "person") & AuditEntry.subject_id.in_(people),
            )
        )
    if first is not None:
        wanted = wanted.where(AuditEntry.at >= datetime.combine(first, time(), zone))
    if last is not None:
        end = datetime.combine(last + timedelta(days=1), time(), zone)
        wanted = wanted.where(AuditEntry.at < end)
    return wanted


def people_in(session: Session, entries: Sequence[AuditEntry]) -> Mapping[int, Person]:
    """Those who did it and those whom it concerns, by id."""
    ids = {e.actor_id for e in entries} | {
        e.subject_id for e in entries if e.subject_kind == "person"
    }
    return people_by_id(session, {i for i in ids if i is not None})


def people_by_id(session: Session, ids: Collection[int]) -> Mapping[int, Person]:
    """No query for nobody."""
    found = session.scalars(select(Person).where(Person.id.in_(ids))) if ids else ()
    return {person.id: person for person in found}


def actions(session: Session) -> Sequence[str]:
    return session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
