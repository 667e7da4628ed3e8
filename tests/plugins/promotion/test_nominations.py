"""Nominated by one, decided by another, and the level changes."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import Actor, AuditEntry
from lms.clock import Month
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.people.models import Level, Notification, Position
from lms.plugins.promotion import nominations
from lms.plugins.promotion.models import NominationState
from lms.plugins.types import Refusal

WHY = "Three strong months in a row."


@pytest.fixture
def best(both_apps: Flask, persons, year):
    found = [persons.add() for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, [p.id for p in found], found[0].id)
    return found[0]


@pytest.fixture
def hr(best, persons):
    return [persons.add("hr", level=Level.MANAGER) for _ in range(2)]


def nominate(person, by, clock, reason: str = WHY):
    found = nominations.nominate(
        db.session(), person, 2026, reason=reason, actor=Actor(by.id), now=clock.now()
    )
    db.session.commit()
    return found


def decide(nomination, by, clock, approve: bool = True):
    found = nominations.decide(
        db.session(), nomination.id, approve=approve, reason="Agreed in the team.",
        actor=Actor(by.id), now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    return found


def test_approval_changes_the_level_and_says_so(best, hr, clock) -> None:
    nomination = nominate(best, hr[0], clock)
    assert nomination.evidence["runs"] == ["2026-01"]
    assert decide(nomination, hr[1], clock).state == NominationState.APPROVED
    assert best.level == Level.SENIOR_AGENT
    levels = select(Position.level).where(Position.person_id == best.id).order_by(Position.id)
    assert list(db.session.scalars(levels)) == [Level.AGENT, Level.SENIOR_AGENT]
    told = db.session.scalars(select(Notification).where(Notification.person_id == best.id)).one()
    assert "senior agent" in told.text.en
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"promotion.nominate", "promotion.approve", "person.move"} <= actions


def test_declining_changes_nothing_and_allows_another_try(best, hr, clock) -> None:
    decide(nominate(best, hr[0], clock), hr[1], clock, approve=False)
    assert best.level == Level.AGENT
    assert nominate(best, hr[1], clock).state == NominationState.OPEN


def test_the_nominator_does_not_decide(best, hr, clock) -> None:
    nomination = nominate(best, hr[0], clock)
    with pytest.raises(DomainError, match="Somebody else"):
        decide(nomination, hr[0], clock)
    assert best.level == Level.AGENT


def test_twice_is_once(best, hr, clock) -> None:
    nomination = nominate(best, hr[0], clock)
    with pytest.raises(Conflict):
        nominate(best, hr[1], clock)
    db.session.rollback()
    decide(nomination, hr[1], clock)
    with pytest.raises(Conflict):
        decide(nomination, hr[1], clock)


def test_only_the_eligible_are_nominated(best, hr, persons, clock) -> None:
    with pytest.raises(DomainError, match="not eligible"):
        nominate(persons.add(), hr[0], clock)
    with pytest.raises(DomainError, match="Only an agent"):
        nominate(hr[1], hr[0], clock)
    with pytest.raises(DomainError, match="at least 10"):
        nominate(best, hr[0], clock, reason="short")


def test_a_revision_in_between_stops_the_approval(best, hr, year, clock) -> None:
    nomination = nominate(best, hr[0], clock)
    year.facts.close(Month.parse("2026-02"), {best.id: 9000}, revision=2)
    with pytest.raises(DomainError, match="not eligible"):
        decide(nomination, hr[1], clock)


def test_a_plugin_can_refuse(best, hr, clock, monkeypatch) -> None:
    nomination = nominate(best, hr[0], clock)
    refusal = Refusal("x", Localized("不行", "No"))
    monkeypatch.setattr(nominations, "refusals", lambda *_: [refusal])
    with pytest.raises(DomainError):
        decide(nomination, hr[1], clock)
