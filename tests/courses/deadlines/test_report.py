"""Overdue, stuck, failed twice, refused, asking: within one's scope, counted and exported."""

import csv
import io
from datetime import date

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.courses.deadlines import report
from lms.courses.models import StepState
from lms.courses.services import set_step_state
from lms.db import db
from lms.people.models import Employment, Person
from tests.conftest import Auth, People
from tests.counting import statements

from .conftest import Courses


@pytest.fixture
def late(courses: Courses, persons: People, clock: SettableClock) -> dict[str, Person]:
    """One person for each kind, and one of another team; read on 12 November."""
    school = courses.school
    courses.make("topic")
    names = ("overdue", "stuck", "failed", "waits", "idle", "asked", "fine")
    found = {name: persons.add(name=name) for name in names}
    found["other"] = persons.add(name="other", team="二组")
    found["refused"] = persons.add(name="refused", employment=Employment.TEMPORARY)
    clock.advance(days=-1)
    school.enrol(found["overdue"], "topic", date(2026, 10, 12))
    school.enrol(found["other"], "topic", date(2026, 10, 12))
    clock.advance(days=1)
    starts = date(2026, 11, 10)
    stuck = school.enrol(found["stuck"], "topic", starts)
    school.set(stuck, 0)
    waits = school.enrol(found["waits"], "topic", starts)
    school.set(waits, 0)
    school.set(waits, 1, StepState.SUBMITTED)
    failed = school.enrol(found["failed"], "topic", starts)
    step = school.standing(failed).steps[0].step.id
    for state in (StepState.FAILED, StepState.FAILED, StepState.STARTED, StepState.FAILED):
        set_step_state(db.session(), failed.id, step, state, now=clock.now())
    school.enrol(found["idle"], "topic", starts)
    asked = school.enrol(found["asked"], "topic", starts)
    from lms.courses.deadlines import extensions

    extensions.ask(
        db.session(), asked.id, found["asked"].id, wanted_on=date(2026, 11, 30),
        reason="sick child", today=date(2026, 11, 2), now=clock.now(),
    )  # fmt: skip
    fine = school.enrol(found["fine"], "topic", date(2026, 10, 12))
    school.complete(fine)
    refused = school.enrol(found["refused"], "temporary", date(2026, 11, 12))
    clock.advance(days=10)
    school.set(failed, 0, StepState.FAILED)
    school.complete(refused)
    db.session.commit()
    return found


def names_on(page: str, people: dict[str, Person]) -> set[str]:
    return {name for name, person in people.items() if f">{person.name}</a>" in page}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overdue", {"overdue"}),
        ("stuck", {"stuck", "failed"}),
        ("failed", {"failed"}),
        ("refused", {"refused"}),
        ("asked", {"asked"}),
    ],
)
def test_a_supervisor_sees_their_team_by_kind(
    late: dict[str, Person], persons: People, auth: Auth, kind: str, expected: set[str]
) -> None:
    client = auth.login(persons.add("supervisor"))
    page = client.get(f"/exceptions?show={kind}")
    assert names_on(page.text, late) == expected
    for count in ("1</small>", "2</small>"):
        assert count in page.text
    with statements() as seen:
        client.get(f"/exceptions?show={kind}")
    assert len(seen) <= 6


def test_the_reasons_are_named(late: dict[str, Person], persons: People, auth: Auth) -> None:
    hr = auth.login(persons.add("hr"))
    assert "“topic-one” not passed 2 times" in hr.get("/exceptions?show=failed").text
    assert "cleared on day 3" in hr.get("/exceptions?show=refused").text
    zh = auth.login(persons.add("hr"), "zh_Hans").get("/exceptions?show=refused").text
    assert "临时客服最早第 3 天" in zh


def test_hr_exports_everybody_and_an_agent_sees_nothing(
    late: dict[str, Person], persons: People, auth: Auth
) -> None:
    hr = auth.login(persons.add("hr"))
    answer = hr.get("/exceptions?format=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Staff number", "Name", "Team", "Course"]
    assert {row[1] for row in rows[1:]} == {"overdue", "other"}
    assert rows[1][4:8] == ["2026-10-12", "2026-10-18", "0", "2"]
    assert hr.get("/exceptions?show=asked&format=xlsx").data[:2] == b"PK"
    team = late["other"].team_id
    assert names_on(hr.get(f"/exceptions?team={team}").text, late) == {"other"}
    assert auth.login(late["fine"]).get("/exceptions").status_code == 403


def test_the_conditions_hold_on_both_databases(both_apps: Flask, clock: SettableClock) -> None:
    from sqlalchemy import true

    found = report.report(
        db.session(), true(), "stuck", now=clock.now(), today=date(2026, 11, 2), stuck_days=3
    )
    assert (found.rows, found.total, found.pages) == ([], 0, 1)
