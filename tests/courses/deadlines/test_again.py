"""A second go by hand or by the date: a new row, and the first one stays."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.clock import SettableClock
from lms.courses.models import Enrolment, EnrolmentStatus, Programme
from lms.courses.recertifying import months_later, recertify
from lms.db import db
from lms.errors import DomainError
from lms.people import notices
from lms.people.models import Person
from tests.conftest import Auth, People

from .conftest import Courses


def enrolments(person: Person) -> list[Enrolment]:
    found = select(Enrolment).where(Enrolment.person_id == person.id).order_by(Enrolment.id)
    return list(db.session.scalars(found))


def programme(key: str) -> int:
    return db.session.scalars(select(Programme.id).where(Programme.key == key)).one()


def test_enrolled_again_by_hand_with_the_first_go_kept(
    courses: Courses, persons: People, auth: Auth
) -> None:
    courses.make("topic")
    person, trainer = persons.add(), auth.login(persons.add("trainer"))
    first = courses.school.enrol(person, "topic")
    courses.school.complete(first)
    first_id, programme_id = first.id, programme("topic")
    page = trainer.get(f"/courses/{first_id}").text
    again = f"/people/{person.id}/enrol?programme={programme_id}"
    assert again in page.replace("&amp;", "&")
    assert f'selected value="{programme_id}"' in trainer.get(again).text
    form = {"programme_id": programme_id, "starts_on": "2026-11-09", "reason": "for the peak"}
    answer = trainer.post(again, data=form)
    assert answer.status_code == 303
    twice = trainer.post(again, data=form)
    assert twice.status_code == 400 and "This course is under way already." in twice.text
    db.session.rollback()
    old, new = enrolments(person)
    assert (old.status, new.status) == (EnrolmentStatus.COMPLETED, EnrolmentStatus.ACTIVE)
    assert (new.starts_on, new.due_on, new.reason) == (
        *(date(2026, 11, 9), date(2026, 11, 15)),
        "for the peak",
    )
    told = notices.latest(db.session(), person.id)[0]
    assert told.text.en == "A new course, “topic”: from 09 Nov, due by 15 Nov"
    own = auth.login(person).get(f"/courses/{new.id}").text
    assert f'href="/courses/{first_id}"' in own and "Cancel this course" not in own


def test_cancelled_with_a_reason_that_the_learner_reads(
    courses: Courses, persons: People, auth: Auth
) -> None:
    courses.make("topic")
    person, hr = persons.add(), auth.login(persons.add("hr"))
    enrolment = courses.school.enrol(person, "topic")
    url = f"/courses/{enrolment.id}/cancel"
    assert hr.post(url, data={"reason": "no"}).status_code == 400
    assert hr.post(url, data={"reason": "Moved to the back office"}).status_code == 303
    assert hr.post(url, data={"reason": "Moved to the back office"}).status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert enrolments(person)[0].status == EnrolmentStatus.CANCELLED
    told = [note.text.en for note in notices.latest(db.session(), person.id)]
    assert told == ["“topic” was cancelled: Moved to the back office"]
    assert auth.login(persons.add("supervisor")).get(url).status_code == 403


@pytest.mark.parametrize("starts_on", ["2020-11-09", "2036-11-09", ""])
def test_a_start_by_a_slip_is_refused(
    courses: Courses, persons: People, auth: Auth, starts_on: str
) -> None:
    courses.make("topic")
    person, hr = persons.add(), auth.login(persons.add("hr"))
    form = {"programme_id": programme("topic"), "starts_on": starts_on}
    assert hr.post(f"/people/{person.id}/enrol", data=form).status_code == 400
    db.session.rollback()
    assert enrolments(person) == []


def test_completed_courses_come_again_ahead_of_their_date(
    courses: Courses, persons: People, clock: SettableClock, auth: Auth
) -> None:
    courses.make("yearly", recertify_every=12)
    courses.make("once")
    person, gone, cancelled = persons.add(), persons.add(), persons.add()
    for who in (person, gone, cancelled):
        courses.school.complete(courses.school.enrol(who, "yearly"))
    courses.school.complete(courses.school.enrol(person, "once"))
    gone.left_on = date(2026, 12, 1)
    dropped = courses.school.enrol(cancelled, "yearly", date(2026, 12, 1))
    dropped.status = EnrolmentStatus.CANCELLED
    db.session.commit()
    own = auth.login(person).get(f"/courses/{enrolments(person)[0].id}").text
    assert "To be renewed by Nov 2, 2027" in own
    db.session.rollback()
    clock.advance(days=365 - 31)
    recertify(db.session(), {}, clock.now())
    assert len(enrolments(person)) == 2
    clock.advance(days=1)
    for _ in range(2):
        recertify(db.session(), {}, clock.now())
    old, _, new = enrolments(person)
    assert (old.status, new.status) == (EnrolmentStatus.COMPLETED, EnrolmentStatus.ACTIVE)
    assert (new.starts_on, new.due_on) == (date(2027, 10, 3), date(2027, 11, 2))
    assert len(enrolments(gone)) == 1 and len(enrolments(cancelled)) == 2
    assert notices.latest(db.session(), person.id)[0].text.zh == (
        "「yearly中」需要复训，请在 2027-11-02 前完成"
    )


def test_the_end_of_a_month_is_the_end_of_a_shorter_one(app: Flask) -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 2), 14) == date(2028, 1, 2)


def test_how_often_is_a_number(courses: Courses) -> None:
    with pytest.raises(DomainError, match="recertify_every: This must be a whole number"):
        courses.make("wrong", recertify_every=0)
