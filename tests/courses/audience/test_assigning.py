"""Everybody who fits is enrolled at once, all of them or nobody, once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import progress
from lms.audit import AuditEntry
from lms.clock import SettableClock
from lms.courses.audience import assigning, sets, versions
from lms.courses.audience.models import ProgrammeAssignment
from lms.courses.models import Enrolment
from lms.courses.services import enrol
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.jobs import OutboxItem
from lms.people import notices
from lms.people.models import Leave, Level
from lms.progress import Progress
from tests.conftest import People
from tests.courses.conftest import Documents

from .conftest import TODAY, Course, make_course


def test_everybody_is_enrolled_with_the_facts_of_a_single_enrolment(
    both_courses: Course, persons: People
) -> None:
    course = both_courses
    boss = persons.add("training_manager", level=Level.MANAGER)
    ann, bob, other = persons.add(), persons.add(), persons.add(team="二组")
    by_hand = persons.add()
    single = enrol(
        db.session(), by_hand.id, course.programme_id, starts_on=TODAY,
        actor=assigning.Actor(boss.id), now=course.clock.now(),
    )  # fmt: skip
    db.session.commit()
    course.rule(teams=(ann.team_id,), levels=("agent",))
    order = course.assign(by=boss, reason="peak season")
    assert order.finished_at is None and order.matched == 3 and course.enrolled() == {by_hand.id}
    course.run()
    assert course.enrolled() == {ann.id, bob.id, by_hand.id}
    assert (order.enrolled, order.already_active, order.completed_before) == (2, 1, 0)
    assert order.finished_at is not None
    one = db.session.scalars(select(Enrolment).where(Enrolment.person_id == ann.id)).one()
    assert (one.version_id, one.starts_on, one.due_on) == (single.version_id, TODAY, single.due_on)
    assert one.reason == "peak season" and not one.left_audience

    def entry(person_id: int) -> dict[str, Any]:
        found = db.session.scalars(
            select(AuditEntry).where(
                AuditEntry.action == "enrolment.add", AuditEntry.subject_id == person_id
            )
        ).one()
        told = {k: v for k, v in found.details.items() if k != "enrolment_id"}
        return {**told, "actor": found.actor_id, "via": found.via, "kind": found.subject_kind}

    assert entry(ann.id) == entry(by_hand.id)
    [told] = notices.latest(db.session(), ann.id)
    assert told.url == f"/courses/{one.id}" and "peak中" in told.text.zh and "peak" in told.text.en
    assert notices.latest(db.session(), by_hand.id) == notices.latest(db.session(), other.id) == []


def test_those_who_completed_it_are_passed_over_only_if_asked(
    both_courses: Course, persons: People
) -> None:
    course, done, new = both_courses, persons.add(), persons.add()
    enrolment = enrol(
        db.session(), done.id, course.programme_id, starts_on=TODAY,
        actor=assigning.Actor(None), now=course.clock.now(),
    )  # fmt: skip
    enrolment.status, enrolment.ended_at = "completed", course.clock.now()
    db.session.commit()
    course.rule()
    course.clock.advance(days=30)
    start = TODAY + timedelta(days=30)
    order = course.assign(starts_on=start)
    course.run()
    assert course.enrolled() == {new.id} and order.completed_before == 1
    course.assign(starts_on=start, skip_completed=False)
    course.run()
    assert course.enrolled() == {new.id, done.id}


def test_asking_twice_is_once(both_courses: Course, persons: People) -> None:
    course = both_courses
    persons.add()
    course.rule()
    assert course.assign().id == course.assign().id
    course.run()
    assert course.assign().id != 1  # done: a new order, which finds everybody enrolled
    course.run()
    assert db.session.scalar(select(func.count(Enrolment.id))) == 1
    assert [o.enrolled for o in db.session.scalars(select(ProgrammeAssignment))] == [1, 0]


def test_all_or_nobody_and_tried_again(
    both_courses: Course, persons: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = both_courses
    persons.add()
    course.rule()
    order = course.assign()
    tell = sets.tell_all

    def broken(*_args: object, **_kw: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(sets, "tell_all", broken)
    course.run()
    assert course.enrolled() == set()
    assert (
        db.session.scalars(select(AuditEntry).where(AuditEntry.action == "enrolment.add")).all()
        == []
    )
    assert order.finished_at is None and order.job.attempts == 1 and "disk" in order.job.error
    monkeypatch.setattr(sets, "tell_all", tell)
    course.run(minutes=5)
    assert len(course.enrolled()) == 1 and order.finished_at is not None


def test_an_order_given_up_can_be_put_back(
    course: Course, persons: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    persons.add()
    course.rule()
    order = course.assign()
    assigning.try_again(db.session(), order.id, now=course.clock.now())
    assert db.session.scalar(select(func.count(OutboxItem.id))) == 1  # still being tried
    order.job.attempts = 8
    db.session.commit()
    course.run()
    assert order.finished_at is None
    assigning.try_again(db.session(), order.id, now=course.clock.now())
    db.session.commit()
    course.run()
    assert order.finished_at is not None


def test_refused(course: Course, persons: People) -> None:
    with pytest.raises(DomainError, match="Save a rule first"):
        course.assign()
    course.rule(channels=("email",))
    with pytest.raises(DomainError) as nobody:
        course.assign()
    assert nobody.value.field == "follow_until"
    with pytest.raises(DomainError) as past:
        course.assign(starts_on=TODAY - timedelta(days=1))
    assert past.value.field == "starts_on"
    with pytest.raises(DomainError) as backwards:
        course.assign(follow_until=TODAY, starts_on=TODAY + timedelta(days=1))
    assert backwards.value.field == "follow_until"
    with pytest.raises(Conflict):
        course.assign(base_number=7)
    with pytest.raises(NotFound):
        versions.programme(db.session(), 999)
    assert db.session.scalars(select(ProgrammeAssignment)).all() == []


def test_a_rule_for_nobody_is_refused_unless_meant(course: Course) -> None:
    def save(**options: Any) -> None:
        versions.save(
            db.session(), course.programme_id, versions.Audience(cleared=True),
            actor=assigning.Actor(None), now=course.clock.now(), **options,
        )  # fmt: skip

    with pytest.raises(DomainError) as refused:
        save(base_number=0, for_people_to_come=False)
    assert refused.value.field == "for_people_to_come"
    save(base_number=0, for_people_to_come=True)
    with pytest.raises(Conflict):
        save(base_number=0, for_people_to_come=True)
    with pytest.raises(DomainError, match="Nothing was changed"):
        save(base_number=1, for_people_to_come=True)


def test_due_dates_are_counted_as_for_one(
    both_apps: Flask, documents: Documents, persons: People, clock: SettableClock
) -> None:
    course = make_course(documents, clock, due_in="working_days", pause_on_leave=True)
    away, here, by_hand = persons.add(), persons.add(), persons.add()
    days = {"first_day": TODAY + timedelta(days=1), "last_day": TODAY + timedelta(days=2)}
    db.session.add_all(Leave(person_id=p.id, **days) for p in (away, by_hand))
    single = enrol(
        db.session(), by_hand.id, course.programme_id, starts_on=TODAY,
        actor=assigning.Actor(None), now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    course.rule()
    course.assign()
    course.run()
    due = dict(db.session.execute(select(Enrolment.person_id, Enrolment.due_on)).all())
    assert due[away.id] == single.due_on > due[here.id] > TODAY + timedelta(days=6)
    [told] = notices.latest(db.session(), away.id)
    assert "due by" not in told.text.en


def test_batches_are_watched_and_still_all_or_nobody(
    both_courses: Course, persons: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = both_courses
    for _ in range(5):
        persons.add()
    course.rule()
    order = course.assign()
    monkeypatch.setattr(sets, "BATCH", 2)
    tell, seen, name = sets.tell_all, [], assigning.watched_as(order.id)

    def looked_at(*args: Any, **kw: Any) -> None:
        """Somebody watches while the order runs; at the third look the power fails."""
        seen.append(progress.read(name))
        tell(*args, **kw)
        if len(seen) == 3:
            raise RuntimeError("no power")

    monkeypatch.setattr(sets, "tell_all", looked_at)
    course.run()
    assert seen == [None, Progress(2, 5), Progress(4, 5)]
    assert course.enrolled() == set() and progress.read(name) is None
    course.run(minutes=5)
    assert len(course.enrolled()) == order.enrolled == 5 and progress.read(name) is None
    entries = select(func.count(AuditEntry.id)).where(AuditEntry.action == "enrolment.add")
    assert db.session.scalar(entries) == 5
