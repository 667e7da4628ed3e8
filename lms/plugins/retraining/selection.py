"""The bottom share of a month's ranking and each one's weakest figure, as one statement.

Exact on both databases: scores and attainments are integers, k is computed in decimals, and shares
of counts below 2**26 differ as doubles whenever they differ as fractions.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Float, and_, case, cast, func, or_, select

from lms.plugins.api import MonthClose, MonthFigure, MonthResult, PolicyInForce, Session

FIGURES = ("frt", "fcr", "csat", "feedback", "exam", "case_analysis")  # ties in this order


@dataclass(frozen=True)
class Cut:
    """Of `ranked` people the `k` lowest are meant; `score` (hundredths) is the k-th lowest."""

    ranked: int
    k: int
    score: int | None


@dataclass(frozen=True)
class Selected:
    """`position` counts from the bottom; `more` of `having` people were better in the figure."""

    person_id: int
    score: int
    position: int
    figure: str
    value: float
    target: float | None
    more: int
    having: int


def lowest(share: float, ranked: int) -> int:
    """floor(share × ranked), the share taken as the decimal number that HR typed."""
    return int(Decimal(str(share)) * ranked)


def cut(session: Session, close: MonthClose, policy: PolicyInForce) -> Cut:
    here = (MonthResult.close_id == close.id, MonthResult.rank.is_not(None))
    k = lowest(policy["share"], close.ranked)
    if k == 0:
        return Cut(close.ranked, 0, None)
    kth = select(MonthResult.score).where(*here).order_by(MonthResult.score).offset(k - 1).limit(1)
    return Cut(close.ranked, k, session.scalar(kth))


def below(policy: PolicyInForce) -> int | None:
    """The second trigger in hundredths, if it is on."""
    return int(Decimal(str(policy["threshold"])) * 100) if policy["use_threshold"] else None


def selected(session: Session, close_id: int, at: Cut, threshold: int | None) -> list[Selected]:
    """Lowest score first."""
    if at.score is None and threshold is None:
        return []
    people = (
        select(
            MonthResult.person_id,
            MonthResult.score,
            func.rank().over(order_by=MonthResult.score).label("position"),
        )
        .where(MonthResult.close_id == close_id, MonthResult.rank.is_not(None))
        .cte("people")
    )
    order = case({name: place for place, name in enumerate(FIGURES)}, value=MonthFigure.metric)
    standing = (
        select(
            people.c.person_id,
            people.c.score,
            people.c.position,
            MonthFigure.metric,
            MonthFigure.value,
            MonthFigure.target,
            order.label("place"),
            # A competition rank less one is the number of people who attained strictly more.
            (
                func.rank().over(
                    partition_by=MonthFigure.metric, order_by=MonthFigure.attainment.desc()
                )
                - 1
            ).label("more"),
            func.count().over(partition_by=MonthFigure.metric).label("having"),
        )
        .join(
            MonthFigure,
            and_(
                MonthFigure.close_id == close_id,
                MonthFigure.person_id == people.c.person_id,
                MonthFigure.metric.in_(FIGURES),
                MonthFigure.attainment.is_not(None),
            ),
        )
        .cte("standing")
    )
    triggers = []
    if at.score is not None:
        triggers.append(standing.c.score <= at.score)
    if threshold is not None:
        triggers.append(standing.c.score < threshold)
    weakest = (
        func.row_number()
        .over(
            partition_by=standing.c.person_id,
            order_by=(
                (cast(standing.c.more, Float(53)) / standing.c.having).desc(),
                standing.c.place,
            ),
        )
        .label("nth")
    )
    each = select(standing, weakest).where(or_(*triggers)).cte("each_figure")
    rows = session.execute(
        select(each).where(each.c.nth == 1).order_by(each.c.position, each.c.person_id)
    )
    return [
        Selected(r.person_id, r.score, r.position, r.metric, r.value, r.target, r.more, r.having)
        for r in rows
    ]
