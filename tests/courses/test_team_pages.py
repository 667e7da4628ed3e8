"""Those who look after learners: the board of hires and the sign-offs."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.clock import SettableClock
from lms.courses.models import Enrolment, StepState
from lms.db import db
from lms.people import notices
from lms.people.models import Person
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import School


@pytest.fixture
def ready(school: School, persons: People, clock: SettableClock) -> Enrolment:
    """A hire on day 2 with everything done but the sign-off."""
    enrolment = school.enrol(persons.add(name="新人甲"))
    clock.advance(days=1)
    for place in range(3):
        school.set(enrolment, place)
    return enrolment


def _sheet(school: School, enrolment: Enrolment) -> str:
    step = school.standing(enrolment, date(2026, 11, 3)).steps[3].step.id
    return f"/sign-offs/{enrolment.id}/{step}"


def _state(school: School, enrolment: Enrolment) -> str:
    return school.states(enrolment, date(2026, 11, 3))[3]


def test_asked_ticked_signed(school: School, ready: Enrolment, persons: People, auth: Auth) -> None:
    boss = persons.add("supervisor")
    hire = auth.login(_person(ready))
    url = _sheet(school, ready)
    learn = url.replace("sign-offs", "learn")
    hire.post(learn)
    hire.post(learn)
    assert _state(school, ready) == "waiting"
    assert [n.text.en for n in notices.latest(db.session(), boss.id)] == [
        "新人甲 asks you to sign “four”"
    ]
    client = auth.login(boss)
    assert url in client.get("/sign-offs").get_data(as_text=True)
    client.post(url, data={"ticked": ["0"], "note": "Slower, please."})
    assert _state(school, ready) == "progress"
    assert "Slower, please." in hire.get(learn).get_data(as_text=True)
    client.post(url, data={"ticked": ["0", "1"], "note": ""})
    client.post(url, data={"ticked": ["0", "1"], "note": ""})
    assert _state(school, ready) == "done"
    signed = select(func.count(AuditEntry.id)).where(AuditEntry.action == "step.sign")
    assert db.session.scalar(signed) == 1
    assert boss.name in hire.get(learn).get_data(as_text=True)


def _person(enrolment: Enrolment) -> Person:
    return db.session.get_one(Person, enrolment.person_id)


def test_who_may_not_sign(school: School, ready: Enrolment, persons: People, auth: Auth) -> None:
    url = _sheet(school, ready)
    everything = {"ticked": ["0", "1"]}
    for stranger in (persons.add(), persons.add("supervisor", team="二组"), persons.add("hr")):
        assert auth.login(stranger).post(url, data=everything).status_code == 403
    assert auth.login(_person(ready)).post(url, data=everything).status_code == 403
    assert _state(school, ready) == "next"


def test_nobody_signs_their_own(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    trainer = persons.add("trainer")
    enrolment = school.enrol(trainer)
    clock.advance(days=1)
    for place in range(3):
        school.set(enrolment, place)
    url = _sheet(school, enrolment)
    client = auth.login(trainer)
    assert client.post(url, data={"ticked": ["0", "1"]}).status_code in {400, 403}
    assert "your own checklist" in client.get(url).get_data(as_text=True)
    assert _state(school, enrolment) == "next"


def test_an_empty_sheet_keeps_nothing(
    school: School, ready: Enrolment, persons: People, auth: Auth
) -> None:
    client = auth.login(persons.add("trainer"))
    response = client.post(_sheet(school, ready), data={"ticked": ["77"]})
    assert response.status_code == 400
    assert "Tick what you have seen" in response.get_data(as_text=True)


def test_a_locked_checklist_cannot_be_signed(school: School, persons: People, auth: Auth) -> None:
    enrolment = school.enrol(persons.add())
    client = auth.login(persons.add("trainer"))
    response = client.post(_sheet(school, enrolment), data={"ticked": ["0", "1"]})
    assert response.status_code == 403
    assert "Opens on Tue 3 Nov" in response.get_data(as_text=True)


def test_the_board_shows_ones_own_people(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    mine, other = persons.add(name="甲组员"), persons.add(name="乙组员", team="二组")
    school.enrol(mine, starts=date(2026, 10, 20))
    school.enrol(other)
    boss = auth.login(persons.add("supervisor")).get("/progress").get_data(as_text=True)
    assert "甲组员" in boss and "乙组员" not in boss and "Overdue since" in boss
    for role in ("hr", "trainer", "training_manager", "admin"):
        page = auth.login(persons.add(role)).get("/progress").get_data(as_text=True)
        assert "甲组员" in page and "乙组员" in page
    late = auth.login(persons.add("hr")).get("/progress?show=overdue").get_data(as_text=True)
    assert "甲组员" in late and "乙组员" not in late
    assert auth.login(mine).get("/progress").status_code == 403
    assert auth.login(persons.add("quality")).get("/progress").status_code == 403


def test_stuck_is_shown(school: School, persons: People, auth: Auth, clock: SettableClock) -> None:
    enrolment = school.enrol(persons.add())
    school.set(enrolment, 0, StepState.STARTED)
    client = auth.login(persons.add("hr"))
    clock.advance(days=2)
    assert "Stuck since" not in client.get("/progress").get_data(as_text=True)
    clock.advance(hours=1)
    assert "Stuck since Mon 2 Nov" in client.get("/progress").get_data(as_text=True)


def test_the_board_needs_few_queries(school: School, persons: People, auth: Auth) -> None:
    for _ in range(30):
        school.set(school.enrol(persons.add()), 0)
    client = auth.login(persons.add("hr", level="manager"))
    for url in ("/progress", "/progress?page=2", "/sign-offs", "/"):
        client.get(url)
        with statements() as seen:
            response = client.get(url)
        assert response.status_code in {200, 403}
        assert len(seen) <= 9, "\n".join(seen)
    assert len(client.get("/progress").data) < 60_000
