"""A policy looked at before it is saved: the last months read under it, compared, rolled back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms import policies
from lms.audit import Actor
from lms.db import Session
from lms.errors import DomainError
from lms.plugins.registry import all_rules
from lms.policies import Policy
from lms.results import diff
from lms.results.closing import run_close
from lms.results.models import MonthClose
from lms.results.scoring_policy import SCORING
from lms.rules.replay import Replayed, last_closes, replay, replayed


def reads(policy: Policy) -> bool:
    """Whether the months are read under this policy, so that a change can be looked at first."""
    return policy is SCORING or any(rule.policy.name == policy.name for rule in all_rules())


def preview(
    session: Session,
    policy: Policy,
    params: Mapping[str, Any],
    *,
    base_number: int,
    actor: Actor,
    now: datetime,
) -> list[Replayed]:
    """The months the policy would have changed, newest first, one entry for each rule and month.

    Everything is done in the session's transaction, which the caller must roll back.
    """
    policies.save(
        session, policy, params, base_number=base_number, reason="preview", actor=actor, now=now
    )
    if policy is SCORING:
        return [
            found
            for close in last_closes(session)
            for found in _closed_again(session, close, actor, now)
        ]
    rules = [rule for rule in all_rules() if rule.policy.name == policy.name]
    return [found for rule in rules for found in replay(session, rule, now=now)]


def _closed_again(
    session: Session, before: MonthClose, actor: Actor, now: datetime
) -> list[Replayed]:
    try:
        again = run_close(
            session, before.month, assign=False, actor=actor, now=now, reason="preview"
        )
    except DomainError:  # nothing would change
        return []
    moved = len(diff.moved(session, before, again.close))
    return [replayed(before.month, outcome, moved) for outcome in again.outcomes]
