"""A topic course and people of several kinds."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from lms.audit import OPERATOR, Actor
from lms.clock import SettableClock
from lms.courses.audience import assigning, versions
from lms.courses.audience.models import ProgrammeAssignment
from lms.courses.audience.rule import Audience
from lms.courses.models import Enrolment, Programme
from lms.db import db
from lms.jobs import drain
from lms.people.models import Person
from lms.plugins.registry import all_jobs
from tests.courses.conftest import Documents, lesson

TODAY = date(2026, 11, 2)


@dataclass
class Course:
    """The topic course, its rule, and orders by it; `run` does what the server's worker does."""

    programme_id: int
    clock: SettableClock

    def rule(self, **conditions: Any) -> None:
        current = versions.in_force(db.session(), self.programme_id)
        versions.save(
            db.session(),
            self.programme_id,
            Audience(**conditions),
            base_number=current.number if current else 0,
            for_people_to_come=True,
            actor=OPERATOR,
            now=self.clock.now(),
        )
        db.session.commit()

    def assign(self, *, by: Person | None = None, **options: Any) -> ProgrammeAssignment:
        current = versions.in_force(db.session(), self.programme_id)
        defaults = {
            "base_number": current.number if current else 0,
            "starts_on": TODAY,
            "skip_completed": True,
        }
        order = assigning.assign(
            db.session(),
            self.programme_id,
            actor=Actor(by.id) if by else OPERATOR,
            now=self.clock.now(),
            **(defaults | options),
        )
        db.session.commit()
        return order

    def run(self, minutes: int = 0) -> None:
        self.clock.advance(minutes=minutes)
        drain(all_jobs(), self.clock.now())

    def enrolled(self, status: str = "active") -> set[int]:
        wanted = select(Enrolment.person_id).where(
            Enrolment.programme_id == self.programme_id, Enrolment.status == status
        )
        return set(db.session.scalars(wanted))


def make_course(documents: Documents, clock: SettableClock, **fields: Any) -> Course:
    documents.programme(
        "peak", [[lesson("one"), lesson("two")]], kind="topic", grants_clearance=False, **fields
    )
    documents.load()
    found = db.session.scalars(select(Programme.id).where(Programme.key == "peak")).one()
    return Course(found, clock)


@pytest.fixture
def course(app: object, documents: Documents, clock: SettableClock) -> Course:
    return make_course(documents, clock)


@pytest.fixture
def both_courses(both_apps: object, documents: Documents, clock: SettableClock) -> Course:
    """The same on each of the two databases."""
    return make_course(documents, clock)
