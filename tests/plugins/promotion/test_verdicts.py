"""Everybody gets a verdict; who crashes a check promotes nobody; the nearest miss in words."""

from datetime import date

import pytest
from flask import Flask

from lms import policies
from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import Localized, db
from lms.people import services as people
from lms.people.models import Employment, Level
from lms.plugins.promotion import dossier, verdicts
from lms.plugins.promotion.policy import SENIOR_AGENT
from lms.plugins.promotion.verdicts import Verdict
from lms.plugins.retraining.policy import SELECTION
from lms.plugins.types import CriterionResult, CriterionState

TODAY = date(2026, 11, 2)


@pytest.fixture
def team(both_apps: Flask, persons, year):
    """Five agents; the first is best in January to March 2026."""
    found = [persons.add() for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, [p.id for p in found], found[0].id)
    return found


def check(year: int, clock, **kwargs) -> dict[int, verdicts.PersonVerdict]:
    found = verdicts.check(db.session(), year, today=TODAY, now=clock.now(), **kwargs)
    return {row.person_id: row for row in found.rows}


def test_everybody_on_the_roster_gets_a_row(team, persons, clock) -> None:
    boss = persons.add(level=Level.SUPERVISOR)
    gone = persons.add()
    gone.left_on = date(2026, 5, 1)
    db.session.commit()
    found = check(2026, clock)
    assert found[team[0].id].verdict == Verdict.ELIGIBLE
    assert found[team[0].id].runs == [Month.parse("2026-01")]
    assert found[team[1].id].verdict == Verdict.NOT_YET
    assert found[boss.id].verdict == Verdict.NOT_APPLICABLE
    assert gone.id not in found


def test_a_temporary_agent_can_be_promoted_unless_hr_says_no(team, clock) -> None:
    team[0].employment = Employment.TEMPORARY
    db.session.commit()
    assert check(2026, clock)[team[0].id].verdict == Verdict.ELIGIBLE
    policies.save(
        db.session(), SENIOR_AGENT, {"temporary": False}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    assert check(2026, clock)[team[0].id].verdict == Verdict.NOT_APPLICABLE


def test_the_level_is_that_of_the_day_asked_about(team, persons, clock) -> None:
    best, late = team[0], persons.add(hired_on=date(2026, 6, 1))
    people.move(
        db.session(), best, from_day=date(2026, 1, 1), team=best.team, level=Level.SENIOR_AGENT,
        channel=best.channel, actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    assert check(2026, clock)[best.id].verdict == Verdict.NOT_APPLICABLE
    assert check(2025, clock)[best.id].level == Level.AGENT
    assert check(2025, clock)[late.id].verdict == Verdict.NOT_YET
    assert verdicts.day_asked(2025, TODAY) == date(2025, 12, 31)
    assert verdicts.day_asked(2026, TODAY) == TODAY


@pytest.mark.parametrize("state", [CriterionState.NOT_MET, CriterionState.UNKNOWN])
def test_another_plugins_criterion_counts(team, clock, monkeypatch, state) -> None:
    result = CriterionResult("x", Localized("别的", "Other"), state)
    monkeypatch.setattr(verdicts, "criteria", lambda ids, *_: {i: [result] for i in ids})
    row = check(2026, clock)[team[0].id]
    assert row.verdict == Verdict.NOT_YET and row.runs and row.criteria == [result]


def test_open_retraining_counts_once_hr_says_so(team, clock) -> None:
    from lms.plugins.retraining.models import Assignment

    db.session.add(
        Assignment(
            person_id=team[0].id, month=Month.parse("2026-09"), figure="frt", state="open",
            consecutive=1, due_on=TODAY, evidence={}, created_at=clock.now(),
        )
    )  # fmt: skip
    assert check(2026, clock)[team[0].id].verdict == Verdict.ELIGIBLE
    policies.save(
        db.session(), SELECTION, {"blocks_promotion": True}, base_number=0, reason="test",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    found = check(2026, clock)
    assert found[team[0].id].verdict == Verdict.NOT_YET
    assert found[team[0].id].criteria[0].state == CriterionState.NOT_MET
    assert found[team[1].id].criteria[0].state == CriterionState.MET


def test_the_nearest_miss_needs_the_fewest_changes(team, persons, year, clock) -> None:
    ids = [p.id for p in team]
    second = team[1]
    csat = {i: 4.6 for i in ids} | {second.id: 4.9}
    year.close("2026-04", csat, ids)
    year.close("2026-05", csat, [i for i in ids if i != second.id])
    year.close("2026-06", csat, ids)
    year.close("2026-07", {i: 4.6 for i in ids if i != second.id}, ids)
    found = dossier.dossier(db.session(), second, 2026, clock.now())
    assert found.miss is not None
    assert (found.miss.first, found.miss.last) == (Month.parse("2026-04"), Month.parse("2026-06"))
    assert [(str(c.month), c.code) for c in found.miss.changes] == [("2026-05", "fcr")]
    assert found.miss.text.en == "May 2026: First-contact resolution 50% (target 90%)"
    assert found.miss.text.zh == "2026 年 5 月：一次性解决率 50%（目标 90%）"


def test_of_equal_misses_the_latest_and_none_before_three_months(team, year, clock) -> None:
    found = dossier.dossier(db.session(), team[1], 2026, clock.now())
    assert found.miss is not None and str(found.miss.first) == "2026-01"
    assert "satisfaction rank 2 of 5 (limit 1, 4.9 was enough)" in found.miss.text.en
    year.good("2026-04", [p.id for p in team], team[0].id)
    found = dossier.dossier(db.session(), team[1], 2026, clock.now())
    assert found.miss is not None and str(found.miss.first) == "2026-02"
    year.good("2025-12", [p.id for p in team], team[0].id)
    assert dossier.dossier(db.session(), team[1], 2025, clock.now()).miss is None
