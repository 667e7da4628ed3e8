"""Places: booked, changed, given back; the last one once; the waiting list."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.courses.services import Locked, cancel_enrolment
from lms.courses.sessions import booking, places, planning
from lms.courses.sessions.models import Booking, TrainingSession
from lms.courses.sessions.sweeping import release_unused
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.people import notices
from lms.people.models import Person
from tests.conftest import Auth, People
from tests.courses.conftest import Documents, lesson

from .conftest import AFTERNOON, Hall, a_plan, session_step


def said(person: Person) -> list[str]:
    return [note.text.en for note in notices.latest(db.session(), person.id)]


def states(planned: TrainingSession) -> list[str]:
    found = select(Booking.state).where(Booking.session_id == planned.id).order_by(Booking.id)
    return list(db.session.scalars(found))


def test_booking_a_date_lets_the_learner_go_on(both_halls: Hall) -> None:
    hall, ann = both_halls, both_halls.learner()
    planned = hall.plan(for_step=True)
    first, again = hall.book(planned, ann), hall.book(planned, ann)
    assert first.id == again.id and states(planned) == ["booked"]
    assert hall.state(ann) == "submitted"
    hall.leave(planned, ann)
    hall.leave(planned, ann)
    assert states(planned) == ["cancelled"] and hall.state(ann) == "started"
    assert hall.book(planned, ann).id != first.id


def test_a_second_date_takes_the_place_of_the_first(both_halls: Hall) -> None:
    hall, ann, bob = both_halls, both_halls.learner(), both_halls.learner()
    one = hall.plan(for_step=True, capacity=1)
    two = hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=5))
    hall.book(one, ann)
    assert hall.book(one, bob).state == "waiting"
    hall.book(two, ann)
    assert states(one) == ["cancelled", "booked"] and states(two) == ["booked"]
    assert said(bob) == [
        "A place came free: you are booked for “Peak talk” (Wed 4 Nov 2026, 14:00–15:30)"
    ]
    assert hall.state(ann) == hall.state(bob) == "submitted"


def test_who_has_a_place_does_not_lose_it_to_a_full_date(hall: Hall) -> None:
    ann, bob = hall.learner(), hall.learner()
    full = hall.plan(for_step=True, capacity=1)
    other = hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=5))
    hall.book(full, ann)
    hall.book(other, bob)
    with pytest.raises(Conflict, match="stays yours"):
        hall.book(full, bob)
    db.session.rollback()
    assert states(other) == ["booked"]


def test_the_waiting_list_moves_up_in_its_order(both_halls: Hall) -> None:
    hall = both_halls
    planned = hall.plan(capacity=1)
    people = [hall.persons.add() for _ in range(4)]
    for person in people:
        hall.book(planned, person)
    assert states(planned) == ["booked", "waiting", "waiting", "waiting"]
    hall.leave(planned, people[1])
    hall.leave(planned, people[0])
    assert states(planned) == ["cancelled", "cancelled", "booked", "waiting"]
    planning.change(
        db.session(), planned.id, a_plan(capacity=2), actor=OPERATOR, now=hall.clock.now()
    )
    assert states(planned) == ["cancelled", "cancelled", "booked", "booked"]
    assert len(said(people[3])) == 1


def test_no_places_from_the_start_on(hall: Hall) -> None:
    planned, ann, bob = hall.plan(), hall.persons.add(), hall.persons.add()
    hall.book(planned, ann)
    hall.at(AFTERNOON)
    for act in (hall.book, hall.leave):
        with pytest.raises(DomainError, match="has begun"):
            act(planned, bob if act == hall.book else ann)
        db.session.rollback()


def test_whose_course_it_is_not(hall: Hall) -> None:
    planned = hall.plan(for_step=True)
    with pytest.raises(DomainError, match="not under way for you"):
        hall.book(planned, hall.persons.add())


def test_a_locked_step_cannot_be_booked(hall: Hall, documents: Documents) -> None:
    steps = [lesson("before"), session_step()]
    documents.programme("topic", [steps], kind="topic", due_days=30, grants_clearance=False)
    documents.load()
    planned = hall.plan(for_step=True)
    with pytest.raises(Locked):
        hall.book(planned, hall.learner())


def test_dates_serve_whoever_keeps_an_older_version(hall: Hall, documents: Documents) -> None:
    ann = hall.learner()
    steps = [session_step()]
    documents.programme("topic", [steps], kind="topic", due_days=31, grants_clearance=False)
    assert documents.load() == 1
    planned = hall.plan(for_step=True)
    assert hall.book(planned, ann).step_id == hall.step_id(ann)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_the_last_place_goes_to_one_of_two(
    database: str, request: pytest.FixtureRequest, clock: SettableClock, persons: People
) -> None:
    """Four people press at once, on connections of their own."""
    app: Flask = request.getfixturevalue("app" if database == "sqlite" else "postgres_app")
    hall = Hall(clock, persons)
    planned, other = hall.plan(capacity=1), hall.plan(capacity=1)
    people = [hall.persons.add().id for _ in range(4)]
    ids, now = [planned.id, other.id], clock.now()
    db.session.remove()
    gate, failures = threading.Barrier(len(people)), []

    def press(person_id: int, order: list[int]) -> None:
        with app.app_context():
            gate.wait()
            try:
                for planned_id in order:
                    booking.book(db.session(), planned_id, person_id, actor=OPERATOR, now=now)
                    db.session.commit()
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=press, args=(who, ids if n % 2 else ids[::-1]))
        for n, who in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for planned_id in ids:
        assert places.taken(db.session(), planned_id) == 1
        assert len(places.live(db.session(), planned_id)) == 4


def test_a_cancelled_session_tells_everybody_why(both_halls: Hall) -> None:
    hall, ann, bob = both_halls, both_halls.learner(), both_halls.learner()
    planned = hall.plan(for_step=True, capacity=1)
    hall.book(planned, ann)
    hall.book(planned, bob)
    now = hall.clock.now()
    with pytest.raises(DomainError, match="reason"):
        planning.cancel(db.session(), planned.id, " ", actor=OPERATOR, now=now)
    for _ in range(2):
        planning.cancel(db.session(), planned.id, "Trainer ill", actor=OPERATOR, now=now)
    db.session.commit()
    for person in (ann, bob):
        assert said(person) == [
            "“Peak talk” (Wed 4 Nov 2026, 14:00–15:30) is cancelled: Trainer ill"
        ]
        assert hall.state(person) == "started"
    with pytest.raises(DomainError, match="cancelled"):
        hall.book(planned, hall.learner())
    db.session.rollback()
    later = hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=6))
    assert hall.book(later, ann).state == "booked"


def test_only_what_concerns_those_who_come_is_told(hall: Hall) -> None:
    ann = hall.persons.add()
    planned = hall.plan(capacity=5)
    hall.book(planned, ann)
    now = hall.clock.now()

    def change(**fields: object) -> None:
        planning.change(db.session(), planned.id, a_plan(**fields), actor=OPERATOR, now=now)
        db.session.commit()

    change(capacity=5)
    assert planned.sequence == 0
    change(capacity=8)
    assert said(ann) == [] and planned.sequence == 1
    change(capacity=8, place="Room 3")
    assert said(ann) == ["“Peak talk” has changed: Wed 4 Nov 2026, 14:00–15:30 Room 3"]
    hall.book(planned, hall.persons.add())
    with pytest.raises(DomainError, match="2 people have a place already"):
        change(capacity=1)
    db.session.rollback()
    logged = select(AuditEntry.details).where(AuditEntry.action == "session.change")
    assert [entry["changed"] for entry in db.session.scalars(logged)] == [
        {"capacity": [5, 8]}, {"place": ["", "Room 3"]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_at": AFTERNOON.replace(year=2025)}, "starts_at"),
        ({"minutes": 4}, "minutes"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"capacity": 0}, "capacity"),
        ({"facilitator": "nobody"}, "facilitator"),
        ({"title": Localized()}, "title_zh"),
    ],
)
def test_plans_that_are_refused(hall: Hall, fields: dict[str, object], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        hall.plan(**fields)
    assert refused.value.field == field


def test_a_session_has_the_minutes_its_step_asks_for(hall: Hall, documents: Documents) -> None:
    steps = [session_step(minimum_minutes=60)]
    documents.programme("topic", [steps], kind="topic", due_days=30, grants_clearance=False)
    documents.load()
    with pytest.raises(DomainError, match="60 minutes at least"):
        hall.plan(for_step=True, minutes=45)
    db.session.rollback()
    assert hall.plan(for_step=True, minutes=60, title=Localized()).title.en == "class"


def test_the_link_is_for_those_with_a_place(hall: Hall, auth: Auth) -> None:
    planned = hall.plan(link="https://meet.example/1")
    ann = hall.persons.add()
    client = auth.login(ann)
    assert "meet.example" not in client.get(f"/sessions/{planned.id}").text
    client.post(f"/sessions/{planned.id}/book")
    assert "meet.example" in client.get(f"/sessions/{planned.id}").text


def test_places_of_those_who_do_not_come_any_more_go_to_others(both_halls: Hall) -> None:
    hall = both_halls
    planned = hall.plan(for_step=True, capacity=2)
    leaver, off, *waiting = (hall.learner() for _ in range(4))
    for person in (leaver, off, *waiting):
        hall.book(planned, person)
    leaver.left_on = hall.clock.now().date()
    enrolment_id, now = hall.enrolments[off.id].id, hall.clock.now()
    cancel_enrolment(db.session(), enrolment_id, reason="", actor=OPERATOR, now=now)
    db.session.commit()
    release_unused(db.session(), {}, now)
    db.session.commit()
    assert states(planned) == ["cancelled", "cancelled", "booked", "booked"]
