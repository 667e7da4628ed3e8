"""Who waits for a mentor, whom the proposal names, choosing, changing, ending."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, true

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month, SettableClock
from lms.courses.services import cancel_enrolment
from lms.db import Localized, db
from lms.errors import DomainError
from lms.people.models import Leave, Person
from lms.people.privacy import erase_person, export_person
from lms.plugins.mentoring import checkins, needs, proposing
from lms.plugins.mentoring.models import Pair
from lms.plugins.mentoring.upkeep import upkeep
from lms.rules.models import Proposal, RuleRun
from tests.conftest import Facts, People

from .conftest import MONDAY, Team, by, check_ins, day, days, told


def waiting(team: Team) -> list[Person]:
    today = MONDAY + (team.clock.now() - team.persons.now)
    return [need.person for need in needs.waiting(db.session(), true(), today)]


def best(team: Team, most: int = 3) -> dict[int, int]:
    found = needs.waiting(db.session(), true(), MONDAY)
    proposed = proposing.propose(db.session(), found, needs.team_ids(found), MONDAY, most)
    return {person_id: candidate.person.id for person_id, candidate in proposed.items()}


def test_a_hire_waits_until_somebody_chooses(
    both_apps: Flask, persons: People, clock: SettableClock
) -> None:
    team = Team(persons, clock)
    hire, senior = team.hire(), team.senior()
    team.hire(starts=MONDAY + timedelta(days=8))  # too far off
    assert waiting(team) == [hire]
    assert db.session.scalar(select(func.count(Pair.id))) == 0  # nobody is assigned silently
    pair = team.pair(hire, senior)
    assert waiting(team) == []
    assert days(pair) == [day(1), day(3), day(5), day(7)]
    assert told(hire) == [f"{senior.name} is your mentor. First check-in: 02 Nov"]
    assert told(senior) == [f"You are the mentor of {hire.name}. First check-in: 02 Nov"]
    assert team.pair(hire, senior).id == pair.id  # the button pressed twice
    assert len(told(senior)) == 1


def test_retraining_calls_for_one_the_second_month_in_a_row(
    both_apps: Flask, persons: People, clock: SettableClock, facts: Facts
) -> None:
    team = Team(persons, clock)
    again, once, broken = (team.cleared() for _ in range(3))
    for person in (again, once, broken):
        team.enrol(person, kind="retraining")
    selected = {"2026-10": [again, once, broken], "2026-09": [again], "2026-08": [broken]}
    for month, people in selected.items():
        run = RuleRun(
            rule="anybody.s", period=Month.parse(month), policy_number=0, ran_at=clock.now(),
            is_current=True,
        )  # fmt: skip
        db.session.add(run)
        db.session.flush()
        db.session.add_all(
            Proposal(
                run_id=run.id, person_id=p.id, action="x", reason=Localized(), evidence={},
                state="applied",
            )
            for p in people
        )  # fmt: skip
    db.session.commit()
    assert waiting(team) == [again]
    pair = team.pair(again, team.senior())
    assert (pair.purpose, days(pair)) == ("retraining", [day(8)])
    assert team.pair(once, team.senior()).purpose == "retraining"  # may be chosen all the same


def test_the_best_fit(team: Team) -> None:
    hire = team.hire()
    team.persons.add(level="senior_agent")  # not cleared
    team.senior(team="二组")
    agent = team.cleared()
    assert best(team) == {hire.id: agent.id}
    away, senior = team.senior(), team.senior()
    db.session.add(Leave(person_id=away.id, first_day=day(1), last_day=day(3)))
    db.session.commit()
    assert best(team) == {hire.id: senior.id}
    second = team.hire()
    both = best(team, most=1)  # each proposal counts for the next
    assert both == {hire.id: senior.id, second.id: agent.id}
    team.pair(hire, senior)
    shown = proposing.candidates(db.session(), second, true(), MONDAY, 3, "")
    assert [c.person.id for c in shown][:2] == [senior.id, agent.id]
    assert [c.mentees for c in shown][:2] == [1, 0]
    assert away not in [c.person for c in shown] and hire not in [c.person for c in shown]
    found = proposing.candidates(db.session(), second, true(), MONDAY, 3, agent.staff_no)
    assert [c.person for c in found] == [agent]


@pytest.mark.parametrize("who", ["self", "hire", "left"])
def test_who_cannot_be_one(team: Team, who: str) -> None:
    hire = team.hire()
    mentor = {"self": hire, "hire": team.hire(), "left": team.senior()}[who]
    if who == "left":
        mentor.left_on = MONDAY
    with pytest.raises(DomainError, match="mentor"):
        team.pair(hire, mentor)
    assert db.session.scalar(select(func.count(Pair.id))) == 0


def test_nobody_without_a_course_gets_one(team: Team) -> None:
    with pytest.raises(DomainError, match="under way"):
        team.pair(team.cleared(), team.senior())


def test_a_change_needs_a_reason_and_keeps_the_history(team: Team) -> None:
    hire, first, second = team.hire(), team.senior(), team.senior()
    old = team.pair(hire, first)
    team.clock.advance(days=3)
    with pytest.raises(DomainError, match="Say why"):
        team.pair(hire, second)
    db.session.rollback()
    new = team.pair(hire, second, "on leave")
    assert (old.end_reason, old.ended_at) == ("on leave", team.clock.now())
    assert days(new) == [day(5), day(7)]  # the days agreed on ahead
    assert "takes over" in told(first)[-1] and "Thank you" in told(first)[-1]
    assert told(hire)[-1].startswith(second.name)
    changed = select(AuditEntry.details).where(AuditEntry.action == "mentoring.pair")
    assert db.session.scalars(changed).all()[-1]["before"] == first.id


def test_the_supervisor_is_asked_once(team: Team) -> None:
    boss, other = team.persons.add("supervisor"), team.persons.add("supervisor", team="二组")
    hires = [team.hire(), team.hire()]
    for _ in range(2):
        upkeep(db.session(), {}, team.clock.now())
    assert told(boss) == [f"Choose a mentor for {hires[0].name}, {hires[1].name}"]
    assert told(other) == []


def test_it_ends_with_the_course_or_with_one_of_the_two(team: Team) -> None:
    leaving, cancelled, going_on = (team.hire() for _ in range(3))
    senior = team.senior()
    pairs = [team.pair(hire, senior) for hire in (leaving, cancelled, going_on)]
    leaving.left_on = MONDAY
    cancel_enrolment(
        db.session(), pairs[1].enrolment_id, reason="x", actor=OPERATOR, now=team.clock.now()
    )
    upkeep(db.session(), {}, team.clock.now())
    assert [pair.ended_at is None for pair in pairs] == [False, False, True]
    senior.left_on = MONDAY
    upkeep(db.session(), {}, team.clock.now())
    assert pairs[2].ended_at is not None
    assert waiting(team) == [going_on]  # who waits for another one


def test_export_and_erasure(team: Team) -> None:
    hire, senior = team.hire(), team.senior()
    pair = team.pair(hire, senior, "speaks the dialect")
    checkins.hold(
        db.session(), check_ins(pair)[0], mood=4, note="陈小姐很努力", next_focus="x",
        actor=by(senior), now=team.clock.now(),
    )  # fmt: skip
    for person, as_mentor in ((hire, 0), (senior, 1)):
        rows = export_person(db.session(), person, actor=OPERATOR, now=team.clock.now())
        assert rows["mentoring"]["check_ins"][0]["note"] == "陈小姐很努力"
        assert rows["mentoring"]["pairs"][0]["as_mentor"] == as_mentor
    hire.left_on = MONDAY
    erase_person(db.session(), hire, reason="asked", actor=OPERATOR, now=team.clock.now())
    db.session.expire_all()
    assert pair.reason == "" and check_ins(pair)[0].note == ""
    assert check_ins(pair)[0].mood == 4
