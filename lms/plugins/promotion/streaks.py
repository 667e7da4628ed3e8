"""Who met the KPI and was in the top share of satisfaction, months in a row: in the database.

Months are integers there, so consecutive ones are found by comparing a month with the one some
rows later. The limit of a month is floor(share × n) in whole numbers, the share being a fraction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, func, select, true, type_coerce

from lms.plugins.api import Month, MonthClose, MonthResult, PolicyInForce, Session


class Period(NamedTuple):
    """The months looked at; `last` is the last in which a run may end."""

    first: Month
    last: Month


def period_of(year: int, policy: PolicyInForce) -> Period:
    january = Month(year * 12)
    reach = policy["months"] - 1 if policy["cross_year"] else 0
    return Period(january.plus(-reach), january.plus(11))


def within(period: Period) -> Select[int]:
    """Ids of the closes that hold in these months."""
    return select(MonthClose.id).where(
        MonthClose.is_current, MonthClose.month >= period.first, MonthClose.month <= period.last
    )


def limit_of(n: int, top_share: float) -> int:
    """floor(share × n), the share taken as the decimal number that HR typed."""
    share = Fraction(str(top_share))
    return n * share.numerator // share.denominator


def with_csat() -> ColumnElement[int]:
    """Ranked people of a close with a satisfaction figure: as the close counted them; one from
    before it did is counted here."""
    here = select(func.count(MonthResult.csat_rank)).where(MonthResult.close_id == MonthClose.id)
    counted = MonthClose.summary["ranked"]["csat"].as_integer()
    return func.coalesce(counted, here.correlate(MonthClose).scalar_subquery())


def limits(closes: Select[int], top_share: float) -> CTE:
    """By close: its month, `n` ranked people with a satisfaction figure, and the rank `limit`."""
    share, n = Fraction(str(top_share)), with_csat()
    return (
        select(
            MonthClose.id,
            MonthClose.month,
            MonthClose.revision,
            MonthClose.policy_number,
            n.label("n"),
            (n * share.numerator // share.denominator).label("limit"),
        )
        .where(MonthClose.id.in_(closes))
        .cte("limits")
    )


def qualifies(limit: CTE) -> ColumnElement[bool]:
    return and_(MonthResult.kpi_met, MonthResult.csat_rank <= limit.c.limit)


def runs(
    session: Session,
    period: Period,
    policy: PolicyInForce,
    only: Sequence[int] | None = None,
) -> Mapping[int, list[Month]]:
    """By person (`only` these, if given): the first month of every window that qualifies."""
    return runs_in(session, within(period), policy, only)


def runs_in(
    session: Session,
    closes: Select[int],
    policy: PolicyInForce,
    only: Sequence[int] | None = None,
) -> Mapping[int, list[Month]]:
    """The same over the closes given."""
    length = policy["months"]
    limit = limits(closes, policy["top_share"])
    good = (
        select(MonthResult.person_id, limit.c.month.label("month"))
        .join(limit, limit.c.id == MonthResult.close_id)
        .where(qualifies(limit), true() if only is None else MonthResult.person_id.in_(only))
        .cte("good")
    )
    month = type_coerce(good.c.month, Integer)
    ahead = (
        select(
            good.c.person_id,
            good.c.month,
            month.label("number"),
            func.lead(month, length - 1)
            .over(partition_by=good.c.person_id, order_by=month)
            .label("reaches"),
        )
    ).cte("ahead")
    rows = session.execute(
        select(ahead.c.person_id, ahead.c.month)
        .where(ahead.c.reaches == ahead.c.number + (length - 1))
        .order_by(ahead.c.person_id, ahead.c.month)
    )
    found: dict[int, list[Month]] = defaultdict(list)
    for person_id, first in rows:
        found[person_id].append(first)
    return found
