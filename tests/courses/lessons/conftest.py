"""A course whose first lesson shows files; they lie beside it in the programme's folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.clock import SettableClock
from lms.courses.models import Enrolment
from tests.conftest import Auth, People
from tests.courses.conftest import Documents, School, lesson
from tests.uploads import samples

FILES = {
    "plan.png": samples.png(4, 3), "rules.pdf": samples.PDF,
    "film.mp4": samples.mp4(60_000), "talk.m4a": samples.mp4(20_000, brand=b"M4A "),
}  # fmt: skip


@dataclass
class Shelf:
    """Writes a programme with media and loads it."""

    documents: Documents

    @property
    def folder(self) -> Path:
        return self.documents.folder / "films"

    def load(self, text: str, files: dict[str, bytes] = FILES, **fields: Any) -> int:
        first = {**lesson("first"), **fields}
        self.documents.programme(
            "films", [[first, lesson("after")]], kind="topic", grants_clearance=False
        )
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        for language in ("zh", "en"):
            (self.folder / f"first.{language}.md").write_text(text, "utf-8")
        return self.documents.load()


@pytest.fixture
def shelf(app: Flask, documents: Documents) -> Shelf:
    return Shelf(documents)


@dataclass
class Viewing:
    """Somebody in the lesson; `url` is its page."""

    school: School
    enrolment: Enrolment
    client: FlaskClient
    url: str

    def played(self, at: float, name: str = "film.mp4") -> dict[str, Any]:
        answer = self.client.post(f"{self.url}/played", data={"name": name, "at": int(at * 1000)})
        assert answer.status_code == 200
        found: dict[str, Any] = answer.get_json()
        return found

    def page(self) -> str:
        return self.client.get(self.url).get_data(as_text=True)

    def answer(self) -> int:
        return self.client.post(self.url, data={"answer": "2"}).status_code

    def state(self) -> str:
        return str(self.school.states(self.enrolment)[0])


@dataclass
class Cinema:
    shelf: Shelf
    persons: People
    auth: Auth
    clock: SettableClock

    def enter(self) -> Viewing:
        school, person = School(self.clock), self.persons.add()
        enrolment = school.enrol(person, "films")
        step = school.standing(enrolment).steps[0].step.id
        return Viewing(school, enrolment, self.auth.login(person), f"/learn/{enrolment.id}/{step}")


@pytest.fixture
def cinema(shelf: Shelf, persons: People, auth: Auth, clock: SettableClock) -> Cinema:
    return Cinema(shelf, persons, auth, clock)
