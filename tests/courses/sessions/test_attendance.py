"""Who was there: the roster, corrections with a reason, minutes, and what it does to the step."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.courses.sessions import attendance
from lms.courses.sessions.attendance import Count
from lms.courses.sessions.models import Attendance, AttendanceState, Booking
from lms.db import db
from lms.errors import Conflict, DomainError
from tests.conftest import Auth
from tests.courses.conftest import Documents, lesson

from .conftest import AFTERNOON, Hall, session_step

PRESENT, PARTLY, ABSENT = AttendanceState


def record(
    hall: Hall,
    booked: Booking,
    state: AttendanceState,
    minutes: int | None = None,
    reason: str = "",
) -> Attendance:
    row = attendance.record(
        db.session(), booked.id, state, minutes, reason=reason, actor=OPERATOR,
        now=hall.clock.now(),
    )  # fmt: skip
    db.session.commit()
    return row


def test_presence_completes_the_step(both_halls: Hall) -> None:
    hall, ann, bob = both_halls, both_halls.learner(), both_halls.learner()
    planned = hall.plan(for_step=True)
    here, gone = hall.book(planned, ann), hall.book(planned, bob)
    with pytest.raises(DomainError, match="half an hour before"):
        record(hall, here, PRESENT)
    db.session.rollback()
    hall.at(AFTERNOON, minutes=-30)
    assert record(hall, here, PRESENT).id == record(hall, here, PRESENT).id
    record(hall, gone, ABSENT)
    assert hall.state(ann) == "completed" and hall.state(bob) == "failed"
    assert attendance.attendance_of(db.session(), [planned.id, 999]) == {
        planned.id: Count(booked=2, present=1, partly=0, absent=1, minutes=90), 999: Count(),
    }  # fmt: skip
    hall.at(AFTERNOON, hours=5)
    later = hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=6))
    assert hall.book(later, bob).state == "booked" and hall.state(bob) == "submitted"


def test_part_of_it_counts_where_the_course_says_how_many_minutes(
    hall: Hall, documents: Documents
) -> None:
    steps = [session_step(minimum_minutes=60), lesson("after")]
    documents.programme("topic", [steps], kind="topic", due_days=30, grants_clearance=False)
    documents.load()
    planned = hall.plan(for_step=True)
    people = [hall.learner() for _ in range(3)]
    places = [hall.book(planned, person) for person in people]
    hall.at(AFTERNOON)
    for place, minutes in zip(places, (59, 60, 0), strict=True):
        if minutes:
            record(hall, place, PARTLY, minutes)
        else:
            with pytest.raises(DomainError, match="between 1 and 89"):
                record(hall, place, PARTLY, minutes)
            db.session.rollback()
    assert [hall.state(person) for person in people] == ["failed", "completed", "submitted"]


def test_a_correction_afterwards_has_a_reason_and_keeps_what_was(both_halls: Hall) -> None:
    hall, ann = both_halls, both_halls.learner()
    place = hall.book(hall.plan(for_step=True), ann)
    hall.at(AFTERNOON, minutes=10)
    record(hall, place, ABSENT)
    record(hall, place, PARTLY, 80)  # came a little late: no reason needed while it lasts
    hall.at(AFTERNOON, minutes=121)
    with pytest.raises(DomainError, match="reason"):
        record(hall, place, PRESENT)
    db.session.rollback()
    record(hall, place, PRESENT, reason="Was in the other room")
    rows = db.session.scalars(select(Attendance).order_by(Attendance.id)).all()
    assert [(r.state, r.minutes, r.superseded_at is None) for r in rows] == [
        ("absent", 0, False), ("partly", 80, False), ("present", 90, True),
    ]  # fmt: skip
    logged = select(AuditEntry).where(AuditEntry.action == "attendance.correct")
    entry = db.session.scalars(logged.order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.reason == "Was in the other room"
    assert entry.details["old"] == ["partly", 80] and entry.details["new"] == ["present", 90]
    assert hall.state(ann) == "completed"


def test_a_late_yes_gives_the_next_dates_place_to_others(hall: Hall) -> None:
    ann, bob = hall.learner(), hall.learner()
    place = hall.book(hall.plan(for_step=True), ann)
    hall.at(AFTERNOON, hours=3)
    record(hall, place, ABSENT)
    nxt = hall.plan(for_step=True, starts_at=AFTERNOON.replace(day=6), capacity=1)
    hall.book(nxt, ann)
    waits = hall.book(nxt, bob)
    record(hall, place, PARTLY, 20, reason="Came for a while")
    assert hall.state(ann) == "submitted" and waits.state == "waiting"
    record(hall, place, PRESENT, reason="Was there all along")
    assert hall.state(ann) == "completed" and waits.state == "booked"


def test_checking_in(both_halls: Hall) -> None:
    hall, ann, bob, cid = both_halls, *(both_halls.learner() for _ in range(3))
    planned = hall.plan(for_step=True, capacity=2)
    hall.book(planned, ann)

    def check_in(person: object) -> None:
        attendance.check_in(db.session(), planned.id, person.id, now=hall.clock.now())  # type: ignore[attr-defined]
        db.session.commit()

    for minutes in (-31, 121):
        hall.at(AFTERNOON, minutes=minutes)
        with pytest.raises(DomainError, match="half an hour"):
            check_in(ann)
        db.session.rollback()
    hall.at(AFTERNOON, minutes=5)
    check_in(ann)
    check_in(ann)
    check_in(bob)  # came without a place, and there was one
    assert hall.state(ann) == hall.state(bob) == "completed"
    with pytest.raises(DomainError, match="All places are taken"):
        check_in(cid)
    db.session.rollback()
    count = attendance.attendance_of(db.session(), [planned.id])[planned.id]
    assert (count.booked, count.present) == (2, 2)


def test_what_the_trainer_recorded_stands(hall: Hall) -> None:
    ann = hall.learner()
    planned = hall.plan(for_step=True)
    place = hall.book(planned, ann)
    hall.at(AFTERNOON, minutes=80)
    record(hall, place, PARTLY, 10)
    with pytest.raises(Conflict, match="recorded your attendance"):
        attendance.check_in(db.session(), planned.id, ann.id, now=hall.clock.now())


def test_the_roster_page(hall: Hall, auth: Auth) -> None:
    people = [hall.learner() for _ in range(3)]
    lead = hall.persons.add()
    planned = hall.plan(for_step=True, facilitator=lead.staff_no)
    ids = [hall.book(planned, person).id for person in people]
    roster, post = f"/sessions/{planned.id}/roster", f"/sessions/{planned.id}/attendance"
    stranger = auth.login(people[0])
    assert stranger.get(roster).status_code == stranger.post(post).status_code == 403
    client = auth.login(lead)
    assert "half an hour before" in client.get(roster).text
    db.session.rollback()
    hall.at(AFTERNOON, minutes=1)
    assert client.post(post, data={"booking": ids[0], "state": "absent"}).status_code == 303
    refused = client.post(post, data={"booking": ids[1], "state": "partly", "minutes": "x"})
    assert refused.status_code == 400 and "Enter how many minutes" in refused.text
    assert client.post(post, data={"state": "present"}).status_code == 303
    assert [hall.state(person) for person in people] == ["failed", "completed", "completed"]
    page = client.get(roster).text
    assert "3 of 3 recorded" in page and "Show the code" in page
    other = hall.plan(starts_at=AFTERNOON.replace(day=9))
    assert auth.login(hall.persons.add("trainer")).post(
        f"/sessions/{other.id}/attendance", data={"booking": ids[0], "state": "present"}
    ).status_code == 404  # fmt: skip
    late = hall.learner(name="后来者")
    added = client.post(f"/sessions/{planned.id}/people", data={"staff_no": late.staff_no})
    assert added.status_code == 303 and "后来者" in client.get(roster).text
    wrong = client.post(f"/sessions/{planned.id}/people", data={"staff_no": "nobody"})
    assert wrong.status_code == 400 and "Nobody here has this staff number" in wrong.text


def test_afterwards_the_page_asks_for_a_reason(hall: Hall, auth: Auth) -> None:
    place = hall.book(planned := hall.plan(for_step=True), hall.learner())
    hall.at(AFTERNOON + timedelta(days=1))
    client, post = auth.login(hall.persons.add("trainer")), f"/sessions/{planned.id}/attendance"
    client.post(post, data={"booking": place.id, "state": "absent"})
    refused = client.post(post, data={"booking": place.id, "state": "present"})
    assert refused.status_code == 400 and "Write the reason for the correction" in refused.text
    assert "Correct" in refused.text
    data = {"booking": place.id, "state": "present", "reason": "Signed the paper list"}
    assert client.post(post, data=data).status_code == 303
    assert "Signed the paper list" in client.get(f"/sessions/{planned.id}/roster").text
