"""An onboarding with people cleared by it, of which a major version can be published."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import events
from lms.clock import SettableClock
from lms.courses.deltas import gates
from lms.courses.models import Enrolment, Programme
from lms.db import db
from lms.people.models import Person
from tests.clearances import clearance_on
from tests.courses.conftest import Documents, School, lesson


class Site:
    """An onboarding of which a second, major version can be published."""

    def __init__(self, documents: Documents, clock: SettableClock) -> None:
        self.documents, self.clock = documents, clock
        self.school = School(clock)
        self.document = documents.programme("onboarding", [[lesson("one"), lesson("two")]])
        documents.load()

    def cleared(self, person: Person) -> Person:
        self.school.complete(self.school.enrol(person))
        return person

    def publish(self, major: int = 2, **fields: Any) -> None:
        delta = {"steps": ["two"], "due_days": 7}
        self.documents.write(self.document | {"major": major, "delta": delta} | fields)
        self.documents.load()

    def delta_of(self, person: Person) -> Enrolment | None:
        return db.session.scalars(
            select(Enrolment)
            .join(Programme, Programme.id == Enrolment.programme_id)
            .where(Enrolment.person_id == person.id, Programme.kind == "delta")
        ).one_or_none()

    def do_delta(self, person: Person) -> None:
        enrolment = self.delta_of(person)
        assert enrolment is not None
        self.school.complete(enrolment)

    def holds(self, person: Person, day: date) -> bool:
        return clearance_on(db.session(), person.id, day) is not None

    def later(self, **span: float) -> None:
        self.clock.advance(**span)
        gates.begin(db.session(), {}, self.clock.now())


@pytest.fixture
def site(both_apps: Flask, documents: Documents, clock: SettableClock) -> Site:
    return Site(documents, clock)


@pytest.fixture
def lite(app: Flask, documents: Documents, clock: SettableClock) -> Site:
    """The same where the statements are not what is tested."""
    return Site(documents, clock)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def hear(event: events.Event) -> None:
        found.append(type(event).__name__)

    monkeypatch.setattr("lms.courses.deltas.gates.emit", hear)
    return found
