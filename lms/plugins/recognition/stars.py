"""The rule that names the stars of a closed month: best CSAT, then best FCR; ties share.

The core runs it at every close and revision, keeps what it said with the figures behind it, tells
who entered and left, and replays it when the policy is about to change.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, true
from sqlalchemy.orm import aliased

from lms.plugins.api import (
    Localized,
    Month,
    MonthFigure,
    MonthResult,
    RuleProposal,
    Session,
    notify,
    policies,
)
from lms.plugins.recognition.policy import CHANNEL, EACH, STARS, TEAM

RULE = "recognition.star"
_WITHIN: dict[str, Any] = {TEAM: MonthResult.team_id, CHANNEL: MonthResult.channel}


class StarOfTheMonth:
    name = RULE
    title = STARS.title
    policy = STARS

    def propose(
        self, session: Session, period: Month, close_id: int, now: datetime
    ) -> list[RuleProposal]:
        policy = policies.in_force(session, self.policy, period)
        return [
            RuleProposal(
                row.person_id,
                "star",
                _reason(period, policy["each"]),
                {"each": policy["each"], "csat": row.csat, "fcr": row.fcr, "of": row.people},
            )
            for row in _best(session, close_id, policy["each"], policy["least"])
        ]

    def apply(
        self, session: Session, period: Month, proposals: Sequence[RuleProposal], now: datetime
    ) -> None:
        text = Localized(
            f"恭喜！您是 {period} 的服务之星。",
            f"Congratulations: you are a service star of {period}.",
        )
        people = [proposal.person_id for proposal in proposals]
        notify(session, people, RULE, text, f"/recognition?month={period}", now)

    def withdraw(
        self, session: Session, period: Month, person_ids: Sequence[int], now: datetime
    ) -> None:
        text = Localized(
            f"{period} 的数据已更正，服务之星随之改变，您不再是该月的服务之星。",
            f"The figures of {period} were corrected, and its service stars with them:"
            " you are no longer among them.",
        )
        notify(session, person_ids, RULE, text, f"/recognition?month={period}", now)


def _best(session: Session, close_id: int, each: str, least: int) -> Sequence[Any]:
    """Of each group the first by CSAT, then by FCR; who has no FCR comes after those who do."""
    within = _WITHIN.get(each)
    here = [
        MonthResult.close_id == close_id,
        MonthResult.not_ranked.is_(None),
        true() if within is None else within.is_not(None),  # without a team, no star of one
    ]
    csat, fcr = aliased(MonthFigure), aliased(MonthFigure)
    group = literal("") if within is None else within
    # Those with the best CSAT, who are few; then their FCR.
    top = (
        select(
            group.label("within"),
            func.max(csat.value).label("csat"),
            func.count().label("people"),
        )
        .select_from(MonthResult)
        .join(csat, _figure(csat, "csat"))
        .where(*here)
        .group_by(group)
        .subquery("top")
    )
    second = func.coalesce(fcr.value, -1.0).desc()
    place = func.rank().over(partition_by=top.c.within, order_by=second).label("place")
    best = (
        select(MonthResult.person_id, csat.value.label("csat"), fcr.value.label("fcr"), place,
               top.c.people)
        .join(csat, _figure(csat, "csat"))
        .outerjoin(fcr, _figure(fcr, "fcr"))
        .join(top, and_(top.c.within == group, top.c.csat == csat.value))
        .where(*here, top.c.people >= least)
        .subquery("best")
    )  # fmt: skip
    return session.execute(select(best).where(best.c.place == 1).order_by(best.c.person_id)).all()


def _figure(figure: Any, metric: str) -> ColumnElement[bool]:
    return and_(
        figure.close_id == MonthResult.close_id,
        figure.person_id == MonthResult.person_id,
        figure.metric == metric,
    )


def _reason(month: Month, each: str) -> Localized:
    where = EACH[each]
    return Localized(
        f"{month}：满意度最高，相同时一次性解决率最高（{where.zh}）",
        f"{month}: best satisfaction, then best first-contact resolution ({where.en.lower()})",
    )
