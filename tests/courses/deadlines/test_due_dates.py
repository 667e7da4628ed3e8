"""Counted in working days, moved on by leave."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, true

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.courses.deadlines.pauses import pause
from lms.courses.dumping import dump_programmes
from lms.db import db
from lms.errors import DomainError
from lms.people import calendar as calendars
from tests.conftest import People

from .conftest import Courses


def november(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


def holiday(clock: SettableClock, day: date) -> None:
    who = {"actor": OPERATOR, "now": clock.now()}
    calendars.set_days(db.session(), day, day, is_working=False, name="", **who)
    db.session.commit()


def test_working_days_pass_over_weekends_and_holidays(
    courses: Courses, persons: People, clock: SettableClock
) -> None:
    courses.make("plain", due_days=5)
    courses.make("worked", due_days=5, due_in="working_days")
    holiday(clock, date(2026, 11, 4))
    one, two = persons.add(), persons.add()
    assert courses.school.enrol(one, "plain").due_on == date(2026, 11, 6)
    assert courses.school.enrol(one, "worked").due_on == date(2026, 11, 9)
    saturday = date(2026, 11, 7)
    assert courses.school.enrol(two, "worked", saturday).due_on == date(2026, 11, 13)


@pytest.mark.parametrize(
    ("fields", "spans", "due"),
    [
        ({}, [(3, 4)], 10),  # two days inside: 8 November becomes the 10th
        ({}, [(3, 4), (4, 5)], 11),  # overlapping leave: three distinct days
        ({}, [(8, 12)], 13),  # what the first day off brings in counts as well
        ({}, [(9, 12)], 8),  # outside
        ({}, [(1, 2)], 9),  # the part before the start does not count
        ({"due_days": 5, "due_in": "working_days"}, [(6, 9)], 10),  # Fri and Mon, not the weekend
    ],
)
def test_leave_moves_the_due_date_on(
    courses: Courses,
    persons: People,
    fields: dict[str, object],
    spans: list[tuple[int, int]],
    due: int,
) -> None:
    courses.make("paused", pause_on_leave=True, **fields)
    courses.make("plain")
    person = persons.add()
    paused, plain = courses.school.enrol(person, "paused"), courses.school.enrol(person, "plain")
    for span in spans:
        courses.leave(person, *november(*span))
    assert paused.due_on == date(2026, 11, due)
    assert plain.due_on == date(2026, 11, 8)
    # Leave known when the course begins counts alike, and nothing counts twice.
    db.session.delete(plain)
    later = persons.add()
    for span in spans:
        courses.leave(later, *november(*span))
    assert courses.school.enrol(later, "paused").due_on == date(2026, 11, due)
    assert pause(db.session(), true(), actor=OPERATOR, now=courses.clock.now()) == 0


def test_a_pause_is_audited_and_an_ended_course_stays(courses: Courses, persons: People) -> None:
    courses.make("paused", pause_on_leave=True)
    person, other = persons.add(), persons.add()
    enrolment, ended = (
        courses.school.enrol(person, "paused"),
        courses.school.enrol(other, "paused"),
    )
    courses.school.complete(ended)
    courses.leave(person, *november(3, 4))
    courses.leave(other, *november(3, 4))
    assert ended.due_on == date(2026, 11, 8)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "enrolment.pause")
    ).one()
    assert entry.details == {
        "enrolment_id": enrolment.id, "days": 2, "old": "2026-11-08", "new": "2026-11-10",
    }  # fmt: skip


def test_the_fields_survive_export_and_defaults_are_not_written(
    courses: Courses, tmp_path: Path
) -> None:
    courses.make("worked", due_in="working_days", pause_on_leave=True)
    courses.make("plain", due_in="calendar_days", pause_on_leave=False)
    dump_programmes(db.session(), tmp_path / "out")
    worked = (tmp_path / "out" / "worked" / "programme.yaml").read_text("utf-8")
    plain = (tmp_path / "out" / "plain" / "programme.yaml").read_text("utf-8")
    assert "due_in: working_days\npause_on_leave: true\n" in worked
    assert "due_in" not in plain and "pause" not in plain
    courses.documents.folder = tmp_path / "out"
    assert courses.documents.load() == 0
    with pytest.raises(DomainError, match="due_in: This must be one of calendar_days"):
        courses.make("wrong", due_in="weeks")
