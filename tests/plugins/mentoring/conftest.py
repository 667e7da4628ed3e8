"""A hire with an onboarding of two days (the second ends in a sign-off), and people to mentor."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, Actor
from lms.clock import SettableClock
from lms.courses import services as courses
from lms.courses.models import Enrolment, Module, Programme, ProgrammeVersion, Step
from lms.db import Localized, db
from lms.people.clearance import grant_clearance
from lms.people.models import Level, Notification, Person
from lms.plugins.mentoring import pairing
from lms.plugins.mentoring.models import CheckIn, Pair
from tests.conftest import NOW, People

MONDAY = date(2026, 11, 2)


@dataclass
class Team:
    """The people of a test, and what is done with them."""

    persons: People
    clock: SettableClock

    def cleared(self, *roles: str, **fields: Any) -> Person:
        person = self.persons.add(*roles, **fields)
        grant_clearance(
            db.session(), person.id, source="history", from_day=date(2025, 2, 1),  # type: ignore[arg-type]
            actor=OPERATOR, now=self.clock.now(),
        )  # fmt: skip
        db.session.commit()
        return person

    def senior(self, **fields: Any) -> Person:
        return self.cleared(level=Level.SENIOR_AGENT, **fields)

    def hire(self, starts: date = MONDAY, **fields: Any) -> Person:
        person = self.persons.add(hired_on=starts, **fields)
        self.enrol(person, starts)
        return person

    def enrol(self, person: Person, starts: date = MONDAY, kind: str = "onboarding") -> Enrolment:
        enrolment = courses.enrol(
            db.session(), person.id, programme(kind).id, starts_on=starts, actor=OPERATOR,
            now=self.clock.now(),
        )  # fmt: skip
        db.session.commit()
        return enrolment

    def pair(self, mentee: Person, mentor: Person, reason: str = "") -> Pair:
        pair = pairing.choose(
            db.session(), mentee, mentor, reason=reason, actor=OPERATOR, now=self.clock.now()
        )
        db.session.commit()
        return pair


def programme(kind: str) -> Programme:
    """Of that kind, with a lesson on its first day and a sign-off on its second."""
    found = db.session.scalar(select(Programme).where(Programme.key == kind))
    if found is not None:
        return found
    version = ProgrammeVersion(
        programme=Programme(key=kind, kind=kind), number=1, title=Localized("一周", "A week"),
        summary=Localized(), due_days=14, grants_clearance=kind == "onboarding", content_hash="",
        created_at=NOW,
    )  # fmt: skip
    both = {"zh": "看见了", "en": "seen"}
    for number, (what, config) in enumerate(
        [("lesson", {}), ("signoff", {"checklist": [both]})], 1
    ):
        module = Module(
            version=version, key=f"d{number}", position=number, opens_on_day=number,
            title=Localized(f"第{number}天", f"Day {number}"),
        )  # fmt: skip
        db.session.add(
            Step(
                module=module, key="s", position=1, kind=what, minutes=5, config=config,
                title=Localized(what, what),
            )
        )  # fmt: skip
    db.session.commit()
    return version.programme


def days(pair: Pair) -> list[date]:
    mine = select(CheckIn.due_on).where(CheckIn.pair_id == pair.id).order_by(CheckIn.due_on)
    return list(db.session.scalars(mine))


def check_ins(pair: Pair) -> list[CheckIn]:
    mine = select(CheckIn).where(CheckIn.pair_id == pair.id).order_by(CheckIn.due_on)
    return list(db.session.scalars(mine))


def told(person: Person) -> list[str]:
    """What the person was told, oldest first."""
    mine = select(Notification).where(Notification.person_id == person.id)
    return [note.text.en for note in db.session.scalars(mine.order_by(Notification.id))]


def day(number: int) -> date:
    """Of the hire's course, the Monday being 1."""
    return MONDAY + timedelta(days=number - 1)


def by(person: Person) -> Actor:
    return Actor(person.id)


@pytest.fixture
def team(app: Flask, persons: People, clock: SettableClock) -> Team:
    return Team(persons, clock)
