"""New hires by the month they began: how soon they were cleared, their CSAT at 90 days."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, and_, case, column, func, select, values

from lms.plugins.api import Clearance, Level, Month, MonthFigure, Person, Position, Session
from lms.plugins.insight.days import days_between

AT_DAYS, WITHIN_DAYS = 90, 7
METRIC = "csat"


class Cohort(NamedTuple):
    """`due`: of those hired, whose week is over; `rated`: those with a CSAT in the month in which
    their 90th day lies; `csat` is their mean, None where there are none or too few to show."""

    month: Month
    hired: int
    due: int
    cleared: int
    stayed: int
    rated: int
    csat: float | None

    @property
    def share(self) -> float | None:
        """Cleared within the week, in percent."""
        return round(100 * self.cleared / self.due, 1) if self.due else None


def cohorts(
    session: Session,
    last: Month,
    count: int,
    closes: Mapping[Month, int],
    scope: ColumnElement[bool],
    today: date,
    least_shown: int,
) -> list[Cohort]:
    """Those hired as agents in `count` months up to `last`, oldest first."""
    months = [last.plus(i - count + 1) for i in range(count)]
    starts = _between("starts", [(m.index, m.first_day, m.last_day) for m in months])
    hired = (
        select(
            starts.c.number.label("month"), Person.id, Person.hired_on,
            Person.left_on, _cleared_on().label("cleared_on"),
        )
        .join(starts, Person.hired_on.between(starts.c.begins, starts.c.ends))
        .where(scope, _level_at_hire() == Level.AGENT)
        .subquery("hired")
    )  # fmt: skip
    # The first day is the day of the start: the 90th is 89 days after it.
    back = timedelta(days=AT_DAYS - 1)
    at = _between(
        "at_ninety",
        [(i, m.first_day - back, m.last_day - back) for m, i in closes.items()] or [_NOTHING],
    )
    figure = and_(
        MonthFigure.close_id == at.c.number,
        MonthFigure.person_id == hired.c.id,
        MonthFigure.metric == METRIC,
    )
    is_due = hired.c.hired_on <= today - timedelta(days=WITHIN_DAYS)
    in_time = days_between(hired.c.hired_on, hired.c.cleared_on) < WITHIN_DAYS
    rows = session.execute(
        select(
            hired.c.month,
            func.count(),
            func.sum(case((is_due, 1), else_=0)),
            func.sum(case((and_(is_due, in_time), 1), else_=0)),
            func.sum(case((hired.c.left_on.is_(None), 1), else_=0)),
            func.count(MonthFigure.value),
            func.avg(MonthFigure.value),
        )
        .outerjoin(at, hired.c.hired_on.between(at.c.begins, at.c.ends))
        .outerjoin(MonthFigure, figure)
        .group_by(hired.c.month)
    )
    found = {
        Month(index): (people, due, cleared, stayed, rated, csat if rated >= least_shown else None)
        for index, people, due, cleared, stayed, rated, csat in rows
    }
    return [Cohort(m, *found.get(m, (0, 0, 0, 0, 0, None))) for m in months]


# No close has this number, and nobody was hired in year 1.
_NOTHING = (-1, date(1, 1, 1), date(1, 1, 1))


def _between(name: str, rows: Sequence[tuple[int, date, date]]) -> Any:
    columns = column("number", Integer), column("begins", Date), column("ends", Date)
    return values(*columns).data(rows).cte(name)


def _level_at_hire() -> Any:
    first = select(Position.level).where(Position.person_id == Person.id)
    first = first.order_by(Position.from_day).limit(1)
    return func.coalesce(first.scalar_subquery(), Person.level)


def _cleared_on() -> Any:
    first = select(func.min(Clearance.from_day)).where(Clearance.person_id == Person.id)
    return first.scalar_subquery()
