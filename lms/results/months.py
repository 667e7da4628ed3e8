"""The months there are: their rows, how complete they are, and whether they are closed."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import ScalarSelect, case, func, select

from lms.clock import Month
from lms.db import Session
from lms.policies import PolicyInForce
from lms.results.metrics import metrics
from lms.results.models import KpiCorrection, KpiRow, KpiValue, MonthClose


class MonthState(NamedTuple):
    """`filled`: of the scored figures of all rows, how many are there; `waiting`: corrections."""

    month: Month
    rows: int
    filled: int
    wanted: int
    waiting: int
    close: MonthClose | None

    @property
    def percent(self) -> int:
        return round(100 * self.filled / self.wanted) if self.wanted else 0


def years(session: Session) -> list[int]:
    """Years with figures, newest first."""
    first, last = session.execute(select(func.min(KpiRow.month), func.max(KpiRow.month))).one()
    return [] if first is None else list(range(last.year, first.year - 1, -1))


def states(
    session: Session, year: int, policy_of: Callable[[Month], PolicyInForce]
) -> list[MonthState]:
    """The months of a year that have figures, newest first; `policy_of`: what each is scored by."""
    begin, end = Month(year * 12), Month(year * 12 + 11)
    closes = session.scalars(
        select(MonthClose).where(MonthClose.month.between(begin, end), MonthClose.is_current)
    )
    return _states(session, begin, end, policy_of, {close.month: close for close in closes})


def _states(
    session: Session,
    begin: Month,
    end: Month,
    policy_of: Callable[[Month], PolicyInForce],
    closes: dict[Month, MonthClose],
) -> list[MonthState]:
    every = [begin.plus(n) for n in range(end.index - begin.index + 1)]
    scored = {m: [x.code for x in metrics(policy_of(m).params) if x.component] for m in every}
    months_of: dict[frozenset[str], list[Month]] = {}
    for month, codes in scored.items():
        months_of.setdefault(frozenset(codes), []).append(month)
    filled = case(
        *((KpiRow.month.in_(alike), _filled(codes)) for codes, alike in months_of.items())
    )
    waiting = (
        select(func.count())
        .where(KpiCorrection.month == KpiRow.month, KpiCorrection.applied_close_id.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(KpiRow.month, func.count(), filled, waiting)
        .where(KpiRow.month.between(begin, end))
        .group_by(KpiRow.month)
        .order_by(KpiRow.month.desc())
    ).all()
    return [
        MonthState(month, count, there, count * len(scored[month]), held, closes.get(month))
        for month, count, there, held in rows
    ]


def _filled(codes: Iterable[str]) -> ScalarSelect[int]:
    """How many figures of these metrics the month has."""
    here = KpiValue.month == KpiRow.month, KpiValue.metric.in_(sorted(codes))
    return select(func.count()).select_from(KpiValue).where(*here).scalar_subquery()


def oldest_open(session: Session, before: Month) -> Month | None:
    """The first month that is over, has figures, and is not closed."""
    closed = select(MonthClose.month)
    return session.scalar(
        select(func.min(KpiRow.month)).where(KpiRow.month < before, KpiRow.month.not_in(closed))
    )


def open_month(session: Session, month: Month, policy: PolicyInForce) -> MonthState | None:
    """The state of a month that is not closed; None without figures."""
    return next(iter(_states(session, month, month, lambda _month: policy, {})), None)
