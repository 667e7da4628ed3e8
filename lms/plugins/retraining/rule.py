"""The rule: a pure function of the close's facts; its consequences are in `services`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lms.plugins.api import Localized, Month, MonthClose, RuleProposal, Session, policies
from lms.plugins.retraining import selection, services, words
from lms.plugins.retraining.policy import SELECTION
from lms.plugins.retraining.services import RULE


class BottomShare:
    name = RULE
    title = SELECTION.title
    policy = SELECTION

    def propose(
        self, session: Session, period: Month, close_id: int, now: datetime
    ) -> list[RuleProposal]:
        policy = policies.in_force(session, self.policy, period)
        at = selection.cut(session, session.get_one(MonthClose, close_id), policy)
        threshold = selection.below(policy)
        proposals = []
        for person in selection.selected(session, close_id, at, threshold):
            evidence = evidence_of(person, at, threshold, policy.number)
            reason: Localized = words.reason(period, evidence)
            proposals.append(RuleProposal(person.person_id, "retrain", reason, evidence))
        return proposals

    def apply(
        self, session: Session, period: Month, proposals: Sequence[RuleProposal], now: datetime
    ) -> None:
        services.assign(session, period, proposals, now)

    def withdraw(
        self, session: Session, period: Month, person_ids: Sequence[int], now: datetime
    ) -> None:
        services.withdraw(session, period, person_ids, now)


def evidence_of(
    person: selection.Selected, at: selection.Cut, threshold: int | None, policy: int
) -> dict[str, Any]:
    """Scores in hundredths; `more` of `having` ranked people did better in the weakest figure."""
    return {
        "score": person.score,
        "cut_off": at.score,
        "threshold": threshold,
        "position": person.position,
        "ranked": at.ranked,
        "k": at.k,
        "policy": policy,
        "weakest": {
            "figure": person.figure,
            "value": person.value,
            "target": person.target,
            "more": person.more,
            "having": person.having,
        },
    }
