"""A small programme with a clearing end, made through the content loader like any other."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses import queries, services
from lms.courses.content import load_programmes
from lms.courses.models import Enrolment, Programme, StepState
from lms.db import db
from lms.people.models import Person


def both(text: str) -> dict[str, str]:
    return {"zh": f"{text}中", "en": text}


def lesson(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "lesson",
        "title": both(key),
        "minutes": 5,
        "check": {
            "question": both("why"),
            "options": [both("a"), both("b"), both("c")],
            "answer": 2,
            "explanation": both("because b"),
        },
    }


def signoff(key: str) -> dict[str, Any]:
    checklist = [both("first"), both("second")]
    return {"key": key, "kind": "signoff", "title": both(key), "minutes": 5, "checklist": checklist}


@dataclass
class Documents:
    """Writes programme files and loads them."""

    folder: Path
    clock: SettableClock
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def programme(
        self, key: str, days: list[list[dict[str, Any]]], **fields: Any
    ) -> dict[str, Any]:
        modules = [
            {"key": f"day-{n}", "title": both(f"day {n}"), "opens_on_day": n, "steps": steps}
            for n, steps in enumerate(days, 1)
        ]
        document = {
            "key": key,
            "kind": "onboarding",
            "title": both(key),
            "summary": both("summary"),
            "due_days": 7,
            "grants_clearance": True,
            "modules": modules,
            **fields,
        }
        self.write(document)
        return document

    def write(self, document: dict[str, Any]) -> None:
        folder = self.folder / str(document["key"])
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "programme.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        for module in document["modules"]:
            for step in module["steps"]:
                if step["kind"] == "lesson":
                    (folder / f"{step['key']}.zh.md").write_text("**“文字”**后面", "utf-8")
                    (folder / f"{step['key']}.en.md").write_text("Some **text**", "utf-8")

    def load(self) -> int:
        changed = load_programmes(db.session(), self.folder, self.clock.now())
        db.session.commit()
        return changed


@pytest.fixture
def documents(tmp_path: Path, clock: SettableClock) -> Documents:
    return Documents(tmp_path / "programmes", clock)


@dataclass
class School:
    """Two days: two lessons, then a lesson and a sign-off."""

    clock: SettableClock

    def enrol(
        self, person: Person, key: str = "onboarding", starts: date | None = None
    ) -> Enrolment:
        programme = db.session.scalars(select(Programme).where(Programme.key == key)).one()
        enrolment = services.enrol(
            db.session(),
            person.id,
            programme.id,
            starts_on=starts or date(2026, 11, 2),
            actor=OPERATOR,
            now=self.clock.now(),
        )
        db.session.commit()
        return enrolment

    def standing(self, enrolment: Enrolment, today: date = date(2026, 11, 2)) -> Any:
        return queries.one(db.session(), enrolment.id, today)

    def states(self, enrolment: Enrolment, today: date = date(2026, 11, 2)) -> list[str]:
        return [step.state for step in self.standing(enrolment, today).steps]

    def set(self, enrolment: Enrolment, place: int, state: StepState = StepState.COMPLETED) -> None:
        step = self.standing(enrolment).steps[place].step
        services.set_step_state(db.session(), enrolment.id, step.id, state, now=self.clock.now())
        db.session.commit()

    def complete(self, enrolment: Enrolment) -> None:
        for place in range(len(self.standing(enrolment).steps)):
            self.set(enrolment, place)


@pytest.fixture
def school(app: Flask, documents: Documents, clock: SettableClock) -> School:
    documents.programme(
        "onboarding",
        [[lesson("one"), lesson("two")], [lesson("three"), signoff("four")]],
    )
    days = [[lesson("t1")], [lesson("t2")], [lesson("t3")]]
    documents.programme("temporary", days, kind="temporary", due_days=3)
    documents.load()
    return School(clock)
