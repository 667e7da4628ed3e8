"""Told before and after the due date, each once; the supervisor once it is overdue."""

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses.deadlines.reminders import remind
from lms.courses.models import Enrolment
from lms.db import db
from lms.people import notices
from lms.people.models import Notification
from tests.conftest import People

from .conftest import Courses


def kinds(person_id: int) -> list[str]:
    return [note.kind for note in reversed(notices.latest(db.session(), person_id))]


def run(clock: SettableClock, times: int = 2) -> None:
    for _ in range(times):  # a second run, as a second process or a later hour has it, adds nothing
        remind(db.session(), {}, clock.now())


def test_everybody_is_told_once(courses: Courses, persons: People, clock: SettableClock) -> None:
    boss, stranger = persons.add("supervisor"), persons.add("supervisor", team="二组")
    courses.make("topic")
    person, other = persons.add(), persons.add()
    mine, theirs = courses.school.enrol(person, "topic"), courses.school.enrol(other, "topic")
    courses.school.complete(theirs)
    clock.advance(days=3)
    run(clock)
    assert kinds(person.id) == []
    clock.advance(days=1)  # 6 November, two days before
    run(clock)
    told = notices.latest(db.session(), person.id)
    assert [note.text.en for note in told] == ["“topic” is due in 2 days (Sun 8 Nov)"]
    assert [note.text.zh for note in told] == ["「topic中」还有 2 天到期（11月8日）"]
    assert told[0].url == f"/courses/{mine.id}"
    clock.advance(days=3)  # the 9th: a day late
    run(clock)
    clock.advance(days=9)
    run(clock)
    assert kinds(person.id) == ["course.due", "course.overdue"]
    assert [note.text.en for note in notices.latest(db.session(), boss.id)] == [
        f"Overdue in your team: {person.name}, “topic”"
    ]
    assert "course.due" not in kinds(other.id) and kinds(stranger.id) == []


def test_a_moved_date_is_told_anew_and_a_supervisor_hears_of_all_at_once(
    courses: Courses, persons: People, clock: SettableClock
) -> None:
    boss = persons.add("supervisor")
    courses.make("topic")
    first = courses.school.enrol(persons.add(), "topic")
    courses.school.enrol(persons.add(), "topic")
    courses.school.enrol(boss, "topic")
    clock.advance(days=7)
    run(clock)
    assert [note.text.en.rpartition(", ")[2] for note in notices.latest(db.session(), boss.id)] == [
        "and 1 more",  # of their own course they hear as its learner
        "or ask for more time",
    ]
    first.due_on = date(2026, 11, 10)
    db.session.commit()
    run(clock)
    assert kinds(first.person_id) == ["course.overdue", "course.due"]


def test_many_at_once_on_both_databases(
    both_apps: Flask, persons: People, clock: SettableClock
) -> None:
    from tests.courses.conftest import Documents, lesson

    person = persons.add()
    folder = both_apps.extensions["lms_settings"].home / "programmes"
    documents = Documents(folder, clock)
    for number in range(3):
        documents.programme(f"c{number}", [[lesson("one")]], kind="topic", grants_clearance=False)
    documents.load()
    from lms.courses import services
    from lms.courses.models import Programme

    for programme_id in db.session.scalars(select(Programme.id)).all():
        services.enrol(
            db.session(), person.id, programme_id, starts_on=date(2026, 11, 2), actor=OPERATOR,
            now=clock.now(),
        )  # fmt: skip
    db.session.commit()
    clock.advance(days=30)
    run(clock)
    assert db.session.scalar(select(func.count(Notification.id))) == 3
    assert db.session.scalar(select(func.count(Enrolment.id))) == 3
