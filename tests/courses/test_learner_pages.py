"""The learner in the browser: the day, a lesson that gates, locks that explain."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select

from lms.clock import SettableClock
from lms.courses.models import Enrolment, Step, StepProgress, StepState
from lms.db import db
from tests.clearances import clearance_on
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import Documents, School, lesson


def _step(school: School, enrolment: Enrolment, place: int) -> int:
    return int(school.standing(enrolment).steps[place].step.id)


def _url(school: School, enrolment: Enrolment, place: int) -> str:
    return f"/learn/{enrolment.id}/{_step(school, enrolment, place)}"


def _text(client: FlaskClient, url: str, code: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == code
    return response.get_data(as_text=True)


def test_day_one_shows_one_next_step_and_why_the_rest_is_locked(
    school: School, persons: People, auth: Auth
) -> None:
    person = persons.add(hired_on=date(2026, 11, 2))
    enrolment = school.enrol(person)
    page = _text(auth.login(person), "/")
    assert "Good morning, " + person.name in page and "Day 1 of 7" in page
    assert page.count("btn-wide") == 1 and _url(school, enrolment, 0) in page
    assert "Opens after “one”" in page and "Due Sun 8 Nov" in page
    chinese = _text(auth.login(person, "zh_Hans"), "/")
    assert "完成「one中」后开放" in chinese and "11月8日 周日" in chinese


def test_a_wrong_answer_explains_and_only_the_right_one_completes(
    school: School, persons: People, auth: Auth
) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    client, url = auth.login(person), _url(school, enrolment, 0)
    assert "because b" not in _text(client, url)
    assert school.states(enrolment)[0] == "next"  # opening it completes nothing
    assert client.post(url, data={"answer": "1"}).status_code == 303
    assert "Not quite" in _text(client, url) and "because b" in _text(client, url)
    assert school.states(enrolment)[:2] == ["progress", "locked"]
    client.post(url, data={"answer": "2"})
    assert school.states(enrolment)[:2] == ["done", "next"]
    page = _text(client, url)
    assert "Right answer" in page and _url(school, enrolment, 1) in page


def test_no_answer_and_nonsense_are_refused(school: School, persons: People, auth: Auth) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    client, url = auth.login(person), _url(school, enrolment, 0)
    for answer in ("", "9", "²", "-1", "x" * 5000):
        refused = client.post(url, data={"answer": answer})
        assert refused.status_code == 400
        assert "Choose an answer first." in refused.get_data(as_text=True)
    assert db.session.scalar(select(StepProgress)) is None


def test_the_right_answer_twice_is_once(school: School, persons: People, auth: Auth) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    client, url = auth.login(person), _url(school, enrolment, 0)
    for answer in ("2", "2", "1"):
        assert client.post(url, data={"answer": answer}).status_code == 303
    rows = db.session.scalars(select(StepProgress)).all()
    assert [(row.state, row.data) for row in rows] == [("completed", {"chosen": 2, "tries": 1})]


def test_a_locked_step_says_why_to_reader_and_sender(
    school: School, persons: People, auth: Auth
) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    client, url = auth.login(person), _url(school, enrolment, 2)
    assert "Opens on Tue 3 Nov (day 2), after “two”" in _text(client, url, 403)
    assert client.post(url, data={"answer": "2"}).status_code == 403
    assert db.session.scalar(select(StepProgress)) is None


def test_the_course_of_another_is_not_there(school: School, persons: People, auth: Auth) -> None:
    enrolment = school.enrol(persons.add())
    client = auth.login(persons.add())
    url = _url(school, enrolment, 0)
    assert client.get(url).status_code == 404
    assert client.post(url, data={"answer": "2"}).status_code == 404
    assert client.get(f"/courses/{enrolment.id}").status_code == 403
    assert client.get("/courses/999999").status_code == 404
    assert client.get(f"/learn/{enrolment.id}/999999").status_code == 404


def test_supervisors_see_the_courses_of_their_own_team_only(
    school: School, persons: People, auth: Auth
) -> None:
    enrolment = school.enrol(persons.add())
    boss, other = persons.add("supervisor"), persons.add("supervisor", team="二组")
    page = _text(auth.login(boss), f"/courses/{enrolment.id}")
    assert "/learn/" not in page  # they look, they do not learn for somebody
    assert auth.login(other).get(f"/courses/{enrolment.id}").status_code == 403


def test_a_step_of_an_unknown_kind_is_not_available(
    school: School, documents: Documents, persons: People, auth: Auth
) -> None:
    strange = {**lesson("odd"), "kind": "hologram", "minutes": 5}
    documents.programme("odd", [[strange]], kind="topic", grants_clearance=False)
    documents.load()
    person = persons.add()
    enrolment = school.enrol(person, "odd")
    client, url = auth.login(person), _url(school, enrolment, 0)
    assert "not available at the moment" in _text(client, url)
    assert "Not available" in _text(client, f"/courses/{enrolment.id}")
    assert client.post(url).status_code == 404


def test_finished_days_and_clearance_are_celebrated(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    client = auth.login(person)
    school.set(enrolment, 0)
    client.post(_url(school, enrolment, 1), data={"answer": "2"})
    assert "Day 1 is done!" in _text(client, _url(school, enrolment, 1))
    home = _text(client, "/")
    assert "Day 1 is done!" in home and "Opens on Tue 3 Nov." in home
    school.complete(enrolment)
    assert "You are cleared for duty!" in _text(client, "/")
    clock.advance(days=4)
    assert "You are cleared for duty!" not in _text(client, "/")


def test_clearance_that_waits_says_why_and_can_be_asked_for_again(
    school: School, persons: People, auth: Auth, clock: SettableClock
) -> None:
    person = persons.add(employment="temporary")
    school.complete(school.enrol(person, "temporary"))
    client = auth.login(person)
    assert "cleared on day 3 (04 Nov) at the earliest" in _text(client, "/")
    assert client.post("/clearance").status_code == 303
    assert clearance_on(db.session(), person.id, date(2026, 11, 4)) is None
    clock.advance(days=2)
    client.post("/clearance")
    assert clearance_on(db.session(), person.id, date(2026, 11, 4)) is not None
    assert "You are cleared for duty!" in _text(client, "/")
    assert client.post("/clearance").status_code == 400  # nothing waits any more


def test_overdue_is_said(school: School, persons: People, auth: Auth, clock: SettableClock) -> None:
    person = persons.add()
    school.enrol(person)
    clock.advance(days=7)
    page = _text(auth.login(person), "/")
    assert "Overdue since Sun 8 Nov" in page and "The due date has passed." in page


def test_my_courses_lists_what_is_and_was(school: School, persons: People, auth: Auth) -> None:
    person = persons.add()
    client = auth.login(person)
    assert "No courses yet" in _text(client, "/courses")
    school.complete(school.enrol(person))
    school.enrol(person, "temporary")
    page = _text(client, "/courses")
    assert "Completed" in page and "temporary" in page


def test_pages_of_the_learner_need_few_queries(
    school: School, documents: Documents, persons: People, auth: Auth
) -> None:
    days = [[lesson(f"d{day}s{n}") for n in range(6)] for day in range(5)]
    documents.programme("long", days)
    documents.load()
    person = persons.add()
    enrolment = school.enrol(person, "long")
    for key in ("onboarding", "temporary"):
        school.enrol(person, key)
    school.set(enrolment, 0)
    client = auth.login(person)
    for url, most in (
        ("/", 6),
        ("/courses", 4),
        (f"/courses/{enrolment.id}", 4),
        (_url(school, enrolment, 1), 3),
    ):
        client.get(url)  # the outlines are read once per process
        with statements() as seen:
            _text(client, url)
        assert len(seen) <= most, "\n".join(seen)


def test_step_data_survives_a_reload(school: School, persons: People, auth: Auth) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    step = _step(school, enrolment, 0)
    auth.login(person).post(f"/learn/{enrolment.id}/{step}", data={"answer": "3"})
    kept = db.session.scalars(select(StepProgress)).one()
    assert kept.data == {"chosen": 3, "tries": 1}
    assert kept.state == StepState.STARTED and kept.completed_at is None
    assert db.session.get_one(Step, step).kind == "lesson"
