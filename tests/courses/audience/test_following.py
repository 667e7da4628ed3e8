"""People come in as they come to fit, and leave what they have not begun."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.audit import AuditEntry
from lms.courses.audience import following
from lms.courses.audience.assigning import Actor
from lms.courses.models import Enrolment, StepState
from lms.courses.outline import outline
from lms.courses.services import set_step_state
from lms.db import db
from lms.errors import DomainError
from lms.people import notices
from lms.people.models import Person, Team
from tests.conftest import People

from .conftest import TODAY, Course

UNTIL = TODAY + timedelta(days=30)


def move(person: Person, team: str) -> None:
    found = db.session.scalars(select(Team).where(Team.name == team)).one()
    person.team_id = found.id
    db.session.commit()


def begin(person: Person, done: bool = False) -> None:
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).one()
    steps = outline(db.session(), enrolment.version_id).steps
    for step in steps if done else steps[:1]:
        state = StepState.COMPLETED if done else StepState.STARTED
        set_step_state(db.session(), enrolment.id, step.id, state, now=enrolment.created_at)
    db.session.commit()


def test_people_come_and_go(both_courses: Course, persons: People) -> None:
    course = both_courses
    stays, begun, goes = persons.add(), persons.add(), persons.add()
    comes = persons.add(team="二组")
    course.rule(teams=(stays.team_id,))
    order = course.assign(follow_until=UNTIL)
    course.run()
    assert course.enrolled() == {stays.id, begun.id, goes.id}
    begin(begun)
    move(begun, "二组")
    move(goes, "二组")
    move(comes, "一组")
    course.run(minutes=20)
    assert course.enrolled() == {stays.id, begun.id, comes.id}
    assert course.enrolled("cancelled") == {goes.id}
    assert (order.enrolled, order.withdrawn) == (4, 1)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "enrolment.leave")
    ).one()
    assert entry.subject_id == goes.id and entry.reason and entry.details["enrolment_id"]
    assert [n.kind for n in notices.latest(db.session(), goes.id)] == [
        "course.left",
        "course.assigned",
    ]
    # Nothing happens twice, and who comes back is enrolled once more.
    course.run(minutes=20)
    assert (order.enrolled, order.withdrawn) == (4, 1)
    move(goes, "一组")
    course.run(minutes=20)
    assert goes.id in course.enrolled() and order.enrolled == 5


def test_who_is_through_is_not_asked_again(both_courses: Course, persons: People) -> None:
    course = both_courses
    by_rule, by_hand = persons.add(), persons.add()
    course.rule()
    course.assign(skip_completed=False)
    course.run()
    course.assign(skip_completed=False, follow_until=UNTIL)  # finds both under way
    course.run()
    begin(by_rule, done=True)
    begin(by_hand, done=True)
    db.session.execute(update(Enrolment).values(ended_at=course.clock.now() + timedelta(hours=1)))
    db.session.commit()
    course.run(minutes=90)
    assert course.enrolled() == set() and len(course.enrolled("completed")) == 2


def test_it_follows_the_rule_as_it_is_now_until_its_day(course: Course, persons: People) -> None:
    first, second = persons.add(), persons.add(team="二组")
    course.rule(teams=(first.team_id,))
    course.assign(follow_until=UNTIL)
    course.run()
    course.rule(teams=(second.team_id,))
    course.run(minutes=20)
    assert course.enrolled() == {second.id}
    course.clock.advance(days=31)
    course.rule(teams=(first.team_id,))
    course.run()
    assert course.enrolled() == {second.id}


def test_later_comers_begin_on_the_day_they_come(course: Course, persons: People) -> None:
    course.rule()
    course.assign(follow_until=UNTIL, starts_on=TODAY)
    course.run()
    late = persons.add()
    course.run(minutes=60 * 24 * 3)
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.person_id == late.id)).one()
    assert enrolment.starts_on == TODAY + timedelta(days=3)
    assert enrolment.due_on == enrolment.starts_on + timedelta(days=6)


def test_stopping_leaves_everybody_where_they_are(course: Course, persons: People) -> None:
    person = persons.add()
    course.rule(teams=(person.team_id,))
    order = course.assign(follow_until=UNTIL)
    course.run()
    with pytest.raises(DomainError, match="followed until"):
        course.assign(follow_until=UNTIL)
    persons.add(team="二组")
    move(person, "二组")
    following.stop(db.session(), order.id, actor=Actor(None), now=course.clock.now())
    following.stop(db.session(), order.id, actor=Actor(None), now=course.clock.now())
    db.session.commit()
    course.run(minutes=20)
    assert course.enrolled() == {person.id}
    stops = select(AuditEntry).where(AuditEntry.action == "programme.unfollow")
    assert len(db.session.scalars(stops).all()) == 1
