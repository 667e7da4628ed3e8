"""Asking for more time, and the answer of a supervisor or HR."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.clock import SettableClock
from lms.courses.deadlines.models import ExtensionRequest
from lms.courses.deadlines.reminders import remind
from lms.courses.models import Enrolment
from lms.db import db
from lms.people import notices
from tests.conftest import Auth, People

from .conftest import Courses

ASKED = {"wanted_on": "2026-11-15", "reason": "Two days of flu"}


def test_asked_granted_and_told(
    courses: Courses, persons: People, auth: Auth, clock: SettableClock
) -> None:
    boss, person = persons.add("supervisor"), persons.add()
    courses.make("topic", pause_on_leave=True)
    enrolment_id = courses.school.enrol(person, "topic").id
    courses.leave(person, date(2026, 11, 10), date(2026, 11, 11))
    learner = auth.login(person)
    assert "Ask for more time" in learner.get(f"/courses/{enrolment_id}").text
    url = f"/courses/{enrolment_id}/extension"
    for _ in range(2):  # a double click asks once
        assert learner.post(url, data=ASKED).status_code == 303
    db.session.rollback()
    request = db.session.scalars(select(ExtensionRequest)).one()
    [told] = notices.latest(db.session(), boss.id)
    assert told.text.en == f"{person.name} asks for “topic” to be due on 15 Nov"
    assert "Not decided yet" in learner.get(f"/courses/{enrolment_id}").text
    supervisor = auth.login(boss)
    assert "Two days of flu" in supervisor.get(told.url).text
    assert "Asks for" in supervisor.get("/exceptions?show=asked").text
    answer = supervisor.post(told.url, data={"until": "2026-11-13", "word": "Get well first"})
    assert answer.status_code == 303
    assert supervisor.post(told.url, data={"decline": "1", "word": "changed"}).status_code == 400
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get(Enrolment, enrolment_id).due_on == date(2026, 11, 13)
    assert (request.state, request.granted_on, request.decided_by) == (
        *("granted", date(2026, 11, 13)),
        boss.id,
    )
    assert [n.text.en for n in notices.latest(db.session(), person.id)] == [
        "“topic” is now due on 13 Nov"
    ]
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"extension.ask", "extension.grant"} <= actions
    assert "Get well first" in learner.get(f"/courses/{enrolment_id}").text
    db.session.rollback()
    # The leave lies inside what was granted: whoever granted it knew of it.
    courses.leave(person, date(2026, 11, 20), date(2026, 11, 20))
    assert db.session.get(Enrolment, enrolment_id).due_on == date(2026, 11, 13)


def test_declined_with_a_word_and_asked_again(
    courses: Courses, persons: People, auth: Auth, clock: SettableClock
) -> None:
    hr, person = persons.add("hr"), persons.add(team=None)
    courses.make("topic")
    enrolment = courses.school.enrol(person, "topic")
    learner, officer = auth.login(person), auth.login(hr)
    learner.post(f"/courses/{enrolment.id}/extension", data=ASKED)
    db.session.rollback()
    [told] = notices.latest(db.session(), hr.id)  # nobody supervises them
    refused = officer.post(told.url, data={"decline": "1"})
    assert refused.status_code == 400 and "Write why, in at least 5 characters." in refused.text
    assert officer.post(told.url, data={"decline": "1", "word": "Peak week"}).status_code == 303
    assert "Peak week" in learner.get(f"/courses/{enrolment.id}").text
    learner.post(f"/courses/{enrolment.id}/extension", data=ASKED)
    db.session.rollback()
    assert db.session.scalar(select(func.count(ExtensionRequest.id))) == 2
    clock.advance(days=10)
    remind(db.session(), {}, clock.now())
    assert enrolment.due_on == date(2026, 11, 8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wanted_on": "2026-11-08"}, "The new date must be after the present one and not past."),
        ({"wanted_on": "2028-01-01"}, "At most a year more."),
        ({"wanted_on": ""}, "Enter the date."),
        ({"reason": "flu"}, "Write the reason in at least 5 characters."),
    ],
)
def test_a_bad_request_is_refused_beside_its_field(
    courses: Courses, persons: People, auth: Auth, change: dict[str, str], message: str
) -> None:
    person = persons.add()
    courses.make("topic")
    enrolment = courses.school.enrol(person, "topic")
    answer = auth.login(person).post(f"/courses/{enrolment.id}/extension", data=ASKED | change)
    assert answer.status_code == 400 and message in answer.text
    db.session.rollback()
    assert db.session.scalar(select(func.count(ExtensionRequest.id))) == 0


def test_only_the_own_supervisor_and_nobody_about_themselves(
    courses: Courses, persons: People, auth: Auth
) -> None:
    boss, stranger = persons.add("supervisor"), persons.add("supervisor", team="二组")
    courses.make("topic")
    enrolment = courses.school.enrol(boss, "topic")
    own = auth.login(boss)
    own.post(f"/courses/{enrolment.id}/extension", data=ASKED)
    db.session.rollback()
    url = f"/extensions/{db.session.scalars(select(ExtensionRequest.id)).one()}"
    db.session.rollback()
    assert own.post(url, data={}).status_code == 403
    assert auth.login(stranger).post(url, data={}).status_code == 403
    assert auth.login(persons.add()).get(url).status_code == 403
    assert auth.login(stranger).get(f"/courses/{enrolment.id}/extension").status_code == 404
