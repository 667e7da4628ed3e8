"""One exam in a course, and people who have begun it, made through the services."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench.site import _csrf, cookie
from lms.audit import OPERATOR
from lms.courses.models import Module, Programme, ProgrammeVersion, Step
from lms.courses.services import enrol
from lms.db import Localized, db
from lms.people.models import Account, Channel, Employment, Level, Person
from lms.plugins.exams.attempts import start
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.models import Bank, Exam

OPTIONS = 4


@dataclass(frozen=True)
class Paper:
    """One person's open attempt, with what their browser would send."""

    attempt_id: int
    person_id: int
    questions: int
    cookie: str
    csrf: str


def build(app: Flask, people: int, questions: int, minutes: int = 600) -> list[Paper]:
    session, now = db.session(), datetime.now(UTC)
    _exam(questions, minutes, now)
    programme, step = _course(now)
    papers = []
    for number in range(people):
        person = _person(number, now)
        enrolment = enrol(
            session, person.id, programme.id, starts_on=now.date(), actor=OPERATOR, now=now
        )
        attempt = start(session, "bench", person.id, enrolment.id, step.id, now=now, seed=number)
        papers.append(Paper(attempt.id, person.id, questions, cookie(app, person.id), _csrf(app)))
    session.commit()
    return papers


def bank(questions: int, single: int = 2) -> dict[str, Any]:
    """As a content file has it; `single`: the right option where there is one."""
    entries = [
        {
            "key": f"q-{n}",
            "type": "multiple" if n % 3 == 0 else "single",
            "stem": {"zh": f"题目 {n}", "en": f"Question {n}"},
            "options": [{"zh": f"选项 {o}", "en": f"Option {o}"} for o in range(OPTIONS)],
            "answer": [1, 3] if n % 3 == 0 else [single],
            "explanation": {"zh": "解释", "en": "Because"},
        }
        for n in range(questions)
    ]
    return {"bank": "bench", "title": {"zh": "题库", "en": "Bank"}, "questions": entries}


def _exam(questions: int, minutes: int, now: datetime) -> None:
    load_bank(db.session(), bank(questions), "bench", now)
    bank_id = db.session.scalars(select(Bank.id).where(Bank.key == "bench")).one()
    db.session.add(
        Exam(
            key="bench", title=Localized("考试", "Exam"), bank_id=bank_id, tags=[],
            count=questions, minutes=minutes, pass_mark=60,
        )
    )  # fmt: skip
    db.session.flush()


def _course(now: datetime) -> tuple[Programme, Step]:
    some = Localized("课程", "Course")
    programme = Programme(key="bench", kind="topic")
    version = ProgrammeVersion(
        programme=programme, number=1, title=some, summary=some, due_days=7,
        grants_clearance=False, content_hash="", created_at=now,
    )  # fmt: skip
    module = Module(version=version, key="m", position=1, title=some)
    step = Step(
        module=module, key="exam", position=1, kind="exam", minutes=30, title=some,
        config={"exam": "bench"},
    )  # fmt: skip
    db.session.add_all([programme, version, module, step])
    db.session.flush()
    return programme, step


def _person(number: int, now: datetime) -> Person:
    person = Person(
        staff_no=f"X{number:04d}", name=f"考生{number}", level=Level.AGENT,
        channel=Channel.ONLINE, employment=Employment.REGULAR, hired_on=date(2025, 1, 6),
        created_at=now,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, session_version=1))
    db.session.flush()
    return person
