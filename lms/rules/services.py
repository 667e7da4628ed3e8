"""Running rules over a closed month: propose, record, withdraw what no longer holds, apply.

A rule proposes and the core disposes: each rule runs in a savepoint of the close's transaction, so
one that fails leaves nothing behind and the close goes on without its consequence.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import structlog
from sqlalchemy import select, update

from lms import audit, policies
from lms.audit import Actor
from lms.bulk import insert_rows
from lms.clock import Month
from lms.db import HookSession, Localized, Session
from lms.plugins import hookspecs
from lms.plugins.calls import in_savepoint
from lms.plugins.health import note_failure
from lms.plugins.loading import last_line
from lms.plugins.manager import plugins
from lms.plugins.registry import all_rules
from lms.plugins.types import Rule, RuleProposal
from lms.results.models import MonthClose
from lms.rules.models import Proposal, ProposalState, RuleRun

log = structlog.get_logger()


@dataclass(frozen=True)
class RuleOutcome:
    """What a rule proposes for a month, and how that differs from its last run for that month.

    `entered` and `left` are person ids; with `error` set the rule failed and changed nothing.
    """

    rule: str
    title: Localized
    proposals: list[RuleProposal] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    error: str = ""


def run_all(
    session: Session, close: MonthClose, *, assign: bool, actor: Actor, now: datetime
) -> list[RuleOutcome]:
    """Run every enabled rule; with `assign` false proposals are recorded without consequence."""
    return [run(session, rule, close, assign=assign, actor=actor, now=now) for rule in all_rules()]


def run(
    session: Session, rule: Rule, close: MonthClose, *, assign: bool, actor: Actor, now: datetime
) -> RuleOutcome:
    try:
        with in_savepoint(cast(HookSession, session)):
            return _run(session, rule, close, assign=assign, actor=actor, now=now)
    except Exception as error:
        return _failed(rule, error)


def try_rule(session: Session, rule: Rule, close: MonthClose, *, now: datetime) -> RuleOutcome:
    """What `run` would propose for this close, and who enters and leaves; stores nothing."""
    try:
        with in_savepoint(cast(HookSession, session)):
            return _outcome(session, rule, close, now)
    except Exception as error:
        return _failed(rule, error)


def _run(
    session: Session, rule: Rule, close: MonthClose, *, assign: bool, actor: Actor, now: datetime
) -> RuleOutcome:
    outcome = _outcome(session, rule, close, now)
    before = _states(session, rule, close)
    run = _supersede(session, rule, close, outcome.left, now)
    fresh = [p for p in outcome.proposals if before.get(p.person_id) != ProposalState.APPLIED]
    waiting = set() if assign else {p.person_id for p in fresh}
    _store(session, run, outcome.proposals, waiting)
    applied = [i for i in outcome.left if before[i] == ProposalState.APPLIED]
    if applied:
        rule.withdraw(session, close.month, applied, now)
    if assign and fresh:
        rule.apply(session, close.month, fresh, now)
    audit.record(
        session,
        actor,
        "rule.run",
        ("rule_run", run.id),
        now=now,
        rule=rule.name,
        month=str(close.month),
        revision=close.revision,
        assign=assign,
        proposed=len(outcome.proposals),
        entered=outcome.entered,
        left=outcome.left,
    )
    session.flush()
    return outcome


def _store(
    session: Session, run: RuleRun, proposals: Sequence[RuleProposal], waiting: set[int]
) -> None:
    """There may be ten thousand of them."""
    columns = ("run_id", "person_id", "action", "reason", "evidence", "state")
    rows = (
        (
            run.id, p.person_id, p.action, json.dumps({"zh": p.reason.zh, "en": p.reason.en}),
            json.dumps(dict(p.evidence)),
            str(ProposalState.RECORDED if p.person_id in waiting else ProposalState.APPLIED),
        )
        for p in proposals
    )  # fmt: skip
    insert_rows(session, Proposal, columns, rows)


def _outcome(session: Session, rule: Rule, close: MonthClose, now: datetime) -> RuleOutcome:
    found = rule.propose(session, close.month, close.id, now)
    proposals = {p.person_id: p for p in reversed(found)}  # of two for one person the first holds
    unique = [p for p in found if proposals[p.person_id] is p]
    before = _states(session, rule, close)
    return RuleOutcome(
        rule.name,
        rule.title,
        unique,
        entered=[p.person_id for p in unique if p.person_id not in before],
        left=[i for i in before if i not in proposals],
    )


def _states(session: Session, rule: Rule, close: MonthClose) -> dict[int, str]:
    """By person: what the rule's present run for this month came to."""
    rows = session.execute(
        select(Proposal.person_id, Proposal.state)
        .join(RuleRun, RuleRun.id == Proposal.run_id)
        .where(RuleRun.rule == rule.name, RuleRun.period == close.month, RuleRun.is_current)
        .order_by(Proposal.id)
    )
    return {person_id: state for person_id, state in rows}


def run_of(session: Session, rule: Rule, close: MonthClose) -> RuleRun | None:
    """The rule's run for the close's month that holds."""
    here = (RuleRun.rule == rule.name, RuleRun.period == close.month, RuleRun.is_current)
    return session.scalar(select(RuleRun).where(*here))


def would_read_anew(session: Session, month: Month) -> bool:
    """Whether a rule would read the month under another version than in its run that holds."""
    held = select(RuleRun.rule, RuleRun.policy_number)
    ran = session.execute(held.where(RuleRun.period == month, RuleRun.is_current))
    numbers = {rule: number for rule, number in ran}
    return any(
        rule.name in numbers
        and numbers[rule.name] != policies.in_force(session, rule.policy, month).number
        for rule in all_rules()
    )


def _supersede(
    session: Session, rule: Rule, close: MonthClose, left: Sequence[int], now: datetime
) -> RuleRun:
    """The run that holds now; in the one before, what is no longer proposed is withdrawn."""
    old = run_of(session, rule, close)
    if old is not None:
        old.is_current = False
        gone = (Proposal.run_id == old.id, Proposal.person_id.in_(left))
        session.execute(update(Proposal).where(*gone).values(state=ProposalState.WITHDRAWN))
    run = RuleRun(
        rule=rule.name,
        period=close.month,
        close_id=close.id,
        policy_number=policies.in_force(session, rule.policy, close.month).number,
        ran_at=now,
        is_current=True,
    )
    session.add(run)
    session.flush()
    return run


def _failed(rule: Rule, error: Exception) -> RuleOutcome:
    log.exception("rule_failed", rule=rule.name)
    owner = plugins().owner_of(hookspecs.lms_rules, rule) or rule.name
    note_failure(owner, f"rule {rule.name}", last_line(error))
    return RuleOutcome(rule.name, rule.title, error=last_line(error))
