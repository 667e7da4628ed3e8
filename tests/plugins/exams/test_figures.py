"""The month's figure `exam`."""

from datetime import UTC, datetime

from lms.clock import Month
from lms.db import db
from lms.plugins import hookspecs
from lms.plugins.exams.figures import training_figures
from lms.plugins.exams.models import Attempt, Exam
from lms.plugins.manager import plugins
from tests.conftest import NOW
from tests.plugins.exams.conftest import World, programme_with_exam

NOVEMBER = Month.parse("2026-11")


def sit(world: World, person: object, programme: object, step: object, exam: Exam, **at: object):
    from lms.audit import OPERATOR
    from lms.courses.services import enrol

    enrolment = enrol(
        db.session(), person.id, programme.id, starts_on=NOW.date(), actor=OPERATOR, now=NOW
    )
    number = 1 + sum(
        a.enrolment_id == enrolment.id and a.step_id == step.id for a in db.session.query(Attempt)
    )
    when = at.pop("when", datetime(2026, 11, 10, tzinfo=UTC))
    db.session.add(
        Attempt(
            exam_id=exam.id,
            person_id=person.id,
            enrolment_id=enrolment.id,
            step_id=step.id,
            number=number,
            seed=1,
            pass_mark=80,
            started_at=when,
            deadline=when,
            submitted_at=when,
            passed=False,
            **at,
        )
    )
    db.session.commit()


def test_mean_of_the_best_percentage_of_each_exam(both_worlds: World) -> None:
    world = both_worlds
    other = Exam(
        key="other",
        title=world.exam.title,
        bank_id=world.exam.bank_id,
        tags=[],
        count=3,
        minutes=5,
        pass_mark=60,
    )
    db.session.add(other)
    db.session.commit()
    second = world.persons.add()
    topic = (world.programme, world.step)
    sit(world, world.learner, *topic, world.exam, score=6667)
    sit(world, world.learner, *topic, world.exam, score=9000)
    sit(world, world.learner, *topic, other, score=7001)
    sit(world, second, *topic, world.exam, score=5000)
    found = {f.person_id: f.value for f in training_figures(db.session(), NOVEMBER, now())}
    assert found == {world.learner.id: 80.005, second.id: 50.0}


def now() -> datetime:
    return datetime(2026, 12, 2, tzinfo=UTC)


def test_onboarding_temporary_and_retraining_do_not_count(both_worlds: World) -> None:
    world = both_worlds
    for kind in ("onboarding", "temporary", "retraining"):
        programme, (step,) = programme_with_exam(kind, f"a-{kind}")
        sit(world, world.learner, programme, step, world.exam, score=1000)
    assert training_figures(db.session(), NOVEMBER, now()) == []
    track, (step,) = programme_with_exam("track", "a-track")
    sit(world, world.learner, track, step, world.exam, score=9000)
    assert [f.value for f in training_figures(db.session(), NOVEMBER, now())] == [90.0]


def test_the_month_is_the_organisations(both_worlds: World) -> None:
    """16:00 UTC is midnight in Shanghai."""
    world = both_worlds
    topic = (world.programme, world.step, world.exam)
    sit(world, world.learner, *topic, score=1000, when=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    sit(world, world.learner, *topic, score=2000, when=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    sit(world, world.learner, *topic, score=3000, when=datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    by_month = [
        [f.value for f in training_figures(db.session(), NOVEMBER.plus(n), now())]
        for n in (-1, 0, 1)
    ]
    assert by_month == [[10.0], [20.0], [30.0]]
    early = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    assert training_figures(db.session(), NOVEMBER, early) == []


def test_the_hook_hands_them_to_the_core(world: World) -> None:
    sit(world, world.learner, world.programme, world.step, world.exam, score=8000)
    decisions = plugins().decide(hookspecs.lms_training_figures, NOVEMBER, now())
    (exams,) = [d for d in decisions if d.plugin == "exams"]
    assert [(f.metric, f.value) for f in exams.value] == [("exam", 80.0)]


def test_an_exam_sat_by_itself_counts(world: World) -> None:
    when = datetime(2026, 11, 10, tzinfo=UTC)
    db.session.add(
        Attempt(
            exam_id=world.exam.id, person_id=world.learner.id, number=1, seed=1, pass_mark=80,
            started_at=when, deadline=when, submitted_at=when, passed=False, score=7000,
        )
    )  # fmt: skip
    db.session.commit()
    found = training_figures(db.session(), NOVEMBER, datetime(2026, 12, 1, tzinfo=UTC))
    assert [(f.person_id, f.value) for f in found] == [(world.learner.id, 70.0)]
