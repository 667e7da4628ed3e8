"""The pages: planning, a step's dates, one's own sessions."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from lms.courses.sessions.models import TrainingSession
from lms.db import db
from lms.people import notices
from lms.people.models import Organisation, Person
from lms.people.organisation import organisation
from tests.conftest import Auth
from tests.counting import statements

from .conftest import AFTERNOON, Hall

FORM = {
    "target": "open", "title_zh": "投诉分享", "title_en": "", "starts_at": "2026-11-09T14:30",
    "minutes": "45", "place": "三号会议室", "link": "", "capacity": "12", "facilitator": "",
    "guests": "王工，仓储部\nLi Na, Carrier",
}  # fmt: skip


def planned() -> TrainingSession:
    return db.session.scalars(select(TrainingSession).order_by(TrainingSession.id.desc())).first()  # type: ignore[return-value]


def test_a_trainer_plans_changes_and_cancels(hall: Hall, auth: Auth) -> None:
    client = auth.login(hall.persons.add("trainer"))
    assert "No session is planned" in client.get("/sessions/plan").text
    refused = client.post("/sessions/new", data=FORM | {"starts_at": "2026-11-01T10:00"})
    assert refused.status_code == 400
    assert "It must begin in the future" in refused.text and "三号会议室" in refused.text
    db.session.rollback()
    answer = client.post("/sessions/new", data=FORM)
    made = planned()
    assert answer.status_code == 303 and answer.location == f"/sessions/{made.id}"
    assert made.starts_at == datetime(2026, 11, 9, 6, 30, tzinfo=UTC) and made.minutes == 45
    assert made.guests == [
        {"name": "王工", "department": "仓储部"}, {"name": "Li Na", "department": "Carrier"},
    ]  # fmt: skip
    page = client.get(f"/sessions/{made.id}").text
    assert "Mon 9 Nov 2026, 14:30–15:15" in page and "王工" in page and "12 places free" in page
    edit = f"/sessions/{made.id}/edit"
    shown = client.get(edit).text
    assert "2026-11-09T14:30" in shown and "王工, 仓储部" in shown
    db.session.rollback()
    assert client.post(edit, data=FORM | {"minutes": "60"}).status_code == 303
    db.session.expire_all()
    assert made.minutes == 60 and made.sequence == 1
    for data, code in (({"reason": ""}, 400), ({"reason": "Room closed"}, 303)):
        assert client.post(f"/sessions/{made.id}/cancel", data=data).status_code == code
    assert "Room closed" in client.get(f"/sessions/{made.id}").text
    assert "投诉分享" in client.get("/sessions/plan?show=cancelled").text
    exported = client.get("/sessions/plan?show=cancelled&format=csv").text
    assert "投诉分享,2026-11-09 14:30,60,三号会议室" in exported


def test_dates_of_a_step_booked_from_its_page(hall: Hall, auth: Auth) -> None:
    ann, bob = hall.learner(), hall.learner()
    client, page = auth.login(ann), hall.page(ann)
    assert "No date yet" in client.get(page).text
    db.session.rollback()
    one = hall.plan(for_step=True, capacity=1, place="Room 3")
    two = hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=5))
    shown = client.get(page).text
    assert "1 place free" in shown and "Room 3" in shown and "Thu 5 Nov 2026" in shown
    client.post(page, data={"session": one.id})
    assert "Booked" in client.get(page).text
    other = auth.login(bob)
    assert "Join the waiting list" in other.get(hall.page(bob)).text
    other.post(hall.page(bob), data={"session": one.id})
    assert "You move up by yourself" in other.get(hall.page(bob)).text
    client.post(page, data={"session": two.id})
    assert "Give my place back" in other.get(hall.page(bob)).text
    client.post(page, data={"session": two.id, "do": "leave"})
    for nonsense in ("", "x", "999999", "9" * 40):
        assert client.post(page, data={"session": nonsense}).status_code in {400, 404}
    assert hall.state(ann) == "started" and hall.state(bob) == "submitted"


def test_the_learner_is_told_what_did_not_count(hall: Hall, auth: Auth) -> None:
    ann, trainer = hall.learner(), hall.persons.add("trainer")
    place = hall.book(one := hall.plan(for_step=True), ann)
    hall.at(AFTERNOON, hours=1)
    post = f"/sessions/{one.id}/attendance"
    data = {"booking": place.id, "state": "partly", "minutes": "20"}
    auth.login(trainer).post(post, data=data)
    page = auth.login(ann).get(hall.page(ann)).text
    assert "does not count" in page and "20 minutes are recorded. Choose another date." in page
    auth.login(trainer).post(post, data={"booking": place.id, "state": "present"})
    page = auth.login(ann).get(hall.page(ann)).text
    assert "You were there" in page and "90 minutes are counted" in page


def test_sessions_open_to_everybody(hall: Hall, auth: Auth) -> None:
    client = auth.login(hall.persons.add())
    assert "No session is coming" in client.get("/sessions").text
    db.session.rollback()
    one = hall.plan(capacity=1)
    hall.plan(for_step=True)
    shown = client.get("/sessions").text
    assert shown.count('/book"') == 1
    client.post(f"/sessions/{one.id}/book")
    shown = client.get("/sessions").text
    assert "Open to everybody" not in shown and "Booked" in shown
    other = auth.login(hall.persons.add())
    other.post(f"/sessions/{one.id}/book")
    assert "On the waiting list" in other.get("/sessions").text
    client.post(f"/sessions/{one.id}/leave")
    assert "Booked" in other.get("/sessions").text
    assert client.get("/sessions/999").status_code == 404
    assert client.post("/sessions/999/book").status_code == 404


def test_few_queries_however_many_sessions(hall: Hall, auth: Auth) -> None:
    ann, trainer = hall.learner(), hall.persons.add("trainer")
    for number in range(12):
        hall.book(hall.plan(), ann)
        hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=5 + number))
    for person, url in (
        (ann, "/sessions"), (ann, hall.page(ann)), (trainer, "/sessions/plan"),
        (trainer, f"/sessions/{planned().id}/roster"),
    ):  # fmt: skip
        client = auth.login(person)
        client.get(url)
        with statements() as seen:
            assert client.get(url).status_code == 200
        assert len(seen) <= 6, "\n".join(seen)


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-10-24T09:00", datetime(2026, 10, 24, 7, tzinfo=UTC)),  # summer
        ("2026-10-26T09:00", datetime(2026, 10, 26, 8, tzinfo=UTC)),  # winter
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # shown twice: the first
        ("2026-03-29T02:30", None),  # left out
    ],
)
def test_times_are_those_of_the_wall(
    hall: Hall, auth: Auth, typed: str, instant: datetime | None
) -> None:
    organisation(db.session())
    db.session.execute(update(Organisation).values(timezone="Europe/Berlin"))
    db.session.commit()
    from lms.people.organisation import _names

    _names.clear()
    hall.at(datetime(2026, 1, 5, tzinfo=UTC))
    client = auth.login(hall.persons.add("trainer"))
    answer = client.post("/sessions/new", data=FORM | {"starts_at": typed})
    if instant is None:
        assert answer.status_code == 400 and "there is no such time on that day" in answer.text
    else:
        assert planned().starts_at == instant
        assert typed[-5:] in client.get(f"/sessions/{planned().id}").text


def test_the_next_session_stands_on_the_start_page(hall: Hall, auth: Auth) -> None:
    ann = hall.persons.add()
    later, soon, gone = (
        hall.plan(starts_at=AFTERNOON.replace(day=day), place=f"Room {day}") for day in (9, 4, 3)
    )
    for made in (later, soon, gone):
        hall.book(made, ann)
    client = auth.login(ann)
    hall.at(AFTERNOON, minutes=10)
    page = client.get("/more").text
    assert "Your next session" in page and "Room 4" in page and "Room 9" not in page
    assert "Your next session" not in auth.login(hall.persons.add()).get("/more").text


def test_without_a_date_one_is_asked_for_once(hall: Hall, auth: Auth) -> None:
    trainer = hall.persons.add("trainer", "training_manager")
    ann, bob = hall.learner(), hall.learner()
    for person in (ann, ann, bob):
        client, page = auth.login(person), hall.page(person)
        assert client.post(page, data={"do": "ask"}).status_code in {302, 303}
        db.session.rollback()
        assert "You have asked for one" in client.get(page).text
        db.session.rollback()

    def told(person: Person) -> list[tuple[str, bool]]:
        found = notices.latest(db.session(), person.id)
        return [(n.kind, n.read_at is not None) for n in found if n.kind.startswith("session.")]

    assert told(trainer) == [("session.wanted", False)]
    planner = auth.login(trainer)
    assert "2 people wait for a date: class" in planner.get("/sessions/plan").text
    [url] = [n.url for n in notices.latest(db.session(), trainer.id) if "wanted" in n.kind]
    assert 'value="60"' in planner.get(url).text, "the form is filled from the step"
    db.session.rollback()
    hall.plan(for_step=True)
    assert told(trainer) == [("session.wanted", True)]
    assert told(ann) == told(bob) == [("session.planned", False)]
    assert notices.latest(db.session(), ann.id)[0].url == hall.page(ann)
    assert "wait for a date" not in planner.get("/sessions/plan").text
    db.session.rollback()
    refused = auth.login(ann).post(hall.page(ann), data={"do": "ask"})
    assert "There is a date now" in refused.text
