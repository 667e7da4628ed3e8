"""Scoring: exact points, one final word, nothing lost or doubled when two score at once."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import policies
from lms.audit import OPERATOR, Actor, AuditEntry
from lms.cases import queries, runs, scoring
from lms.cases.models import DrillRun, Rating, RunState
from lms.cases.scoring import Marks
from lms.clock import Month, SettableClock
from lms.courses.models import Enrolment, Programme, ProgrammeVersion
from lms.db import Localized, db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.people.models import Notification
from tests.cases import kit
from tests.conftest import People

GOOD = Marks({"empathy": 5, "facts": 4}, comment="Well done")
POOR = Marks({"empathy": 1, "facts": 4}, {"empathy": "No apology"})

HandedIn = Callable[..., DrillRun]


@pytest.fixture
def handed_in(persons: People, clock: SettableClock) -> HandedIn:
    def make(**fields: Any) -> DrillRun:
        person_id = fields.pop("person_id", None) or persons.add().id
        drill = kit.drill(clock.now())
        run = runs.start(db.session(), drill.id, person_id, locale="en", now=clock.now())
        runs.say(db.session(), run.id, person_id, "Hello", client_key="a", now=clock.now())
        runs.hand_in(db.session(), run.id, person_id, now=clock.now())
        for name, value in fields.items():
            setattr(run, name, value)
        db.session.commit()
        return run

    return make


@pytest.fixture
def raters(persons: People) -> list[Actor]:
    return [Actor(persons.add("trainer").id) for _ in range(3)]


def rate(run: DrillRun, marks: Marks, actor: Actor, clock: SettableClock) -> Rating:
    return scoring.rate(db.session(), run.id, marks, actor=actor, now=clock.now())


def need_two(clock: SettableClock) -> None:
    policies.save(
        db.session(),
        scoring.SCORING,
        {"raters_needed": 2},
        base_number=0,
        reason="test",
        actor=OPERATOR,
        now=clock.now(),
    )


def test_points(app: Flask, clock: SettableClock) -> None:
    made = kit.rubric(clock.now())
    assert scoring.points(made, {"empathy": 1, "facts": 1}) == 0
    assert scoring.points(made, {"empathy": 5, "facts": 5}) == 10000
    assert scoring.points(made, {"empathy": 2, "facts": 4}) == 60 * 25 + 40 * 75


def test_one_rater_is_final(
    both_apps: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    run = handed_in()
    rate(run, GOOD, raters[0], clock)
    assert (run.state, run.score, run.passed) == (RunState.SCORED, 9000, True)
    assert (run.scored_at, run.policy_number) == (clock.now(), 0)
    told = db.session.scalars(select(Notification)).one()
    assert (told.person_id, told.url) == (run.person_id, f"/drills/runs/{run.id}/result")
    assert "90.00" in told.text.en and "90.00" in told.text.zh


def test_below_the_pass_mark(
    app: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    run = handed_in(pass_mark=31)
    rate(run, POOR, raters[0], clock)
    assert (run.score, run.passed) == (3000, False)
    exact = handed_in(pass_mark=30)
    rate(exact, POOR, raters[0], clock)
    assert exact.passed is True


def test_a_critical_error_counts_nothing(
    app: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    run = handed_in()
    marks = Marks(
        GOOD.levels, critical=["data-leak", "unheard-of"], comment="Gave the phone number"
    )
    rating = rate(run, marks, raters[0], clock)
    assert (run.score, run.passed) == (0, False)
    assert (rating.score, rating.critical) == (9000, ["data-leak"])


@pytest.mark.parametrize(
    ("marks", "field"),
    [
        (Marks({"empathy": 5}), "level-facts"),
        (Marks({"empathy": 6, "facts": 4}), "level-empathy"),
        (Marks({"empathy": 2, "facts": 4}), "comment-empathy"),
        (Marks({"empathy": 2, "facts": 4}, {"empathy": "  "}), "comment-empathy"),
        (Marks(GOOD.levels, critical=["data-leak"]), "comment"),
    ],
)
def test_wrong_marks(
    app: Flask,
    handed_in: HandedIn,
    raters: list[Actor],
    clock: SettableClock,
    marks: Marks,
    field: str,
) -> None:
    run = handed_in()
    with pytest.raises(DomainError) as refused:
        rate(run, marks, raters[0], clock)
    assert refused.value.field == field


def test_two_people_at_once(
    both_apps: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    run = handed_in()
    rate(run, GOOD, raters[0], clock)
    with pytest.raises(Conflict):
        rate(run, POOR, raters[1], clock)
    rate(run, GOOD, raters[0], clock)  # the same button again
    with pytest.raises(Conflict):
        rate(run, POOR, raters[0], clock)
    assert run.score == 9000
    assert db.session.scalar(select(func.count(Rating.id))) == 1
    assert db.session.scalar(select(func.count(Notification.id))) == 1


def test_nobody_scores_their_own(
    app: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    run = handed_in(person_id=raters[0].person_id)
    with pytest.raises(NotAllowed):
        rate(run, GOOD, raters[0], clock)


def test_an_open_run_is_not_scored(
    app: Flask, persons: People, raters: list[Actor], clock: SettableClock
) -> None:
    drill = kit.drill(clock.now())
    run = runs.start(db.session(), drill.id, persons.add().id, locale="en", now=clock.now())
    with pytest.raises(Conflict):
        rate(run, GOOD, raters[0], clock)


def test_two_raters_agree(
    app: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    need_two(clock)
    run = handed_in()
    rate(run, GOOD, raters[0], clock)
    assert (run.state, run.score) == (RunState.SUBMITTED, None)
    rate(run, Marks({"empathy": 4, "facts": 4}), raters[1], clock)  # 7500: exactly 15 apart
    assert (run.state, run.score, run.policy_number) == (RunState.SCORED, 8250, 1)


def test_raters_far_apart_need_a_third(
    both_apps: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    need_two(clock)
    run = handed_in()
    rate(run, GOOD, raters[0], clock)
    rate(run, POOR, raters[1], clock)
    assert (run.state, run.score) == (RunState.ADJUDICATION, None)
    with pytest.raises(Conflict):
        rate(run, GOOD, raters[1], clock)
    decisive = rate(run, Marks({"empathy": 4, "facts": 3}), raters[2], clock)
    assert decisive.is_adjudication
    assert (run.state, run.score, run.passed) == (RunState.SCORED, 6500, False)


def test_an_amendment_supersedes(
    both_apps: Flask, handed_in: HandedIn, raters: list[Actor], clock: SettableClock
) -> None:
    run = handed_in()
    rate(run, POOR, raters[0], clock)
    first_scored = run.scored_at
    clock.advance(days=40)

    def amend(marks: Marks, reason: str, actor: Actor) -> Rating:
        return scoring.amend(db.session(), run.id, marks, reason, actor=actor, now=clock.now())

    with pytest.raises(NotAllowed):
        amend(GOOD, "better", raters[1])
    with pytest.raises(DomainError):
        amend(GOOD, " ", raters[0])
    amend(GOOD, "Read it again", raters[0])
    db.session.commit()
    assert (run.score, run.passed, run.scored_at) == (9000, True, first_scored)
    assert [bool(r.superseded_at) for r in run.ratings] == [True, False]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "drill.amend")).one()
    assert (entry.reason, entry.details) == ("Read it again", {"old": 3000, "new": 9000})


def test_scores_of_a_month(
    both_apps: Flask,
    handed_in: HandedIn,
    raters: list[Actor],
    clock: SettableClock,
    persons: People,
) -> None:
    one, two = persons.add().id, persons.add().id
    for person_id, marks in ((one, GOOD), (one, POOR), (two, GOOD)):
        rate(handed_in(person_id=person_id), marks, raters[0], clock)
    critical = Marks(GOOD.levels, critical=["data-leak"], comment="Phone number")
    rate(handed_in(person_id=two), critical, raters[0], clock)
    for kind in ("onboarding", "topic"):
        run = handed_in(person_id=one)
        run.enrolment_id = enrolment(one, kind, clock).id
        rate(run, POOR, raters[0], clock)
    rate(handed_in(person_id=one, scored_at=None), GOOD, raters[0], clock)
    zone = ZoneInfo("Asia/Shanghai")

    def scores(month: str) -> list[tuple[int, float, int]]:
        found = db.session.execute(queries.drill_scores(db.session(), Month.parse(month), zone))
        return sorted(tuple(row) for row in found)  # type: ignore[misc]

    assert scores("2026-11") == [(one, pytest.approx((90 + 30 + 30 + 90) / 4), 4), (two, 45.0, 2)]
    assert scores("2026-10") == scores("2026-12") == []


def enrolment(person_id: int, kind: str, clock: SettableClock) -> Enrolment:
    programme = Programme(key=f"{kind}-{person_id}", kind=kind)
    db.session.add(programme)
    db.session.flush()
    version = ProgrammeVersion(
        programme_id=programme.id,
        number=1,
        title=Localized("课", "Course"),
        summary=Localized(),
        due_days=7,
        grants_clearance=False,
        content_hash="",
        created_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    day = clock.now().date()
    made = Enrolment(
        person_id=person_id,
        programme_id=programme.id,
        version_id=version.id,
        starts_on=day,
        due_on=day,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made
