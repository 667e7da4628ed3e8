"""A topic course, and leave that comes in by file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Person
from lms.results import importing
from tests.courses.conftest import Documents, School, documents, lesson, school, signoff

__all__ = ["documents", "lesson", "school", "signoff"]


@dataclass
class Courses:
    """Topic courses of two steps, made from files."""

    documents: Documents
    school: School
    clock: SettableClock

    def make(self, key: str, **fields: Any) -> None:
        steps = [lesson(f"{key}-one"), signoff(f"{key}-two")]
        fields = {"kind": "topic", "grants_clearance": False, **fields}
        self.documents.programme(key, [steps], **fields)
        self.documents.load()

    def leave(self, person: Person, first: date, last: date) -> None:
        """As HR imports it."""
        text = f"工号,开始日期,结束日期\n{person.staff_no},{first},{last}\n"
        run = importing.prepare(
            db.session(), importing.LEAVE, text.encode(), "休假.csv", actor=OPERATOR,
            now=self.clock.now(),
        )  # fmt: skip
        importing.confirm(
            db.session(), run, accept_valid=False, actor=OPERATOR, now=self.clock.now()
        )
        db.session.commit()


@pytest.fixture
def courses(app: Flask, documents: Documents, school: School, clock: SettableClock) -> Courses:
    return Courses(documents, school, clock)
