"""The organisation that is measured: 1,000 people, three months of figures, their sessions."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from lms.cli.site import prepare_site
from lms.clock import Month
from lms.courses.models import Enrolment, EnrolmentStatus, Step
from lms.courses.outline import outline
from lms.courses.services import enrol
from lms.db import db
from lms.demo import files, roster
from lms.demo.services import DEMO
from lms.people.models import Account, Person, RoleAssignment
from lms.plugins.exams import attempts
from lms.plugins.exams.models import Attempt
from lms.results import importing
from lms.results.closing import close_month

PEOPLE, SITTING = 1000, 64


@dataclass(frozen=True)
class Bench:
    """Ready-made cookies and paths; `answers` are (cookie, path) of open exam attempts."""

    hr: str
    agent: str
    hire: str
    lesson: str
    month: str
    answers: list[tuple[str, str]]
    csrf: str


def build(app: Flask) -> Bench:
    now = datetime.now(UTC)
    prepare_site()
    session = db.session()
    first = Month.of(now.date()).plus(-3)
    roster.SIZE = PEOPLE
    chance = random.Random(1)
    staff = roster.people(chance, first.plus(-12).first_day, first.plus(-1).last_day)
    for kind, content in (
        (importing.ROSTER, files.roster(staff)),
        (importing.LEAVE, files.leave(staff)),
    ):
        run = importing.prepare(session, kind, content, f"{kind}.csv", actor=DEMO, now=now)
        importing.confirm(session, run, accept_valid=False, actor=DEMO, now=now)
    for number in range(3):
        month = first.plus(number)
        content = files.kpi(staff, month, number, chance)
        run = importing.prepare(session, "kpi", content, f"{month}.csv", actor=DEMO, now=now)
        importing.confirm(session, run, accept_valid=False, actor=DEMO, now=now)
        close_month(session, month, assign=number == 2, actor=DEMO, now=now)
    people = session.scalars(select(Person).order_by(Person.id)).all()
    session.add_all(Account(person_id=p.id, session_version=1) for p in people)
    session.add(RoleAssignment(person_id=people[0].id, role="hr"))
    session.flush()
    hire = _enrolled(session, people[-1], "onboarding", now)
    sitting = [_sitting(session, person, now) for person in people[-SITTING - 1 : -1]]
    step = outline(session, hire.version_id).steps[0]
    bench = Bench(
        hr=cookie(app, people[0].id),
        agent=cookie(app, people[200].id),
        hire=cookie(app, hire.person_id),
        lesson=f"/learn/{hire.id}/{step.id}",
        month=f"/results/months/{first.plus(2)}",
        answers=[(cookie(app, a.person_id), f"/exams/attempts/{a.id}/answers") for a in sitting],
        csrf=_csrf(app),
    )
    session.commit()
    return bench


def _enrolled(session, person: Person, key: str, now: datetime) -> Enrolment:  # type: ignore[no-untyped-def]
    from lms.courses.models import Programme

    programme = session.scalars(select(Programme).where(Programme.key == key)).one()
    open_one = (
        Enrolment.person_id == person.id,
        Enrolment.programme_id == programme.id,
        Enrolment.status == EnrolmentStatus.ACTIVE,
    )
    found = session.scalar(select(Enrolment).where(*open_one))
    start = (now - timedelta(days=1)).date()
    return found or enrol(session, person.id, programme.id, starts_on=start, actor=DEMO, now=now)


def _sitting(session, person: Person, now: datetime) -> Attempt:  # type: ignore[no-untyped-def]
    enrolment = _enrolled(session, person, "retraining-exam", now)
    exam_step = next(s for s in outline(session, enrolment.version_id).steps if s.kind == "exam")
    step = session.get_one(Step, exam_step.id)
    key = step.config["exam"]
    return attempts.start(session, key, person.id, enrolment.id, step.id, now=now, seed=person.id)


_RAW = sha1(b"bench", usedforsecurity=False).hexdigest()


def cookie(app: Flask, person_id: int) -> str:
    """A session cookie as the sign-in would set it, without the third of a second it costs."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    content = {"_user_id": f"{person_id}.1", "_fresh": False, "csrf_token": _RAW, "locale": "en"}
    return "lms_session=" + serializer.dumps(content)


def _csrf(app: Flask) -> str:
    secret = app.secret_key
    assert isinstance(secret, str)
    return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(_RAW))


def answer_body(csrf: str, number: int) -> bytes:
    """The n-th answer of a person: another question and another option each time."""
    position = 1 + number % 15
    fields = {"csrf_token": csrf, f"s{position}": str(number + 1), f"a{position}": str(number % 2)}
    return urlencode(fields).encode()
