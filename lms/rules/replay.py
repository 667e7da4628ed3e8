"""Rules over months that are closed: what they would say today, beside what they said then."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from lms import audit
from lms.audit import Actor
from lms.clock import Month
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.plugins.types import Rule
from lms.policies import PolicyInForce
from lms.results.models import MonthClose
from lms.rules.models import Proposal, RuleRun
from lms.rules.services import RuleOutcome, run, run_of, try_rule

MONTHS = 12


class Replayed(NamedTuple):
    """A month looked at again: `then` people on the list as it stands, `today` people by today's
    reading; who enters and who leaves it. `moved` counts results that change with it."""

    month: Month
    title: Localized
    then: int
    today: int
    entered: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    moved: int = 0
    error: str = ""

    @property
    def changes(self) -> bool:
        return bool(self.entered or self.left or self.moved or self.error)


def replayed(month: Month, outcome: RuleOutcome, moved: int = 0) -> Replayed:
    today = len(outcome.proposals)
    return Replayed(
        month=month,
        title=outcome.title,
        then=today - len(outcome.entered) + len(outcome.left),
        today=today,
        entered=tuple(outcome.entered),
        left=tuple(outcome.left),
        moved=moved,
        error=outcome.error,
    )


def last_closes(session: Session, months: int = MONTHS) -> Sequence[MonthClose]:
    """The revisions that hold, newest month first."""
    found = select(MonthClose).where(MonthClose.is_current).order_by(MonthClose.month.desc())
    return session.scalars(found.limit(months)).all()


def replay(session: Session, rule: Rule, *, now: datetime) -> list[Replayed]:
    """Newest month first; stores nothing."""
    return [
        replayed(close.month, try_rule(session, rule, close, now=now))
        for close in last_closes(session)
    ]


class LastRun(NamedTuple):
    rule: str
    month: Month
    policy_number: int
    ran_at: datetime
    proposed: int


def last_runs(session: Session) -> dict[str, LastRun]:
    """By rule: the run for the newest month, as it holds now."""
    newest = (
        select(RuleRun.rule, func.max(RuleRun.period).label("period"))
        .where(RuleRun.is_current)
        .group_by(RuleRun.rule)
        .subquery()
    )
    rows = session.execute(
        select(
            RuleRun.rule,
            RuleRun.period,
            RuleRun.policy_number,
            RuleRun.ran_at,
            select(func.count(Proposal.id)).where(Proposal.run_id == RuleRun.id).scalar_subquery(),
        )
        .join(newest, (newest.c.rule == RuleRun.rule) & (newest.c.period == RuleRun.period))
        .where(RuleRun.is_current)
    )
    return {row[0]: LastRun(*row) for row in rows}


def proposals_of(session: Session, run_id: int) -> Sequence[Proposal]:
    found = select(Proposal).where(Proposal.run_id == run_id).order_by(Proposal.id)
    return session.scalars(found).all()


def may_apply(ran: RuleRun | None, policy: PolicyInForce) -> bool:
    """A month keeps the policy it was read under; another version takes a revision of the month."""
    return ran is None or ran.policy_number == policy.number


def apply(
    session: Session,
    rule: Rule,
    close: MonthClose,
    policy: PolicyInForce,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> RuleOutcome:
    """Run the rule for a closed month with its consequences; those that hold are not repeated."""
    if not reason.strip():
        raise DomainError("Write why, for those who ask later.", field="reason")
    if not may_apply(run_of(session, rule, close), policy):
        raise DomainError(
            "Another version of the policy holds for this month since it was read. "
            "Make a new revision of the month."
        )
    outcome = run(session, rule, close, assign=True, actor=actor, now=now)
    if outcome.error:
        raise DomainError("The rule failed, and nothing was done: %(why)s", why=outcome.error)
    audit.record(
        session, actor, "rule.apply", ("month_close", close.id), now=now, reason=reason.strip(),
        rule=rule.name, month=str(close.month), proposed=len(outcome.proposals),
    )  # fmt: skip
    return outcome
