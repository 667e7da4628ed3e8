"""The list of people: searched, filtered, in pages, within the viewer's scope."""

from datetime import date
from itertools import compress
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeVersion
from lms.db import Session
from lms.people.channels import covers
from lms.people.clearance import granted_on, in_force, resting_on
from lms.people.models import Channel, Clearance, ClearanceGate, Person, Team

PER_PAGE = 25
STATES = ("all", "onboarding", "overdue", "cleared", "not_cleared", "update", "left")


class Entry(NamedTuple):
    """`cleared`: the channels they are cleared for; `due_on`: of onboarding under way, if any.

    `rests`: cleared, but for an update that is due."""

    person: Person
    team: str | None
    cleared: tuple[Channel, ...]
    due_on: date | None
    rests: bool


class Listing(NamedTuple):
    entries: list[Entry]
    page: int
    pages: int
    total: int


def listing(
    session: Session,
    scope: ColumnElement[bool],
    today: date,
    *,
    text: str = "",
    team_id: int | None = None,
    state: str = "all",
    page: int = 1,
) -> Listing:
    """One query; `text` is part of a staff number or name."""
    held = select(Clearance.id).where(Clearance.person_id == Person.id, in_force(today))
    each = [held.where(covers(Clearance.channels, channel)).exists() for channel in Channel]
    granted = select(Clearance.id).where(Clearance.person_id == Person.id, granted_on(today))
    rests = granted.where(resting_on(today)).exists()
    clears = select(ProgrammeVersion.id).where(ProgrammeVersion.grants_clearance.is_(True))
    due = (
        select(func.min(Enrolment.due_on))
        .where(
            Enrolment.person_id == Person.id,
            Enrolment.status == EnrolmentStatus.ACTIVE,
            Enrolment.version_id.in_(clears),
        )
        .correlate(Person)
        .scalar_subquery()
    )
    wanted = [scope, _state(state, held.exists(), due, today)]
    if team_id is not None:
        wanted.append(Person.team_id == team_id)
    if text.strip():
        wanted.append(like(text.strip()))
    rows = session.execute(
        select(Person, Team.name, due, func.count().over(), rests, *each)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*wanted)
        .order_by(Person.staff_no)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    total = rows[0][3] if rows else 0
    entries = [
        Entry(person, team, tuple(compress(Channel, covered)), due_on, bool(rests))
        for person, team, due_on, _, rests, *covered in rows
    ]
    return Listing(entries, page, max(1, -(-total // PER_PAGE)), total)


def like(text: str) -> ColumnElement[bool]:
    """People whose staff number or name contains the text."""
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    pattern = f"%{escaped}%"
    return or_(Person.staff_no.ilike(pattern, escape="\\"), Person.name.ilike(pattern, escape="\\"))


def _state(
    state: str, cleared: ColumnElement[bool], due: ColumnElement[date], today: date
) -> ColumnElement[bool]:
    here = Person.left_on.is_(None)
    match state:
        case "onboarding":
            return and_(here, due.is_not(None))
        case "overdue":
            return and_(here, due < today)
        case "cleared":
            return and_(here, cleared)
        case "not_cleared":
            return and_(here, ~cleared)
        case "update":
            return and_(here, _to_update())
        case "left":
            return Person.left_on.is_not(None)
    return here


def _to_update() -> ColumnElement[bool]:
    """Who has the delta of a major version still to do, whether or not a clearance rests for it."""
    open_gates = ClearanceGate.person_id == Person.id, ClearanceGate.ended_at.is_(None)
    return select(ClearanceGate.id).where(*open_gates).correlate(Person).exists()


def teams(session: Session, scope: ColumnElement[bool]) -> list[Team]:
    """The teams that have somebody within the scope, by name."""
    inside = select(Person.team_id).where(scope)
    return list(session.scalars(select(Team).where(Team.id.in_(inside)).order_by(Team.name)))
