"""Enrolment, completion, clearance."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import events
from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.courses import clearing, services
from lms.courses.models import Enrolment, EnrolmentStatus, StepProgress, StepState
from lms.courses.onboarding import assign_onboarding
from lms.db import Localized, db
from lms.errors import DomainError
from lms.people import notices
from lms.people.clearance import clearances_on, revoke_clearance
from lms.people.models import Clearance, Employment, Level
from lms.plugins.manager import Decision
from lms.plugins.types import Refusal
from tests.clearances import clearance_on
from tests.conftest import People

from .conftest import Documents, School, lesson

TODAY = date(2026, 11, 2)


def _plugin_says(monkeypatch: pytest.MonkeyPatch, *decisions: Decision) -> None:
    monkeypatch.setattr(
        "lms.plugins.manager.PluginManager.decide", lambda *_args, **_kw: list(decisions)
    )


def test_enrolling_twice_is_once(school: School, persons: People) -> None:
    person = persons.add()
    assert school.enrol(person).id == school.enrol(person).id
    assert db.session.scalar(select(func.count(Enrolment.id))) == 1


def test_completing_is_safe_to_repeat_and_stays(school: School, persons: People) -> None:
    enrolment = school.enrol(persons.add())
    school.set(enrolment, 0)
    school.set(enrolment, 0)
    school.set(enrolment, 0, StepState.FAILED)
    rows = db.session.scalars(select(StepProgress)).all()
    assert [row.state for row in rows] == [StepState.COMPLETED]


def test_completion_clears_and_tells(
    school: School, persons: People, monkeypatch: pytest.MonkeyPatch, clock: SettableClock
) -> None:
    heard: list[events.Event] = []
    for module in ("lms.courses.services", "lms.people.clearance"):
        monkeypatch.setattr(f"{module}.emit", heard.append)
    boss = persons.add("supervisor")
    other = persons.add("supervisor", team="二组")
    person = persons.add()
    heard.clear()
    enrolment = school.enrol(person)
    school.complete(enrolment)
    assert enrolment.status == EnrolmentStatus.COMPLETED
    clearance = clearance_on(db.session(), person.id, TODAY)
    assert clearance is not None and clearance.source == "programme" and clearance.until is None
    assert [type(event).__name__ for event in heard] == [
        *["StepCompleted"] * 4,
        "EnrolmentCompleted",
        "ClearanceGranted",
    ]
    assert [n.kind for n in notices.latest(db.session(), person.id)] == ["clearance.granted"]
    assert [n.text.en for n in notices.latest(db.session(), boss.id)] == [
        f"{person.name} ({person.staff_no}) is cleared for duty"
    ]
    assert notices.latest(db.session(), other.id) == []
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"enrolment.add", "enrolment.complete", "clearance.grant"} <= actions


def test_a_topic_course_clears_nobody(
    school: School, persons: People, documents: Documents
) -> None:
    documents.programme("topic", [[lesson("x")]], kind="topic", grants_clearance=False)
    documents.load()
    person = persons.add()
    school.complete(school.enrol(person, "topic"))
    assert clearance_on(db.session(), person.id, TODAY) is None


def test_a_temporary_agent_is_not_cleared_before_the_third_day(
    school: School, persons: People, clock: SettableClock
) -> None:
    person = persons.add(employment=Employment.TEMPORARY)
    enrolment = school.enrol(person, "temporary")
    school.complete(enrolment)  # whatever way a step was completed early
    assert clearance_on(db.session(), person.id, TODAY) is None
    assert [r.en for r in clearing.refusals(db.session(), enrolment, clock.now())] == [
        "Temporary agents are cleared on day 3 (04 Nov) at the earliest"
    ]
    clock.advance(days=1)
    clearing.clear_waiting(db.session(), {}, clock.now())
    assert db.session.scalar(select(func.count(Clearance.id))) == 0
    clock.advance(days=1)
    clearing.clear_waiting(db.session(), {}, clock.now())
    assert clearance_on(db.session(), person.id, date(2026, 11, 4)) is not None


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (Decision("x", [Refusal("no", Localized("不行", "Not yet"))]), "Not yet"),
        (Decision("x", None, "ZeroDivisionError"), "The check of the plugin x failed"),
    ],
)
def test_a_refusal_or_a_failed_plugin_refuses_until_asked_again(
    school: School,
    persons: People,
    monkeypatch: pytest.MonkeyPatch,
    clock: SettableClock,
    decision: Decision,
    reason: str,
) -> None:
    person = persons.add()
    _plugin_says(monkeypatch, decision)
    enrolment = school.enrol(person)
    school.complete(enrolment)
    assert clearance_on(db.session(), person.id, TODAY) is None
    assert clearing.waiting(db.session(), person.id) is enrolment
    reasons = services.ask_for_clearance(db.session(), person.id, clock.now())
    assert reasons[0].en.startswith(reason) and reasons[0].zh
    refused = select(func.count(AuditEntry.id)).where(AuditEntry.action == "clearance.refuse")
    assert db.session.scalar(refused) == 2
    _plugin_says(monkeypatch)
    assert services.ask_for_clearance(db.session(), person.id, clock.now()) == []
    assert clearance_on(db.session(), person.id, TODAY) is not None
    with pytest.raises(DomainError):
        services.ask_for_clearance(db.session(), person.id, clock.now())


def test_revoked_clearance_does_not_come_back_by_itself(
    school: School, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    school.complete(school.enrol(person))
    revoke_clearance(
        db.session(),
        person,
        today=TODAY,
        reason="Shared a password",
        actor=OPERATOR,
        now=clock.now(),
    )
    db.session.commit()
    clock.advance(days=1)
    clearing.clear_waiting(db.session(), {}, clock.now())
    assert clearance_on(db.session(), person.id, date(2026, 11, 3)) is None
    again = school.enrol(person)
    school.complete(again)
    assert clearance_on(db.session(), person.id, date(2026, 11, 3)) is not None


def test_cancelled_takes_no_more_progress(
    school: School, persons: People, clock: SettableClock
) -> None:
    enrolment = school.enrol(persons.add())
    services.cancel_enrolment(
        db.session(), enrolment.id, reason="left", actor=OPERATOR, now=clock.now()
    )
    school.set(enrolment, 0)
    assert db.session.scalar(select(func.count(StepProgress.id))) == 0


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"hired_on": TODAY}, "onboarding"),
        ({"hired_on": TODAY, "employment": Employment.TEMPORARY}, "temporary"),
        ({"hired_on": TODAY, "level": Level.MANAGER}, None),
    ],
)
def test_who_gets_which_onboarding(
    school: School, persons: People, clock: SettableClock, fields: dict, key: str | None
) -> None:
    person = persons.add(**fields)
    enrolment = assign_onboarding(db.session(), person, actor=OPERATOR, now=clock.now())
    assert (enrolment.programme.key if enrolment else None) == key
    assert enrolment is None or enrolment.starts_on == TODAY


def test_the_retraining_programme_for_a_figure(
    app: Flask, school: School, documents: Documents
) -> None:
    fields = {"kind": "retraining", "grants_clearance": False, "weak_figure": "csat"}
    documents.programme("retraining-csat", [[lesson("r")]], **fields)
    documents.load()
    found = services.programme_for_figure(db.session(), "csat")
    assert found is not None and found.key == "retraining-csat"
    assert services.programme_for_figure(db.session(), "frt") is None


def test_everything_holds_on_both_databases(
    both_apps: Flask, documents: Documents, clock: SettableClock, persons: People
) -> None:
    documents.programme("onboarding", [[lesson("one")], [lesson("two")]])
    documents.load()
    school = School(clock)
    person = persons.add()
    enrolment = school.enrol(person)
    school.complete(enrolment)
    assert clearance_on(db.session(), person.id, TODAY) is not None
    assert clearing.waiting(db.session(), person.id) is None


def test_a_programme_may_clear_for_some_channels(
    both_apps: Flask, documents: Documents, persons: People, clock: SettableClock
) -> None:
    documents.programme("phone", [[lesson("one")]], clears_for=["phone"])
    documents.programme("web", [[lesson("two")]], clears_for=["email", "online"])
    documents.programme("every", [[lesson("three")]])
    documents.load()
    school, person = School(clock), persons.add()
    held: list[list[str]] = []
    for key in ("phone", "phone", "web", "every"):
        school.complete(school.enrol(person, key))
        rows = clearances_on(db.session(), person.id, TODAY)
        held.append([c.channels for c in rows])
    # A second go gives nothing twice; the last one adds what holds for all.
    assert held == [["phone"], ["phone"], ["phone", "online,email"],
                    ["phone", "online,email", None]]  # fmt: skip
    assert clearing.waiting(db.session(), person.id) is None
    told = [notice.text.en for notice in notices.latest(db.session(), person.id)]
    assert "Congratulations: you are cleared for duty (Phone)!" in told


def test_clearance_for_one_channel_does_not_answer_for_another(
    both_apps: Flask,
    documents: Documents,
    persons: People,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents.programme("phone", [[lesson("one")]], clears_for=["phone"])
    documents.programme("web", [[lesson("two")]], clears_for=["online"])
    documents.load()
    school, person = School(clock), persons.add()
    school.complete(school.enrol(person, "phone"))
    _plugin_says(monkeypatch, Decision("x", [Refusal("no", Localized("不行", "Not yet"))]))
    enrolment = school.enrol(person, "web")
    school.complete(enrolment)
    assert clearing.waiting(db.session(), person.id) is enrolment
    _plugin_says(monkeypatch)
    clearing.clear_waiting(db.session(), {}, clock.now())
    assert clearing.waiting(db.session(), person.id) is None
    assert {c.channels for c in clearances_on(db.session(), person.id, TODAY)} == {
        "phone", "online",
    }  # fmt: skip
