"""A drill inside a course: begun from the step, done when it is scored and passed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, Actor
from lms.cases import runs, scoring
from lms.cases.models import DrillRun
from lms.cases.scoring import Marks
from lms.cases.steps import DrillStep
from lms.clock import SettableClock
from lms.courses import services
from lms.courses.models import Enrolment, Module, Programme, ProgrammeVersion, Step, StepProgress
from lms.db import Localized, db
from lms.errors import DomainError
from tests.cases import kit
from tests.conftest import Auth, People


def course(person_id: int, drill_key: str, clock: SettableClock) -> tuple[Enrolment, Step]:
    programme = Programme(key="course", kind="onboarding")
    db.session.add(programme)
    db.session.flush()
    version = ProgrammeVersion(
        programme_id=programme.id, number=1, title=Localized("课", "Course"), summary=Localized(),
        due_days=7, grants_clearance=False, content_hash="", created_at=clock.now(),
    )  # fmt: skip
    module = Module(version=version, key="day-1", position=1, title=Localized("一", "One"))
    step = Step(
        module=module, key="practice", position=1, kind="drill", title=Localized("练", "Practice"),
        minutes=30, config={"drill": drill_key, "pass_mark": 80},
    )  # fmt: skip
    db.session.add_all([version, module, step])
    db.session.flush()
    enrolment = services.enrol(
        db.session(), person_id, programme.id, starts_on=clock.now().date(), actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    return enrolment, step


def state(enrolment_id: int) -> tuple[str, int | None]:
    found = db.session.scalars(
        select(StepProgress).where(StepProgress.enrolment_id == enrolment_id)
    ).one()
    return found.state, found.score


def test_until_it_is_passed(app: Flask, auth: Auth, persons: People, clock: SettableClock) -> None:
    drill = kit.drill(clock.now(), key="late")
    person, trainer = persons.add(), persons.add("trainer")
    enrolment, step = course(person.id, "late", clock)
    enrolment_id, person_id, rater = enrolment.id, person.id, Actor(trainer.id)
    client = auth.login(person)
    url = f"/learn/{enrolment_id}/{step.id}"
    page = client.get(url)
    assert page.status_code == 200 and drill.title.en in page.text
    assert "SECRET" not in page.text and "in a hurry" not in page.text

    room = client.post(url).location
    assert client.post(url).location == room
    assert state(enrolment_id) == ("started", None)
    client.post(f"{room}/say", data={"text": "Hello", "client_key": "a"})
    client.post(f"{room}/hand-in")
    assert state(enrolment_id) == ("submitted", None)
    assert client.post(url).location.endswith("/result")

    def score(run_id: int, facts: int) -> None:
        clock.advance(minutes=5)
        marks = Marks({"empathy": 4, "facts": facts}, {"facts": "Ask first"})
        scoring.rate(db.session(), run_id, marks, actor=rater, now=clock.now())
        db.session.commit()

    first = db.session.scalars(select(DrillRun)).one()
    assert (first.pass_mark, first.enrolment_id) == (80, enrolment_id)
    score(first.id, 4)  # 75: enough for the rubric's pass mark, not for the step's
    assert state(enrolment_id) == ("failed", 7500)
    assert "Try again" in client.get(url).text

    again = int(client.post(url).location.rpartition("/")[2])
    assert again != first.id
    runs.say(db.session(), again, person_id, "Hi", client_key="b", now=clock.now())
    runs.hand_in(db.session(), again, person_id, now=clock.now() + timedelta(seconds=9))
    score(again, 5)
    assert state(enrolment_id) == ("completed", 8500)
    assert "Passed with 85.00" in client.get(url).text
    assert db.session.get_one(Enrolment, enrolment_id).status == "completed"


def test_a_drill_that_is_missing(
    app: Flask, auth: Auth, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    enrolment, step = course(person.id, "nowhere", clock)
    url = f"/learn/{enrolment.id}/{step.id}"
    client = auth.login(person)
    assert "not available" in client.get(url).text
    refused = client.post(url)
    assert refused.status_code == 400 and "not available" in refused.text


@pytest.mark.parametrize(
    "config", [{}, {"drill": 3, "pass_mark": 70}, {"drill": "a", "pass_mark": 0}, {"drill": "a"}]
)
def test_wrong_steps_are_refused(app: Flask, config: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        DrillStep().check_config(config)
