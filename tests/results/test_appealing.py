"""Appeals against a figure and a rank: what follows is held, and comes out right either way."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms import policies
from lms.appeals import services as appeals
from lms.audit import OPERATOR, Actor
from lms.clock import Month
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.people.models import Level
from lms.plugins.promotion import appealing as verdicts
from lms.plugins.promotion import archive
from lms.plugins.promotion.models import ArchivedVerdict
from lms.plugins.promotion.policy import FIRST
from lms.plugins.retraining import queries
from lms.plugins.retraining.models import Assignment, AssignmentState
from lms.plugins.retraining.policy import SELECTION
from lms.plugins.types import CriterionState
from lms.results import appealing, correcting
from lms.results.closing import close_month
from lms.results.models import KpiCorrection, KpiRow, KpiValue
from lms.results.queries import current_close
from tests.plugins.retraining.conftest import Desk, programme

MONTH = Month.parse("2026-10")
WHY = "The desk was down that day."


@pytest.fixture
def desk(both_apps: Flask, persons, facts, clock) -> Desk:
    programme("frt", clock.now())
    found = Desk([persons.add() for _ in range(12)], facts, clock.now())
    for n, person in enumerate(found.people):
        row = {"month": MONTH, "person_id": person.id}
        db.session.add_all([KpiRow(**row), KpiValue(**row, metric="frt", value=40.0 - n)])
    db.session.commit()
    found.run(found.close("2026-10"))
    return found


@pytest.fixture
def hr(desk, persons):
    return persons.add("hr", level=Level.MANAGER)


def subject(model, person) -> int:
    return db.session.scalars(select(model.id).where(model.person_id == person.id)).one()


def appeal(kind, model, person, clock):
    found = appeals.file(
        db.session(), kind, subject(model, person), WHY, person_id=person.id, now=clock.now()
    )
    db.session.commit()
    return found


def decide(filed, by, clock, upheld: bool) -> str:
    go_on = appeals.decide(
        db.session(), filed.id, upheld=upheld, reason="Looked at it again.", actor=Actor(by.id),
        now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    return go_on


def retraining(person) -> Assignment:
    return db.session.scalars(select(Assignment).where(Assignment.person_id == person.id)).one()


def test_declined_it_goes_on_with_the_days_it_was_held(desk, hr, clock) -> None:
    person = desk.lowest
    row = retraining(person)
    due = row.due_on
    rank = appeal(appealing.RANK, KpiRow, person, clock)
    figure = appeal(appealing.FIGURE, KpiValue, person, clock)
    assert "rank" in rank.title.en and "40 s" in figure.title.en
    assert appealing.appealed_months(db.session(), person.id) == {MONTH}
    assert row.held_at is not None
    policies.save(
        db.session(), SELECTION, {"blocks_promotion": True}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    (criterion,) = queries.promotion_criteria(db.session(), [person.id])[person.id]
    assert criterion.state == CriterionState.UNKNOWN
    late = queries.state_counts(
        db.session(), Assignment.person_id == person.id, month=None, text="",
        today=date(2027, 1, 1),
    )  # fmt: skip
    assert queries.OVERDUE not in late
    clock.advance(days=4)
    decide(rank, hr, clock, upheld=False)
    assert row.held_at is not None  # the other is undecided
    decide(figure, hr, clock, upheld=False)
    assert (row.held_at, row.state) == (None, AssignmentState.OPEN)
    assert (row.due_on - due).days == 4 and row.enrolment.due_on == row.due_on


def test_upheld_a_correction_follows_and_the_revision_decides(desk, hr, clock) -> None:
    person = desk.lowest
    filed = appeal(appealing.FIGURE, KpiValue, person, clock)
    value_id = subject(KpiValue, person)
    assert decide(filed, hr, clock, upheld=True) == f"/results/figures/{value_id}/correct"
    assert retraining(person).state == AssignmentState.REVIEW

    def enter(value: float, reason: str = WHY, by: Actor | None = None) -> KpiCorrection:
        return correcting.correct(
            db.session(), value_id, value, reason=reason, actor=by or Actor(hr.id), now=clock.now()
        )

    for wrong in ((-1.0,), (40.0,), (20.0, "short"), (20.0, WHY, Actor(person.id))):
        with pytest.raises(DomainError):
            enter(*wrong)
    assert enter(20.0).old == 40.0
    with pytest.raises(DomainError, match="stands already"):
        enter(20.0)
    db.session.commit()
    order = [*desk.people[1:], person]
    desk.run(desk.close("2026-10", order, revision=2))
    assert retraining(person).state == AssignmentState.CANCELLED
    assert retraining(desk.next_lowest).state == AssignmentState.OPEN


def test_a_selection_while_one_contests_the_month_is_held(desk, clock) -> None:
    appeal(appealing.RANK, KpiRow, desk.next_lowest, clock)
    desk.run(desk.close("2026-10", [*desk.people[1:], desk.lowest], revision=2))
    assert retraining(desk.next_lowest).held_at is not None


def test_a_revision_before_the_decision_leaves_the_appeal_standing(desk, hr, clock) -> None:
    person = desk.lowest
    filed = appeal(appealing.FIGURE, KpiValue, person, clock)
    value_id = subject(KpiValue, person)
    sent = {"reason": WHY, "actor": OPERATOR, "now": clock.now()}
    correcting.correct(db.session(), value_id, 39.0, **sent)
    close_month(db.session(), MONTH, assign=True, **sent)
    db.session.commit()
    assert subject(KpiValue, person) == value_id
    assert appealing.appellants(db.session(), MONTH) == {person.id}
    decide(filed, hr, clock, upheld=False)
    assert not appealing.appellants(db.session(), MONTH)


def test_what_a_revision_changed_can_be_appealed_against_anew(desk, hr, clock) -> None:
    person = desk.lowest
    value_id = subject(KpiValue, person)

    def revise(value: float) -> None:
        clock.advance(days=1)
        sent = {"reason": WHY, "actor": OPERATOR, "now": clock.now()}
        correcting.correct(db.session(), value_id, value, **sent)
        close_month(db.session(), MONTH, assign=True, **sent)
        db.session.commit()

    revise(39.5)
    rank = appeal(appealing.RANK, KpiRow, person, clock)
    revise(39.0)
    assert appeal(appealing.RANK, KpiRow, person, clock) == rank  # undecided, it goes on
    decide(rank, hr, clock, upheld=False)
    other = db.session.scalars(select(KpiValue).where(KpiValue.person_id == desk.people[5].id))
    value_id = other.one().id
    revise(34.9)  # somebody else's figure: the rank is what it was
    assert appeal(appealing.RANK, KpiRow, person, clock) == rank
    value_id = subject(KpiValue, person)
    revise(1.0)
    month = appealing.of_month(
        db.session(), person.id, current_close(db.session(), MONTH), clock.now()
    )
    assert month.rank.is_new and not month.figures["frt"].is_new  # never appealed against
    again = appeal(appealing.RANK, KpiRow, person, clock)
    assert (again.number, again.state) == (2, "pending")
    assert appeal(appealing.RANK, KpiRow, person, clock) == again
    assert appealing.appellants(db.session(), MONTH) == {person.id}
    month = appealing.of_month(
        db.session(), person.id, current_close(db.session(), MONTH), clock.now()
    )
    assert (month.rank.appeal_id, month.rank.is_new) == (again.id, False)


def test_only_ones_own_of_a_closed_month(desk, hr, clock) -> None:
    value_id = subject(KpiValue, desk.lowest)
    with pytest.raises(NotFound):
        appeals.file(
            db.session(), appealing.FIGURE, value_id, WHY, person_id=hr.id, now=clock.now()
        )
    open_ = KpiValue(month=MONTH.plus(1), person_id=desk.lowest.id, metric="frt", value=1.0)
    db.session.add(open_)
    db.session.flush()
    with pytest.raises(NotFound):
        appeals.file(
            db.session(), appealing.FIGURE, open_.id, WHY, person_id=desk.lowest.id,
            now=clock.now(),
        )  # fmt: skip
    with pytest.raises(Conflict):
        correcting.correct(db.session(), open_.id, 2.0, reason=WHY, actor=OPERATOR, now=clock.now())


def test_in_the_browser(app: Flask, persons, facts, clock, auth) -> None:
    programme("frt", clock.now())
    desk = Desk([persons.add() for _ in range(12)], facts, clock.now())
    person = desk.lowest
    row = {"month": MONTH, "person_id": person.id}
    db.session.add_all([KpiRow(**row), KpiValue(**row, metric="frt", value=40.0)])
    db.session.commit()
    desk.run(desk.close("2026-10"))
    boss, mine = auth.login(persons.add("hr", level=Level.MANAGER)), auth.login(person)
    page = mine.get("/results").text
    value_id = subject(KpiValue, person)
    db.session.rollback()
    url = f"/appeals/new/{appealing.FIGURE}/{value_id}"
    assert url in page and "Appeal against the rank" in page
    mine.post(url, data={"reason": WHY})
    page = mine.get("/results").text
    assert "is held until it is decided" in page and "Held: under appeal" in page
    filed = db.session.scalars(select(appeals.Appeal)).one()
    db.session.rollback()
    sent = {"reason": "Looked at it again.", "decision": "uphold"}
    form = boss.post(f"/appeals/{filed.id}", data=sent, follow_redirects=True)
    assert "Correct a figure" in form.text and "40 s" in form.text
    correct = f"/results/figures/{value_id}/correct"
    assert boss.post(correct, data={"value": "x", "reason": WHY}).status_code == 400
    done = boss.post(correct, data={"value": "20", "reason": WHY}, follow_redirects=True)
    assert "waits for the month" in done.text
    assert mine.get(correct).status_code == 403


def test_a_contested_verdict_holds_the_decision(app: Flask, persons, facts, clock) -> None:
    person = persons.add()
    facts.close(Month.parse("2026-01"), {person.id: 9000})
    made = archive.freeze(db.session(), 2026, FIRST, reason=WHY, actor=OPERATOR, now=clock.now())
    row = db.session.scalars(select(ArchivedVerdict)).one()
    assert not verdicts.is_contested(db.session(), person.id)
    filed = appeals.file(
        db.session(), verdicts.KIND, row.id, WHY, person_id=person.id, now=clock.now()
    )
    assert verdicts.is_contested(db.session(), person.id) and "not yet" in filed.title.en
    boss = persons.add("hr", level=Level.MANAGER)
    assert "track=senior_agent" in decide(filed, boss, clock, upheld=True)
    assert not verdicts.is_contested(db.session(), person.id) and made.number == 1
