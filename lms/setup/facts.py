"""How far the guided start is, read from what is there: no step is ticked by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select, true

from lms.access import HR, SUPERVISOR, TRAINER
from lms.courses.models import Enrolment, Programme
from lms.db import Session
from lms.people.models import Level, Organisation, Person, RoleAssignment, Team
from lms.people.organisation import DEFAULT_NAME
from lms.setup.models import SetupSkip

NEEDED_ROLES = (HR, TRAINER, SUPERVISOR)


class Item(StrEnum):
    """In the order in which they are offered."""

    ORGANISATION = "organisation"
    PROGRAMMES = "programmes"
    PEOPLE = "people"
    TEAMS = "teams"
    ROLES = "roles"
    FIRST = "first"


class State(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"
    TODO = "todo"


@dataclass(frozen=True)
class Facts:
    """Counts of what matters at the start; `lacking` are roles that nobody holds."""

    is_demo: bool
    is_named: bool
    programmes: int
    agents: int
    teams: int
    without_team: int
    lacking: Sequence[str]
    enrolments: int

    def is_done(self, item: Item) -> bool:
        return {
            Item.ORGANISATION: self.is_named,
            Item.PROGRAMMES: self.programmes > 0,
            Item.PEOPLE: self.agents > 0,
            Item.TEAMS: self.teams > 0 and self.without_team == 0,
            Item.ROLES: not self.lacking,
            Item.FIRST: self.enrolments > 0,
        }[item]


class Progress(NamedTuple):
    facts: Facts
    skipped: Mapping[str, SetupSkip]

    def state(self, item: Item) -> State:
        if self.facts.is_done(item):
            return State.DONE
        return State.SKIPPED if item in self.skipped else State.TODO

    @property
    def open(self) -> list[Item]:
        return [item for item in Item if self.state(item) is State.TODO]

    @property
    def next(self) -> Item | None:
        return next(iter(self.open), None)

    @property
    def settled(self) -> int:
        return len(Item) - len(self.open)

    @property
    def is_over(self) -> bool:
        """Nothing left to do; a demo has nothing to set up."""
        return self.facts.is_demo or not self.open


def progress(session: Session) -> Progress:
    """One query: an admin's start page asks each time."""
    present = Person.left_on.is_(None)
    agents = and_(present, Person.level.in_((Level.AGENT, Level.SENIOR_AGENT)))
    rows = session.execute(
        select(
            SetupSkip,
            Organisation.is_demo,
            Organisation.name,
            _count(Programme.id),
            _count(Person.id, agents),
            _count(Team.id),
            _count(Person.id, and_(agents, Person.team_id.is_(None))),
            _count(Enrolment.id),
            *(exists().where(_holds(role)) for role in NEEDED_ROLES),
        )
        .select_from(Organisation)
        .outerjoin(SetupSkip, true())
    ).all()
    if not rows:  # before `lms init` made the one row
        return Progress(Facts(False, False, 0, 0, 0, 0, NEEDED_ROLES, 0), {})
    _, is_demo, name, programmes, agents_there, teams, without, enrolments, *held = rows[0]
    facts = Facts(
        is_demo=is_demo,
        is_named=name != DEFAULT_NAME,
        programmes=programmes,
        agents=agents_there,
        teams=teams,
        without_team=without,
        lacking=[role for role, there in zip(NEEDED_ROLES, held, strict=True) if not there],
        enrolments=enrolments,
    )
    return Progress(facts, {row[0].item: row[0] for row in rows if row[0] is not None})


def _holds(role: str) -> ColumnElement[bool]:
    return and_(
        RoleAssignment.role == role,
        RoleAssignment.person_id == Person.id,
        Person.left_on.is_(None),
    )


def _count(column: object, where: ColumnElement[bool] | None = None) -> ScalarSelect[int]:
    counted = select(func.count(column))  # type: ignore[arg-type]
    return (counted if where is None else counted.where(where)).scalar_subquery()
