"""A policy holds from the month HR says, and in a month that is closed only with a revision."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import policies
from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import db
from lms.errors import DomainError
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Person
from lms.plugins.retraining.policy import SELECTION
from lms.policies import Policy
from lms.results.closing import close_month
from lms.results.models import KpiRow, KpiValue, MonthClose, MonthResult
from lms.results.scoring_policy import SCORING
from lms.rules.models import Proposal, RuleRun
from tests.conftest import NOW, People

FEBRUARY, MARCH = Month.parse("2026-02"), Month.parse("2026-03")


@pytest.fixture
def agents(both_apps: Flask, persons: People) -> list[Person]:
    """Ten, each better than the one before, with satisfaction 4.0 and feedback in two months."""
    found = [persons.add() for _ in range(10)]
    for place, person in enumerate(found):
        grant_clearance(
            db.session(), person.id, source=ClearanceSource.HISTORY, from_day=date(2025, 1, 1),
            actor=OPERATOR, now=NOW,
        )  # fmt: skip
        for month in (FEBRUARY, MARCH):
            db.session.add(KpiRow(month=month, person_id=person.id))
            for metric, value in (("csat", 4.0), ("feedback", 60.0 + place)):
                db.session.add(
                    KpiValue(month=month, person_id=person.id, metric=metric, value=value)
                )
    db.session.commit()
    return found


def close(month: Month, reason: str = "") -> MonthClose:
    return close_month(
        db.session(), month, assign=False, actor=OPERATOR, now=NOW, reason=reason
    )  # fmt: skip


def save(policy: Policy, from_month: Month | None, **params: object) -> int:
    now = policies.in_force(db.session(), policy)
    return policies.save(
        db.session(), policy, params, base_number=now.number, reason="trial", actor=OPERATOR,
        now=NOW, from_month=from_month,
    ).number  # fmt: skip


def best(made: MonthClose) -> int:
    top = select(func.max(MonthResult.score)).where(MonthResult.close_id == made.id)
    return db.session.scalar(top) or 0


def selected(month: Month) -> int:
    run = select(RuleRun.id).where(
        RuleRun.rule == "retraining.bottom", RuleRun.period == month, RuleRun.is_current
    )
    rows = select(func.count(Proposal.id)).where(Proposal.run_id == run.scalar_subquery())
    return db.session.scalar(rows) or 0


def test_a_month_is_scored_under_the_version_that_holds_for_it(agents: list[Person]) -> None:
    assert save(SCORING, MARCH, target_csat=4.0) == 1
    february, march = close(FEBRUARY), close(MARCH)
    assert (february.policy_number, march.policy_number) == (0, 1)
    assert best(march) > best(february)

    # a late correction leaves February under the version of then
    row = db.session.scalars(select(KpiValue).where(KpiValue.month == FEBRUARY)).first()
    assert row is not None
    row.value = 3.0
    assert close(FEBRUARY, "corrected").policy_number == 0

    # of two versions that hold the later one counts
    assert save(SCORING, FEBRUARY, target_csat=5.0) == 2
    assert close(MARCH, "a policy").policy_number == 2
    assert db.session.get_one(MonthClose, march.id).policy_number == 1  # kept as it was


def test_the_past_takes_a_revision(agents: list[Person]) -> None:
    close(MARCH)
    assert selected(MARCH) == 1
    save(SELECTION, MARCH.plus(1), share=0.3)
    with pytest.raises(DomainError, match="Nothing has changed"):
        close(MARCH, "for the policy")
    db.session.rollback()

    close(MARCH)
    save(SELECTION, MARCH, share=0.3)
    assert selected(MARCH) == 1
    assert close(MARCH, "for the policy").revision == 2
    assert selected(MARCH) == 3


def test_a_version_may_differ_by_its_month_alone(both_apps: Flask) -> None:
    save(SELECTION, MARCH, share=0.3)
    held = policies.in_force(db.session(), SELECTION).params
    with pytest.raises(DomainError, match="Nothing was changed"):
        save(SELECTION, MARCH, **held)
    assert save(SELECTION, FEBRUARY, **held) == 2
    assert policies.in_force(db.session(), SELECTION, FEBRUARY)["share"] == 0.3
    assert policies.in_force(db.session(), SELECTION, FEBRUARY.plus(-1))["share"] == 0.1
