"""Nominated by one, decided by another, and the level changes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import policies
from lms.appeals import services as appeals
from lms.audit import OPERATOR, Actor, AuditEntry
from lms.clock import Month, local_date
from lms.db import Localized, db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.people import services as people
from lms.people.models import Level, Notification, Position
from lms.people.organisation import zone
from lms.plugins.promotion import appealing, archive, deciding, nominations, probation, records
from lms.plugins.promotion.models import (
    ArchivedVerdict,
    Nomination,
    NominationState,
    Probation,
)
from lms.plugins.promotion.policy import FIRST, SENIOR_AGENT
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


def decide(nomination, by, clock, approve: bool = True, on: date | None = None):
    found = deciding.decide(
        db.session(), nomination.id, approve=approve, reason="Agreed in the team.",
        actor=Actor(by.id), now=clock.now(), effective_on=on,
    )  # fmt: skip
    db.session.commit()
    return found


def work(clock, **later: float) -> None:
    """The periodic jobs, run twice, as any job may be."""
    clock.advance(**later)
    for job in (deciding.take_effect, probation.remind) * 2:
        job(db.session(), {}, clock.now())
        db.session.commit()


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
    monkeypatch.setattr(deciding, "refusals", lambda *_: [refusal])
    with pytest.raises(DomainError):
        decide(nomination, hr[1], clock)


LATER = date(2026, 12, 1)  # today is 2 November


def test_the_level_changes_on_its_day_and_once(best, hr, clock) -> None:
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock, on=LATER)
    assert nomination.state == NominationState.SCHEDULED and best.level == Level.AGENT
    with pytest.raises(Conflict):  # one under way is enough
        nominate(best, hr[0], clock)
    db.session.rollback()
    work(clock, days=28)
    assert best.level == Level.AGENT
    work(clock, days=1)
    assert (best.level, nomination.state) == (Level.SENIOR_AGENT, NominationState.APPROVED)
    days = select(Position.from_day).where(Position.person_id == best.id).order_by(Position.id)
    assert list(db.session.scalars(days))[1:] == [LATER]


def test_a_day_in_the_past_or_far_away_is_refused(best, hr, clock) -> None:
    nomination = nominate(best, hr[0], clock)
    for day in (date(2026, 11, 1), date(2027, 12, 1)):
        with pytest.raises(DomainError, match="from today on"):
            decide(nomination, hr[1], clock, on=day)
        db.session.rollback()
    assert nomination.state == NominationState.OPEN


def test_what_no_longer_holds_on_the_day_waits_for_a_new_decision(best, hr, year, clock) -> None:
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock, on=LATER)
    year.facts.close(Month.parse("2026-02"), {best.id: 9000}, revision=2)
    work(clock, days=30)
    assert (best.level, nomination.state) == (Level.AGENT, NominationState.OPEN)
    assert (nomination.decided_by, nomination.decided_at) == (None, None)
    assert nomination.decision_reason == ""
    assert "look at it again" in told(hr[1])[-1]
    assert "could not take effect" in told(best)[-1]


def test_an_undecided_appeal_holds_a_promotion_on_its_day(best, hr, clock) -> None:
    made = archive.freeze(db.session(), 2026, FIRST, reason=WHY, actor=OPERATOR, now=clock.now())
    row = db.session.scalar(
        select(ArchivedVerdict.id).where(
            ArchivedVerdict.archive_id == made.id, ArchivedVerdict.person_id == best.id
        )
    )
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock, on=LATER)
    filed = appeals.file(db.session(), appealing.KIND, row, WHY, person_id=best.id, now=clock.now())
    work(clock, days=30)
    assert (best.level, nomination.state) == (Level.AGENT, NominationState.SCHEDULED)
    assert sum("undecided appeal" in text for text in told(hr[1])) == 1
    appeals.decide(
        db.session(), filed.id, upheld=False, reason="It is as it was.", actor=Actor(hr[0].id),
        now=clock.now(),
    )  # fmt: skip
    work(clock, hours=1)
    assert (best.level, nomination.effective_on) == (Level.SENIOR_AGENT, LATER)


def told(person) -> list[str]:
    texts = select(Notification.text).where(Notification.person_id == person.id)
    return [text.en for text in db.session.scalars(texts.order_by(Notification.id))]


def test_who_left_is_promoted_no_more(best, hr, clock) -> None:
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock, on=LATER)
    best.left_on = date(2026, 11, 20)
    work(clock, days=30)
    assert (best.level, nomination.state) == (Level.AGENT, NominationState.WITHDRAWN)


def test_who_holds_another_level_by_then_hears_that_it_is_off(best, hr, clock) -> None:
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock, on=LATER)
    set_level(best, Level.SUPERVISOR, clock)
    work(clock, days=30)
    assert nomination.state == NominationState.WITHDRAWN and "cancelled" in told(best)[-1]


def set_level(person, level, clock) -> None:
    people.move(
        db.session(), person, from_day=local_date(clock.now(), zone()), team=person.team,
        level=level, channel=person.channel, actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()


def test_a_move_before_a_late_job_does_not_hide_the_level(best, hr, clock) -> None:
    decide(nominate(best, hr[0], clock), hr[1], clock, on=LATER)
    people.move(
        db.session(), best, from_day=LATER + timedelta(days=1), team=best.team, level=best.level,
        channel="phone", actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    work(clock, days=31)
    last = select(Position).where(Position.person_id == best.id).order_by(Position.from_day.desc())
    position = db.session.scalars(last).first()
    assert (position.level, position.channel) == (Level.SENIOR_AGENT, "phone")


def test_withdrawing(best, hr, clock) -> None:
    def back(nomination, by, may_decide=False):
        found = nominations.withdraw(
            db.session(), nomination.id, reason="Changed our minds.", may_decide=may_decide,
            actor=Actor(by.id), now=clock.now(),
        )  # fmt: skip
        db.session.commit()
        return found

    nomination = nominate(best, hr[0], clock)
    with pytest.raises(NotAllowed):
        back(nomination, hr[1])
    assert back(nomination, hr[0]).state == NominationState.WITHDRAWN
    with pytest.raises(Conflict):
        decide(nomination, hr[1], clock)
    db.session.rollback()
    second = nominate(best, hr[0], clock)
    decide(second, hr[1], clock, on=LATER)
    with pytest.raises(NotAllowed):  # decided: only HR
        back(second, hr[0])
    back(second, hr[1], may_decide=True)
    work(clock, days=40)
    assert best.level == Level.AGENT
    with pytest.raises(Conflict):
        back(second, hr[1], may_decide=True)


def test_probation_is_confirmed_or_ends_where_it_began(best, hr, clock) -> None:
    policies.save(
        db.session(), SENIOR_AGENT, {"probation": 30}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock)
    trial = db.session.get(Probation, nomination.id)
    assert trial.until == date(2026, 12, 2)
    count = select(Notification).where(Notification.person_id == hr[0].id)
    before = len(db.session.scalars(count).all())
    work(clock, days=23)
    assert len(db.session.scalars(count).all()) == before + 1

    def end(by, confirm):
        return probation.end(
            db.session(), nomination.id, confirm=confirm, reason="Two months of figures.",
            actor=Actor(by.id), now=clock.now(),
        )  # fmt: skip

    with pytest.raises(NotAllowed):
        end(best, True)
    with pytest.raises(DomainError, match="lasts until 2026-12-02"):
        end(hr[0], True)
    set_level(best, Level.SUPERVISOR, clock)
    with pytest.raises(Conflict, match="another level"):
        end(hr[0], True)
    db.session.rollback()
    set_level(best, Level.SENIOR_AGENT, clock)
    end(hr[0], False)
    assert best.level == Level.AGENT
    with pytest.raises(Conflict):
        end(hr[1], True)
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert "promotion.return" in actions


def test_a_return_on_the_first_day_keeps_the_promotion_on_record(best, hr, clock) -> None:
    policies.save(
        db.session(), SENIOR_AGENT, {"probation": 30}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    nomination = decide(nominate(best, hr[0], clock), hr[1], clock)
    probation.end(
        db.session(), nomination.id, confirm=False, reason="It was a mistake.",
        actor=Actor(hr[0].id), now=clock.now(),
    )  # fmt: skip
    held = select(Position.from_day, Position.level).where(Position.person_id == best.id)
    today = local_date(clock.now(), zone())
    assert db.session.execute(held.order_by(Position.from_day)).all()[1:] == [
        (today, Level.SENIOR_AGENT), (today + timedelta(days=1), Level.AGENT),
    ]  # fmt: skip


def test_a_complaint_after_the_year_stands_against_it(best, hr, clock) -> None:
    policies.save(
        db.session(), SENIOR_AGENT, {"complaint_free": 6}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    clock.advance(days=120)  # the year is over
    records.record_complaint(
        db.session(), best, on_day=date(2027, 2, 1), level=3, reference="T-1", note="",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    with pytest.raises(DomainError, match="level-3 complaint"):
        nominate(best, hr[0], clock)


def test_who_withdraws_a_complaint_does_not_decide(best, hr, clock) -> None:
    policies.save(
        db.session(), SENIOR_AGENT, {"complaint_free": 6}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    found = records.record_complaint(
        db.session(), best, on_day=date(2026, 10, 1), level=3, reference="T-1", note="",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    sent = {"actor": Actor(hr[1].id), "now": clock.now()}
    with pytest.raises(DomainError, match="at least 10"):
        records.withdraw_complaint(db.session(), found.id, reason="", **sent)
    records.withdraw_complaint(db.session(), found.id, reason="Of somebody else.", **sent)
    kept = select(AuditEntry.reason).where(AuditEntry.action == "promotion.complaint_withdrawn")
    assert db.session.scalar(kept) == found.withdrawn_reason == "Of somebody else."
    nomination = nominate(best, hr[0], clock)
    with pytest.raises(DomainError, match="You withdrew a complaint"):
        decide(nomination, hr[1], clock)


def test_a_decision_sees_what_another_session_decided(postgres_app, persons, year, clock) -> None:
    """The page has read the nomination before it decides: it must look again under the lock."""
    ids = [persons.add().id for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, ids, ids[0])
    hr = [persons.add("hr", level=Level.MANAGER) for _ in range(2)]
    person = db.session.get(type(hr[0]), ids[0])
    nomination = nominate(person, hr[0], clock)
    assert nomination.state == NominationState.OPEN  # read again in this transaction
    with db.engine.begin() as other:
        other.execute(update(Nomination.__table__).values(state="declined", decided_by=hr[1].id))
    with pytest.raises(Conflict):
        decide(nomination, hr[1], clock)
