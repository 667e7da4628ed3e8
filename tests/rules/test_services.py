"""Running rules: recorded, applied once, taken back, and never bringing a close down."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import Localized, db
from lms.people.models import Team
from lms.plugins.types import Rule, RuleProposal
from lms.policies import Policy
from lms.results.models import MonthClose
from lms.rules import services
from lms.rules.models import Proposal, ProposalState, RuleRun

MARCH = Month.parse("2026-03")
POLICY = Policy("test.rule", Localized("测试", "Test"), ())


class Recorder:
    """Proposes whom it is told to, and remembers what it was asked to do."""

    name = "test.rule"
    title = POLICY.title
    policy = POLICY

    def __init__(self, *person_ids: int) -> None:
        self.wanted = list(person_ids)
        self.applied: list[list[int]] = []
        self.withdrawn: list[list[int]] = []

    def propose(self, session, period: Month, close_id: int, now: datetime) -> list[RuleProposal]:
        return [RuleProposal(i, "act", Localized("因", "Why"), {"n": i}) for i in self.wanted]

    def apply(self, session, period, proposals: Sequence[RuleProposal], now: datetime) -> None:
        self.applied.append([p.person_id for p in proposals])

    def withdraw(self, session, period, person_ids: Sequence[int], now: datetime) -> None:
        self.withdrawn.append(list(person_ids))


class Failing(Recorder):
    def apply(self, session, period, proposals, now) -> None:
        session.add(Team(name="left behind"))
        session.flush()
        raise RuntimeError("boom")


@pytest.fixture
def ids(both_apps: Flask, persons) -> list[int]:
    return [persons.add().id for _ in range(3)]


@pytest.fixture
def close(ids: list[int], facts) -> MonthClose:
    return facts.close(MARCH, {i: 9000 for i in ids})


def run(rule: Rule, close: MonthClose, clock, assign: bool = True) -> services.RuleOutcome:
    return services.run(db.session(), rule, close, assign=assign, actor=OPERATOR, now=clock.now())


def states(close_run: bool = True) -> dict[int, str]:
    rows = db.session.execute(
        select(Proposal.person_id, Proposal.state)
        .join(RuleRun, RuleRun.id == Proposal.run_id)
        .where(RuleRun.is_current == close_run)
    )
    return {person_id: state for person_id, state in rows}


def test_what_is_proposed_is_recorded_and_applied(ids, close, clock) -> None:
    rule = Recorder(ids[0], ids[1])
    outcome = run(rule, close, clock)
    assert [p.person_id for p in outcome.proposals] == outcome.entered == ids[:2]
    assert outcome.left == [] and outcome.error == ""
    assert rule.applied == [ids[:2]]
    assert states() == {ids[0]: ProposalState.APPLIED, ids[1]: ProposalState.APPLIED}
    assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "rule.run"))


def test_history_is_recorded_without_consequence(ids, close, clock) -> None:
    rule = Recorder(ids[0])
    run(rule, close, clock, assign=False)
    assert rule.applied == [] and states() == {ids[0]: ProposalState.RECORDED}


def test_a_later_run_applies_the_new_and_withdraws_the_gone(ids, close, clock) -> None:
    rule = Recorder(ids[0], ids[1])
    run(rule, close, clock)
    rule.wanted = [ids[1], ids[2]]
    outcome = run(rule, close, clock)
    assert (outcome.entered, outcome.left) == ([ids[2]], [ids[0]])
    assert rule.applied == [ids[:2], [ids[2]]] and rule.withdrawn == [[ids[0]]]
    assert states(False) == {ids[0]: ProposalState.WITHDRAWN, ids[1]: ProposalState.APPLIED}
    rule.wanted = [ids[0], ids[1], ids[2]]
    assert run(rule, close, clock).entered == [ids[0]]
    assert rule.applied[-1] == [ids[0]]


def test_what_was_only_recorded_is_not_withdrawn_but_applied_when_assigned(
    ids, close, clock
) -> None:
    rule = Recorder(ids[0], ids[1])
    run(rule, close, clock, assign=False)
    rule.wanted = [ids[1]]
    outcome = run(rule, close, clock)
    assert outcome.left == [ids[0]] and rule.withdrawn == [] and rule.applied == [[ids[1]]]


def test_of_two_proposals_for_one_person_the_first_holds(ids, close, clock) -> None:
    rule = Recorder(ids[0], ids[0])
    assert len(run(rule, close, clock).proposals) == 1


def test_a_failing_rule_is_rolled_back_alone(ids, close, clock, monkeypatch) -> None:
    good = Recorder(ids[0])
    monkeypatch.setattr(services, "all_rules", lambda: [Failing(ids[1]), good])
    failed, ran = services.run_all(
        db.session(), close, assign=True, actor=OPERATOR, now=clock.now()
    )
    assert failed.error == "RuntimeError: boom" and failed.proposals == []
    assert ran.error == "" and good.applied == [[ids[0]]]
    assert states() == {ids[0]: ProposalState.APPLIED}
    assert db.session.scalar(select(Team).where(Team.name == "left behind")) is None


def test_a_dry_run_stores_nothing(ids, close, clock) -> None:
    rule = Recorder(ids[0])
    run(rule, close, clock)
    rule.wanted = [ids[1]]
    outcome = services.try_rule(db.session(), rule, close, now=clock.now())
    assert (outcome.entered, outcome.left) == ([ids[1]], [ids[0]])
    assert states() == {ids[0]: ProposalState.APPLIED} and len(rule.applied) == 1
