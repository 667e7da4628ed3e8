"""Skill gaps: who falls below the line, who may see it, and one confirmed assignment."""

import pytest
from sqlalchemy import func, select, true

from lms.audit import Actor
from lms.cases import runs, scoring
from lms.cases.models import Drill
from lms.clock import SettableClock
from lms.courses import gaps
from lms.courses.models import Enrolment, Programme
from lms.db import db
from lms.people import notices
from lms.people.models import Person
from tests.cases.kit import drill as make_drill
from tests.conftest import Auth, People

from .conftest import Documents, lesson


@pytest.fixture
def course(documents: Documents) -> int:
    documents.programme("calm", [[lesson("c1")]], kind="topic", grants_clearance=False)
    documents.load()
    return db.session.scalars(select(Programme.id).where(Programme.key == "calm")).one()


def rate(
    drill: Drill, person: Person, rater: Person, clock: SettableClock, level: int, weak: str
) -> None:
    """A scored run with that level in one criterion and the best in the others."""
    session, now = db.session(), clock.now()
    run = runs.start(session, drill.id, person.id, locale="en", now=now)
    runs.say(session, run.id, person.id, "hello", client_key=str(run.id), now=now)
    runs.hand_in(session, run.id, person.id, now=now)
    keys = [criterion["key"] for criterion in run.rubric.criteria]
    levels = {key: level if key == weak else 5 for key in keys}
    marks = scoring.Marks(levels, dict.fromkeys(keys, "why"), (), "")
    scoring.rate(session, run.id, marks, actor=Actor(rater.id), now=now)
    session.commit()


@pytest.fixture
def weak(app: object, persons: People, clock: SettableClock) -> list[Person]:
    """Three of a team below the line in one criterion, one of another team, one who has it."""
    drill, rater = make_drill(clock.now()), persons.add("trainer", name="考官", team="二组")
    key = drill.rubric.criteria[0]["key"]
    found = [persons.add(name=f"弱{number}") for number in range(3)]
    for person in [*found, persons.add(name="外组", team="二组")]:
        rate(drill, person, rater, clock, 1, key)
    rate(drill, persons.add(name="过线"), rater, clock, 5, key)
    return found


def names(clock: SettableClock) -> list[set[str]]:
    found = gaps.report(db.session(), true(), clock.now()).gaps
    return [{person.name for person in gap.people} for gap in found]


def test_a_gap_is_what_several_fail_and_none_has_mended(
    weak: list[Person], course: int, clock: SettableClock, persons: People
) -> None:
    assert names(clock) == [{"弱0", "弱1", "弱2", "外组"}]
    drill = db.session.scalars(select(Drill)).one()
    rate(
        drill, weak[0], persons.add("trainer"), clock, 5, drill.rubric.criteria[0]["key"]
    )  # mended since
    assert names(clock) == [{"弱1", "弱2", "外组"}]
    clock.advance(days=91)
    assert names(clock) == []


def test_a_supervisor_sees_and_assigns_for_their_team_alone(
    weak: list[Person], course: int, auth: Auth, persons: People, clock: SettableClock
) -> None:
    boss = auth.login(persons.add("supervisor"))
    page = boss.get("/progress/gaps").get_data(as_text=True)
    assert "弱0" in page and "外组" not in page and "过线" not in page and "3 people" in page
    db.session.rollback()
    code = gaps.report(db.session(), true(), clock.now()).gaps[0].found.code
    db.session.rollback()
    for _ in range(2):  # the button pressed twice
        answer = boss.post("/progress/gaps", data={"gap": code, "programme": course})
        assert answer.status_code == 303
    enrolled = select(Enrolment.person_id).where(Enrolment.programme_id == course)
    assert set(db.session.scalars(enrolled)) == {person.id for person in weak}
    assert db.session.scalar(select(func.count(Enrolment.id))) == 3
    assert "A course for you" in notices.latest(db.session(), weak[0].id)[0].text.en


def test_what_is_refused(
    weak: list[Person], course: int, auth: Auth, persons: People, clock: SettableClock
) -> None:
    code = gaps.report(db.session(), true(), clock.now()).gaps[0].found.code
    db.session.rollback()
    boss = auth.login(persons.add("supervisor"))
    for data in ({"gap": "no.such", "programme": course}, {"gap": code, "programme": 0}):
        assert boss.post("/progress/gaps", data=data).status_code == 303
    far = auth.login(persons.add("supervisor", team="二组"))
    page = far.get("/progress/gaps").get_data(as_text=True)
    assert "外组" not in page  # one person is no gap of a team
    assert "1 more concerns fewer than 3 people" in page
    db.session.rollback()
    far.post("/progress/gaps", data={"gap": code, "programme": course})
    assert db.session.scalar(select(func.count(Enrolment.id))) == 0
    agent = auth.login(weak[0])
    assert agent.get("/progress/gaps").status_code == 403
    assert agent.post("/progress/gaps", data={"gap": code}).status_code == 403
