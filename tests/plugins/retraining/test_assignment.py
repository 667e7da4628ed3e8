"""Retraining assigned, taken back and finished."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import SYSTEM, Actor
from lms.courses import services as courses
from lms.courses.models import Enrolment, EnrolmentStatus, Step, StepState
from lms.db import db
from lms.errors import Conflict
from lms.people.models import Notification
from lms.plugins.retraining import services
from lms.plugins.retraining.models import Assignment, AssignmentState


@pytest.fixture
def app(both_apps: Flask) -> Flask:
    return both_apps


@pytest.fixture
def desk(app: Flask, desk):
    return desk


def only() -> Assignment:
    return db.session.scalars(select(Assignment)).one()


def notices(person) -> list[str]:
    found = select(Notification).where(Notification.person_id == person.id)
    return [n.text.en for n in db.session.scalars(found.order_by(Notification.id))]


def start(assignment: Assignment, now, state: StepState = StepState.STARTED) -> None:
    step = db.session.scalars(select(Step)).one()
    courses.set_step_state(db.session(), assignment.enrolment_id, step.id, state, now=now)
    db.session.commit()


def test_the_lowest_is_enrolled_for_their_weakest_figure(desk, persons) -> None:
    boss = persons.add("supervisor")
    desk.run(desk.close("2026-10"))
    row = only()
    assert row.person_id == desk.lowest.id and row.figure == "frt" and row.consecutive == 1
    assert row.due_on == date(2026, 11, 16) == row.enrolment.due_on
    assert row.evidence["score"] == 7000 and row.evidence["weakest"]["more"] == 11
    assert "score 70.00, cut-off 70.00, 1st from the bottom of 12" in notices(desk.lowest)[0]
    assert desk.lowest.name in notices(boss)[0]


def test_history_enrols_nobody_but_counts(desk, persons) -> None:
    hr = persons.add("hr")
    desk.run(desk.close("2026-09"), assign=False)
    assert db.session.scalars(select(Assignment)).all() == []
    desk.run(desk.close("2026-10"))
    assert only().consecutive == 2
    assert "2nd month in a row" in notices(hr)[0]


def test_a_gap_ends_the_count(desk) -> None:
    desk.run(desk.close("2026-08"), assign=False)
    desk.run(desk.close("2026-10"))
    assert only().consecutive == 1


def test_a_revision_cancels_what_was_not_begun(desk) -> None:
    desk.run(desk.close("2026-10"))
    desk.run(desk.close("2026-10", desk.people[1:] + desk.people[:1], revision=2))
    rows = {r.person_id: r for r in db.session.scalars(select(Assignment))}
    assert rows[desk.lowest.id].state == AssignmentState.CANCELLED
    assert rows[desk.lowest.id].enrolment.status == EnrolmentStatus.CANCELLED
    assert rows[desk.next_lowest.id].state == AssignmentState.OPEN
    desk.run(desk.close("2026-10", revision=3))
    assert rows[desk.lowest.id].state == AssignmentState.OPEN
    assert rows[desk.lowest.id].enrolment.status == EnrolmentStatus.ACTIVE


def test_a_revision_leaves_what_was_begun_to_hr(desk, persons) -> None:
    hr = persons.add("hr")
    desk.run(desk.close("2026-10"))
    start(only(), desk.now)
    desk.run(desk.close("2026-10", desk.people[1:] + desk.people[:1], revision=2))
    row = db.session.scalars(select(Assignment).where(Assignment.person_id == desk.lowest.id)).one()
    assert row.state == AssignmentState.REVIEW and row.enrolment.status == EnrolmentStatus.ACTIVE
    assert "decide" in notices(hr)[-1]
    decided = services.decide(
        db.session(), row.id, go_on=False, reason="figures corrected", actor=Actor(hr.id),
        now=desk.now,
    )  # fmt: skip
    assert decided.state == AssignmentState.CANCELLED
    with pytest.raises(Conflict):
        services.decide(
            db.session(), row.id, go_on=True, reason="twice", actor=SYSTEM, now=desk.now
        )


def test_it_is_done_when_the_programme_is(desk) -> None:
    desk.run(desk.close("2026-10"))
    start(only(), desk.now, StepState.COMPLETED)
    assert only().state == AssignmentState.DONE
    desk.run(desk.close("2026-10", desk.people[1:] + desk.people[:1], revision=2))
    row = db.session.scalars(select(Assignment).where(Assignment.person_id == desk.lowest.id)).one()
    assert row.state == AssignmentState.DONE


def test_two_months_at_one_enrolment_are_cancelled_apart(desk) -> None:
    desk.run(desk.close("2026-09"))
    desk.run(desk.close("2026-10"))
    first, second = db.session.scalars(select(Assignment).order_by(Assignment.month)).all()
    assert first.enrolment_id == second.enrolment_id and second.consecutive == 2
    desk.run(desk.close("2026-09", desk.people[1:] + desk.people[:1], revision=2))
    assert first.state == AssignmentState.CANCELLED
    assert second.enrolment.status == EnrolmentStatus.ACTIVE
    assert second.consecutive == 1


def test_without_a_programme_it_is_still_listed(desk, facts) -> None:
    from lms.clock import Month

    scores = {p.id: 7000 + n for n, p in enumerate(desk.people)}
    figures = {p.id: {"csat": (4.0, 10**11 * n)} for n, p in enumerate(desk.people)}
    desk.run(facts.close(Month.parse("2026-10"), scores, figures))
    assert only().figure == "csat" and only().enrolment_id is None
    assert db.session.scalars(select(Enrolment)).all() == []
