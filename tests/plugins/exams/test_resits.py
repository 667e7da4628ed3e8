"""Failing, extra training, and what a result does elsewhere."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.clock import Month
from lms.courses import services as courses
from lms.courses.models import Enrolment, Module, Programme, ProgrammeVersion, Step, StepProgress
from lms.db import Localized, db
from lms.people.models import Clearance, Notification
from lms.plugins.exams.figures import training_figures
from lms.plugins.exams.models import Attempt
from tests.conftest import NOW
from tests.plugins.exams.conftest import COUNT, World


def training() -> Programme:
    """A retraining aimed at exams, of one lesson."""
    programme = Programme(key="retraining-exam", kind="retraining", weak_figure="exam")
    version = ProgrammeVersion(
        programme=programme, number=1, title=Localized("考试补训", "Exam training"),
        summary=Localized(), due_days=14, grants_clearance=False, content_hash="", created_at=NOW,
    )  # fmt: skip
    module = Module(version=version, key="m", position=1, title=Localized("一", "One"))
    step = Step(
        module=module, key="read", position=1, kind="external", minutes=10,
        title=Localized("读", "Read"), config={},
    )  # fmt: skip
    db.session.add_all([programme, version, module, step])
    db.session.commit()
    return programme


def fail(world: World) -> Attempt:
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    return world.again(attempt)


def test_the_second_failure_brings_extra_training_before_the_next_resit(world: World) -> None:
    programme = training()
    supervisor = world.persons.add("supervisor")
    assert fail(world).training_id is None
    second = fail(world)
    enrolment = db.session.get_one(Enrolment, second.training_id)
    assert enrolment.programme_id == programme.id
    page = world.client().get(world.step_url()).text
    assert "Extra training comes first" in page
    assert f'href="/courses/{enrolment.id}"' in page
    told = db.session.scalars(select(Notification).where(Notification.kind == "exam.training"))
    assert {n.person_id: n.url for n in told} == {
        world.learner.id: f"/courses/{enrolment.id}",
        supervisor.id: f"/people/{world.learner.id}",
    }
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "exam.training")).one()
    step = db.session.scalars(select(Step).where(Step.key == "read")).one()
    courses.set_step_state(
        db.session(), enrolment.id, step.id, courses.StepState.COMPLETED, now=world.clock.now()
    )
    db.session.commit()
    third = fail(world)
    assert (third.number, third.training_id) == (3, None)
    assert fail(world).training_id is not None  # twice more: once again


def test_without_such_a_course_the_resit_is_open(world: World) -> None:
    fail(world)
    assert fail(world).training_id is None
    assert "Sit the resit" in world.client().get(world.step_url()).text


@pytest.mark.parametrize("kind", ["topic", "onboarding"])
def test_a_passed_resit_completes_clears_and_counts(world: World, kind: str) -> None:
    """In onboarding it clears for duty and counts in no month; in a topic course the other way."""
    world.programme.kind = kind
    version = db.session.scalars(select(ProgrammeVersion)).one()
    version.grants_clearance = kind == "onboarding"
    db.session.commit()
    first = fail(world)
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=5)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    db.session.rollback()
    assert (first.passed, world.again(attempt).passed) == (False, True)
    progress = db.session.scalars(select(StepProgress)).one()
    assert (progress.state, progress.failures, progress.score) == ("completed", 1, 8333)
    assert db.session.scalars(select(Enrolment.status)).one() == "completed"
    cleared = db.session.scalars(select(Clearance.person_id)).all()
    figures = training_figures(db.session(), Month.of(date(2026, 11, 2)), world.clock.now())
    if kind == "onboarding":
        assert (list(cleared), figures) == ([world.learner.id], [])
    else:
        assert list(cleared) == []
        (figure,) = figures
        assert (figure.person_id, figure.metric, round(figure.value, 2)) == (
            world.learner.id, "exam", 83.33,
        )  # fmt: skip
    assert COUNT == 6
