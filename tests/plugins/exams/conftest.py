"""A programme with one exam step, an exam over ten invented questions, and a learner in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses import services as courses
from lms.courses.models import Enrolment, Module, Programme, ProgrammeVersion, Step
from lms.db import Localized, db
from lms.people.models import Person
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.models import Attempt, Bank, Exam, QuestionVersion, Response
from tests.conftest import NOW, Auth, People

COUNT, MINUTES = 6, 30


def question(number: int, **changes: object) -> dict[str, object]:
    """1-6 single (right: the second), 7-8 multiple (first and third), 9-10 false."""
    kind = "single" if number <= 6 else "multiple" if number <= 8 else "true_false"
    options = [{"zh": f"选项{number}{c}", "en": f"Option {number}{c}"} for c in "abcd"]
    return {
        "key": f"q-{number}",
        "type": kind,
        "difficulty": 1 + number % 3,
        "tags": ["even" if number % 2 == 0 else "odd"],
        "stem": {"zh": f"题目{number}是什么", "en": f"Stem {number}"},
        **({"options": options} if kind != "true_false" else {}),
        "answer": {"single": [2], "multiple": [1, 3], "true_false": [False]}[kind],
        "explanation": {"zh": f"解释{number}", "en": f"Because {number}"},
        **changes,
    }


@dataclass
class World:
    app: Flask
    clock: SettableClock
    persons: People
    exam: Exam
    programme: Programme
    step: Step
    learner: Person

    def client(self, person: Person | None = None, locale: str = "en") -> FlaskClient:
        return Auth(self.app).login(person or self.learner, locale)

    def enrol(self, person: Person) -> Enrolment:
        found = courses.enrol(
            db.session(),
            person.id,
            self.programme.id,
            starts_on=date(2026, 11, 2),
            actor=OPERATOR,
            now=self.clock.now(),
        )
        db.session.commit()
        return found

    def step_url(self, person: Person | None = None) -> str:
        enrolment = self.enrol(person or self.learner)
        return f"/learn/{enrolment.id}/{self.step.id}"

    def start(self, client: FlaskClient, person: Person | None = None) -> Attempt:
        answer = client.post(self.step_url(person))
        assert answer.status_code == 303, answer.text
        return db.session.get_one(Attempt, int(answer.location.rsplit("/", 1)[1]))

    def shown(self, attempt: Attempt, position: int, right: bool = True) -> list[int]:
        """What to tick at this position, as numbered on the page."""
        response, key = db.session.execute(
            select(Response, QuestionVersion.answer)
            .join(QuestionVersion, QuestionVersion.id == Response.version_id)
            .where(Response.attempt_id == attempt.id, Response.position == position)
        ).one()
        wanted = key if right else [next(n for n in response.option_order if n not in key)]
        return [response.option_order.index(n) for n in wanted]

    def give(
        self, client: FlaskClient, attempt: Attempt, position: int, chosen: list[int], seq: int
    ) -> object:
        db.session.rollback()
        return client.post(
            f"/exams/attempts/{attempt.id}/answers",
            data={f"s{position}": seq, f"a{position}": [str(c) for c in chosen]},
            headers={"X-Requested-With": "fetch", "HX-Request": "true"},
        )

    def answer_all(self, client: FlaskClient, attempt: Attempt, right: int) -> None:
        for position in range(1, COUNT + 1):
            chosen = self.shown(attempt, position, right=position <= right)
            assert self.give(client, attempt, position, chosen, 100).status_code == 200

    def stored(self, attempt: Attempt, position: int) -> Response:
        db.session.rollback()
        return db.session.get_one(Response, (attempt.id, position), populate_existing=True)

    def again(self, attempt: Attempt) -> Attempt:
        db.session.rollback()
        return db.session.get_one(Attempt, attempt.id, populate_existing=True)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile, less those that read which plugins are on (twice a second)."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "INSERT")) and "plugin_state" not in statement:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def programme_with_exam(kind: str, key: str, steps: int = 1) -> tuple[Programme, list[Step]]:
    programme = Programme(key=key, kind=kind)
    version = ProgrammeVersion(
        programme=programme,
        number=1,
        title=Localized("大促专题", "Peak topic"),
        summary=Localized(),
        due_days=7,
        grants_clearance=False,
        content_hash="",
        created_at=NOW,
    )
    module = Module(version=version, key="m", position=1, title=Localized("一", "One"))
    made = [
        Step(
            module=module,
            key=f"exam-{n}",
            position=n,
            kind="exam",
            minutes=30,
            title=Localized("理论考试", "Theory exam"),
            config={"exam": "theory"},
        )
        for n in range(1, steps + 1)
    ]
    db.session.add_all([programme, version, module, *made])
    db.session.commit()
    return programme, made


@pytest.fixture
def make_world(clock: SettableClock, persons: People) -> Callable[[Flask], World]:
    def make(app: Flask) -> World:
        document = {
            "bank": "handbook",
            "title": {"zh": "手册", "en": "Handbook"},
            "questions": [question(n) for n in range(1, 11)],
        }
        load_bank(db.session(), document, "handbook.yaml", NOW)
        bank = db.session.scalars(select(Bank)).one()
        exam = Exam(
            key="theory",
            title=Localized("上岗理论", "Duty theory"),
            bank_id=bank.id,
            tags=[],
            count=COUNT,
            minutes=MINUTES,
            pass_mark=80,
        )
        db.session.add(exam)
        programme, (step,) = programme_with_exam("topic", "peak")
        learner = persons.add()
        world = World(app, clock, persons, exam, programme, step, learner)
        world.enrol(learner)
        return world

    return make


@pytest.fixture
def world(app: Flask, make_world: Callable[[Flask], World]) -> World:
    return make_world(app)


@pytest.fixture
def both_worlds(both_apps: Flask, make_world: Callable[[Flask], World]) -> World:
    return make_world(both_apps)
