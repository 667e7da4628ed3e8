"""The bottom share of a month's ranking and each one's weakest figure, as one statement.

Exact on both databases: scores and attainments are integers, k is computed in decimals, and shares
of counts below 2**26 differ as doubles whenever they differ as fractions.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from lms.plugins.api import MonthClose, MonthFigure, MonthResult, PolicyInForce, Session
from lms.plugins.retraining.policy import LEFT_OUT, ROUNDINGS

FIGURES = ("frt", "fcr", "csat", "feedback", "exam", "case_analysis")  # ties in this order
# A figure and what was attained in it as one integer: the sort of them all is then one of numbers.
_APART = 10**13
_KEY = (
    case(
        {name: literal(place * _APART, BigInteger) for place, name in enumerate(FIGURES)},
        value=MonthFigure.metric,
    )
    + MonthFigure.attainment
)


class Cut(NamedTuple):
    """Of `ranked` people the `k` lowest are meant: all with `score` (hundredths) or less.

    That is the k-th lowest, or where ties are left out, the highest that no more than k people
    reach. None: the share selects nobody; with `too_few` ranked, nothing else does.
    """

    ranked: int
    k: int
    score: int | None
    too_few: bool = False


class Selected(NamedTuple):
    """`position` counts from the bottom; `more` of `having` people were better in the figure."""

    person_id: int
    score: int
    position: int
    figure: str
    value: float
    target: float | None
    more: int
    having: int


def lowest(share: float, ranked: int, rounding: str) -> int:
    """share × ranked in whole people, the share taken as the decimal number that HR typed."""
    return int((Decimal(str(share)) * ranked).to_integral_value(ROUNDINGS[rounding]))


def cut(session: Session, close: MonthClose, policy: PolicyInForce) -> Cut:
    if close.ranked < policy["minimum"]:
        return Cut(close.ranked, 0, None, too_few=True)
    k = lowest(policy["share"], close.ranked, policy["rounding"])
    if k == 0:
        return Cut(close.ranked, 0, None)
    # The month's page asks too. There is an index by rank, and none by score: where ranks are of a
    # team or channel all scores are read, and then that index would only be a detour.
    upwards = select(MonthResult.score).where(MonthResult.close_id == close.id)
    if close.policy.get("scope") == "company":
        upwards = upwards.where(MonthResult.rank.is_not(None)).order_by(MonthResult.rank.desc())
    else:
        upwards = upwards.where(MonthResult.not_ranked.is_(None)).order_by(MonthResult.score)
    if policy["ties"] == LEFT_OUT and k < close.ranked:
        # Below the score of the first one beyond the k there are at most k people.
        few = upwards.limit(k + 1).cte("few")
        beyond = select(func.max(few.c.score)).scalar_subquery()
        limit = select(func.max(few.c.score)).where(few.c.score < beyond)
    else:
        limit = upwards.offset(k - 1).limit(1)
    return Cut(close.ranked, k, session.scalar(limit))


def below(policy: PolicyInForce) -> int | None:
    """The second trigger in hundredths, if it is on."""
    return int(Decimal(str(policy["threshold"])) * 100) if policy["use_threshold"] else None


def selected(session: Session, close_id: int, at: Cut, threshold: int | None) -> list[Selected]:
    """Lowest score first."""
    if at.too_few or (at.score is None and threshold is None):
        return []
    triggers = []
    if at.score is not None:
        triggers.append(MonthResult.score <= at.score)
    if threshold is not None:
        triggers.append(MonthResult.score < threshold)
    one = _weakest(session, close_id, or_(*triggers)).subquery("one")
    metric = case(dict(enumerate(FIGURES)), value=one.c.figure)
    rows = session.execute(
        select(one, MonthFigure.metric, MonthFigure.value, MonthFigure.target)
        .join(MonthFigure, _of(close_id, one.c.person_id, MonthFigure.metric == metric))
        .where(one.c.nth == 1)
        .order_by(one.c.position, one.c.person_id)
    )
    return [
        Selected(r.person_id, r.score, r.position, r.metric, r.value, r.target, r.more, r.having)
        for r in rows
    ]


def _weakest(session: Session, close_id: int, selected: ColumnElement[bool]) -> Select[Any]:
    """The figures of the selected, each person's weakest with `nth` 1."""
    people = (
        select(
            MonthResult.person_id,
            MonthResult.score,
            # Whoever has less than a selected person is selected, so this is the place among all.
            func.rank().over(order_by=MonthResult.score).label("position"),
        )
        .where(*_ranked(close_id), selected)
        .subquery("people")
    )
    theirs = select(people, _KEY.label("key"), literal(0).label("n")).join(
        MonthFigure, _of(close_id, people.c.person_id)
    )
    every = theirs.union_all(_counted(session, close_id)).subquery("every")
    standing = _standing(every).subquery("standing")
    nth = func.row_number().over(
        partition_by=standing.c.person_id,
        order_by=(
            (cast(standing.c.more, Float(53)) / cast(standing.c.having, Float(53))).desc(),
            standing.c.figure,
        ),
    )
    return select(standing, nth.label("nth")).where(standing.c.person_id.is_not(None))


def _ranked(close_id: int) -> tuple[ColumnElement[bool], ...]:
    return MonthResult.close_id == close_id, MonthResult.rank.is_not(None)


def _of(close_id: int, person_id: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Joins people to their figures that can be weak."""
    return and_(
        MonthFigure.close_id == close_id,
        MonthFigure.person_id == person_id,
        MonthFigure.metric.in_(FIGURES),
        MonthFigure.attainment.is_not(None),
        *more,
    )


def _counted(session: Session, close_id: int) -> Select[Any]:
    """By key: how many ranked people (`n`); nobody's, hence the nulls."""
    return (
        select(null(), null(), null(), _KEY.label("key"), func.count())
        .where(_of(close_id, MonthFigure.person_id, _is_ranked(session, close_id)))
        .group_by("key")
    )


def _is_ranked(session: Session, close_id: int) -> ColumnElement[bool]:
    """Whose figure it is, told by the few who are not ranked: all who have figures have a result.
    SQLite looks each up in a list of those few; PostgreSQL plans that well without a list only."""
    not_ranked = select(MonthResult.person_id).where(
        MonthResult.close_id == close_id, MonthResult.rank.is_(None)
    )
    if session.get_bind().dialect.name == "sqlite":
        return MonthFigure.person_id.not_in(not_ranked)
    return ~not_ranked.where(MonthResult.person_id == MonthFigure.person_id).exists()


def _standing(every: Subquery) -> Select[Any]:
    """To each figure, how many people attained strictly more in it, and how many have it.

    The counts run along with the figures of the few, in one order: the ranks of all people would be
    a sort of every figure there is.
    """
    figure = every.c.key // _APART
    people, downwards = func.sum(every.c.n), every.c.key.desc()
    more = people.over(partition_by=figure, order_by=downwards, range_=(None, -1))
    having = people.over(partition_by=figure, order_by=downwards, range_=(None, None))
    return select(
        every.c.person_id,
        every.c.score,
        every.c.position,
        figure.label("figure"),
        cast(func.coalesce(more, 0), Integer).label("more"),
        cast(having, Integer).label("having"),
    )
