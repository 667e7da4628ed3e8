"""What is open when: by the calendar of the organisation, and in order."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.courses import services
from lms.courses.models import StepState
from lms.db import db
from lms.errors import NotFound
from tests.conftest import People

from .conftest import Documents, School, lesson

DAY_1, DAY_2 = date(2026, 11, 2), date(2026, 11, 3)


def test_one_step_is_next_and_locks_say_why(school: School, persons: People) -> None:
    enrolment = school.enrol(persons.add())
    found = school.standing(enrolment)
    assert [step.state for step in found.steps] == ["next", "locked", "locked", "locked"]
    locks = [step.lock for step in found.steps]
    assert locks[1].en == "Opens after “one”"
    assert locks[1].zh == "完成「one中」后开放"
    assert locks[2].en == "Opens on Tue 3 Nov (day 2), after “two”"
    assert locks[2].zh.startswith("11月3日 星期二（第 2 天）开放")


def test_a_day_opens_at_local_midnight_not_before(
    school: School, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    school.set(enrolment, 0)
    school.set(enrolment, 1)
    third = school.standing(enrolment).steps[2].step.id
    clock.at = datetime(2026, 11, 2, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    with pytest.raises(services.Locked) as refused:
        services.open_step(db.session(), person.id, enrolment.id, third, clock.now())
    assert refused.value.reason.en == "Opens on Tue 3 Nov (day 2)"
    clock.advance(minutes=1)
    _, context = services.open_step(db.session(), person.id, enrolment.id, third, clock.now())
    assert context.kind == "lesson" and context.state is None


def test_what_waits_for_others_lets_the_day_go_on_but_not_the_next(
    school: School, persons: People
) -> None:
    enrolment = school.enrol(persons.add())
    school.set(enrolment, 0, StepState.SUBMITTED)
    assert school.states(enrolment) == ["waiting", "next", "locked", "locked"]
    school.set(enrolment, 1)
    assert school.states(enrolment, DAY_2) == ["waiting", "done", "locked", "locked"]
    school.set(enrolment, 0, StepState.FAILED)
    assert school.states(enrolment, DAY_2)[0] == "failed"
    school.set(enrolment, 0)
    assert school.states(enrolment, DAY_2) == ["done", "done", "next", "locked"]


def test_nothing_is_open_before_the_start(school: School, persons: People) -> None:
    enrolment = school.enrol(persons.add(), starts=date(2026, 11, 9))
    found = school.standing(enrolment)
    assert found.steps[0].lock.en == "Opens on Mon 9 Nov (day 1)"
    assert found.next is None and found.day == -6


def test_due_and_overdue_by_calendar_day(school: School, persons: People) -> None:
    enrolment = school.enrol(persons.add())
    assert enrolment.due_on == date(2026, 11, 8)
    assert not school.standing(enrolment, date(2026, 11, 8)).is_overdue
    assert school.standing(enrolment, date(2026, 11, 9)).is_overdue


def test_nobody_opens_the_step_of_another(
    school: School, persons: People, clock: SettableClock
) -> None:
    enrolment = school.enrol(persons.add())
    step = school.standing(enrolment).steps[0].step.id
    with pytest.raises(NotFound):
        services.open_step(db.session(), persons.add().id, enrolment.id, step, clock.now())
    with pytest.raises(NotFound):
        services.open_step(db.session(), enrolment.person_id, enrolment.id, 10**6, clock.now())


def test_a_new_version_leaves_those_under_way_alone(
    school: School, persons: People, documents: Documents, app: Flask
) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    documents.programme("onboarding", [[lesson("new")]])
    assert documents.load() == 1
    assert len(school.standing(enrolment).steps) == 4
    assert len(school.standing(school.enrol(persons.add())).steps) == 1
