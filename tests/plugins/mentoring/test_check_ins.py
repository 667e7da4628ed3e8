"""Check-ins: planned, moved, held, answered, told of when due and late."""

import pytest

from lms.courses.models import StepState
from lms.courses.outline import outline
from lms.courses.services import set_step_state
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.plugins.mentoring import checkins
from lms.plugins.mentoring.models import Pair
from lms.plugins.mentoring.upkeep import upkeep

from .conftest import Team, by, check_ins, day, days, told


@pytest.fixture
def pair(team: Team) -> Pair:
    return team.pair(team.hire(name="新人"), team.senior(name="师傅"))


def hold(team: Team, pair: Pair, number: int = 0, note: str = "good", mood: int | None = 4) -> None:
    checkins.hold(
        db.session(), check_ins(pair)[number], mood=mood, note=note, next_focus="closing",
        actor=by(pair.mentor), now=team.clock.now(),
    )  # fmt: skip


def test_the_mentor_writes_the_mentee_answers(team: Team, pair: Pair) -> None:
    first = check_ins(pair)[0]
    with pytest.raises(Conflict, match="nothing to answer"):
        checkins.reply(db.session(), first, "hi", actor=by(pair.mentee), now=team.clock.now())
    with pytest.raises(NotAllowed):
        checkins.hold(
            db.session(), first, mood=5, note="I", actor=by(pair.mentee), now=team.clock.now()
        )
    for mood, note in ((None, "x"), (6, "x"), (3, "  ")):
        with pytest.raises(DomainError):
            hold(team, pair, mood=mood, note=note)
    hold(team, pair)
    hold(team, pair)  # the button pressed twice
    with pytest.raises(Conflict, match="held already"):
        hold(team, pair, note="something else")
    assert told(pair.mentee)[-1] == "师傅 wrote about your check-in"
    for _ in range(2):
        checkins.reply(db.session(), first, "thanks", actor=by(pair.mentee), now=team.clock.now())
    with pytest.raises(Conflict, match="answered already"):
        checkins.reply(db.session(), first, "more", actor=by(pair.mentee), now=team.clock.now())
    with pytest.raises(NotAllowed):
        checkins.reply(db.session(), first, "x", actor=by(pair.mentor), now=team.clock.now())
    assert told(pair.mentor).count("新人 answered what you wrote") == 1


def test_either_moves_a_day_and_the_other_is_told(team: Team, pair: Pair) -> None:
    now = team.clock.now()
    third = check_ins(pair)[1]
    checkins.move(db.session(), third, day(4), actor=by(pair.mentee), now=now)
    assert days(pair) == [day(1), day(4), day(5), day(7)]
    assert told(pair.mentor)[-1] == "新人 moved your check-in from 04 Nov to 05 Nov"
    checkins.plan(db.session(), pair, day(10), actor=by(pair.mentor), now=now)
    assert told(pair.mentee)[-1] == "师傅 planned a check-in on 11 Nov"
    for wrong in (day(5), day(0), day(100)):
        with pytest.raises(DomainError):
            checkins.move(db.session(), third, wrong, actor=by(pair.mentor), now=now)
        db.session.refresh(third)
    with pytest.raises(NotAllowed):
        checkins.move(db.session(), third, day(6), actor=by(team.senior()), now=now)
    hold(team, pair)
    with pytest.raises(Conflict):
        checkins.move(db.session(), check_ins(pair)[0], day(6), actor=by(pair.mentor), now=now)


def test_due_and_late_are_told_once(team: Team, pair: Pair) -> None:
    boss, other = team.persons.add("supervisor"), team.persons.add("supervisor", team="二组")

    def told_at(*hours: int) -> tuple[int, int, int, int]:
        for wait in hours:
            team.clock.advance(hours=wait)
            upkeep(db.session(), {}, team.clock.now())
        everybody = (pair.mentor, pair.mentee, boss, other)
        return tuple(len(told(person)) for person in everybody)  # type: ignore[return-value]

    assert told_at(0, 1) == (2, 2, 0, 0)
    assert told(pair.mentor)[-1] == "Check-in with 新人 today"
    assert told_at(23) == (2, 2, 1, 0)
    assert told(boss) == ["The check-in of 师傅 with 新人 (02 Nov) is overdue"]
    assert told_at(1, 1) == (2, 2, 1, 0)
    hold(team, pair)
    assert told_at(24) == (3, 4, 1, 0)  # the next one, on day 3, and what was written


def test_the_last_one_after_the_course_ends_it(team: Team, pair: Pair) -> None:
    for step in outline(db.session(), pair.enrolment.version_id).steps:
        set_step_state(
            db.session(), pair.enrolment_id, step.id, StepState.COMPLETED, now=team.clock.now()
        )
    upkeep(db.session(), {}, team.clock.now())
    for number in range(4):
        assert pair.ended_at is None
        hold(team, pair, number)
    assert pair.ended_at is not None
    assert told(pair.mentee)[-1] == "Your time with 师傅 as mentor has ended"
    with pytest.raises(Conflict, match="ended"):
        checkins.plan(db.session(), pair, day(9), actor=by(pair.mentor), now=team.clock.now())
