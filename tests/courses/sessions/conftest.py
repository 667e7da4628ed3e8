"""A course with a session step between two lessons, and people in it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses.models import Enrolment, Programme, StepProgress
from lms.courses.outline import outline
from lms.courses.services import enrol
from lms.courses.sessions import booking, planning
from lms.courses.sessions.models import Booking, TrainingSession
from lms.courses.sessions.planning import Plan
from lms.db import Localized, db
from lms.people.models import Person
from tests.conftest import People
from tests.courses.conftest import Documents, both, lesson

# Wednesday 4 Nov 2026, 14:00 in Shanghai.
AFTERNOON = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)


def session_step(key: str = "class", **config: Any) -> dict[str, Any]:
    return {"key": key, "kind": "session", "title": both(key), "minutes": 60, **config}


def a_plan(**fields: Any) -> Plan:
    usual = {"title": Localized("旺季分享", "Peak talk"), "starts_at": AFTERNOON, "minutes": 90}
    return Plan(**{**usual, **fields})


@dataclass
class Hall:
    """Plans sessions and fills them, through the services that the pages use."""

    clock: SettableClock
    persons: People
    enrolments: dict[int, Enrolment] = field(default_factory=dict)

    def plan(self, *, for_step: bool = False, key: str = "class", **fields: Any) -> TrainingSession:
        target = None
        if for_step:
            target = next(t for t in planning.targets(db.session()) if t.step_key == key)
        now = self.clock.now()
        made = planning.plan(db.session(), a_plan(**fields), target, actor=OPERATOR, now=now)
        db.session.commit()
        return made

    def learner(self, **fields: Any) -> Person:
        """Somebody in the course, who has only the session step before them."""
        person = self.persons.add(**fields)
        programme = db.session.scalars(select(Programme).where(Programme.key == "topic")).one()
        now = self.clock.now()
        self.enrolments[person.id] = enrol(
            db.session(), person.id, programme.id, starts_on=now.date(), actor=OPERATOR, now=now
        )
        db.session.commit()
        return person

    def book(self, planned: TrainingSession, person: Person) -> Booking:
        now = self.clock.now()
        made = booking.book(db.session(), planned.id, person.id, actor=OPERATOR, now=now)
        db.session.commit()
        return made

    def leave(self, planned: TrainingSession, person: Person) -> None:
        now = self.clock.now()
        booking.leave(db.session(), planned.id, person.id, actor=OPERATOR, now=now)
        db.session.commit()

    def state(self, person: Person) -> str | None:
        """Of the session step."""
        enrolment = self.enrolments[person.id]
        found = select(StepProgress.state).where(
            StepProgress.enrolment_id == enrolment.id, StepProgress.step_id == self.step_id(person)
        )
        return db.session.scalar(found)

    def step_id(self, person: Person) -> int:
        steps = outline(db.session(), self.enrolments[person.id].version_id).steps
        return next(step.id for step in steps if step.kind == "session")

    def page(self, person: Person) -> str:
        return f"/learn/{self.enrolments[person.id].id}/{self.step_id(person)}"

    def at(self, when: datetime, **more: float) -> datetime:
        """Set the clock."""
        self.clock.at = when + timedelta(**more)
        return self.clock.at


@pytest.fixture(params=["sqlite", "postgres"])
def both_halls(
    request: pytest.FixtureRequest, clock: SettableClock, persons: People, documents: Documents
) -> Hall:
    """As `hall`, on each database."""
    request.getfixturevalue("app" if request.param == "sqlite" else "postgres_app")
    return _hall(clock, persons, documents)


@pytest.fixture
def hall(app: Flask, clock: SettableClock, persons: People, documents: Documents) -> Hall:
    return _hall(clock, persons, documents)


def _hall(clock: SettableClock, persons: People, documents: Documents) -> Hall:
    steps = [session_step(), lesson("after")]
    documents.programme("topic", [steps], kind="topic", due_days=30, grants_clearance=False)
    documents.load()
    return Hall(clock, persons)
