"""In what order the month's list stands: by any column or figure, the way back too."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from lms.people.models import Person, Team
from lms.results.models import MonthFigure, MonthResult

RANK = "rank"
# Before the code of a metric: there is a component and a metric of the name `feedback`.
FIGURE = "kpi-"
_COLUMNS: dict[str, Any] = {
    RANK: MonthResult.rank, "name": Person.name, "team": Team.name, "score": MonthResult.score,
    "service": MonthResult.service, "feedback": MonthResult.feedback,
    "training": MonthResult.training,
}  # fmt: skip
SORTS = tuple(_COLUMNS)
# Of these the first look is for the highest.
_HIGHEST_FIRST = ("score", "service", "feedback", "training")


def sorts(metrics: Collection[str]) -> tuple[str, ...]:
    """Every order there is, of a close with figures of these metrics."""
    return *SORTS, *(FIGURE + code for code in metrics)


def known(sort: str, metrics: Collection[str] = ()) -> str:
    """The sort that an address asks for, `-` before it for downwards; by rank if it is none."""
    return sort if sort.removeprefix("-") in sorts(metrics) else RANK


def next_sort(name: str, present: str) -> str:
    """What a click on a column's head asks for: the first look, then the other way round."""
    first = f"-{name}" if name in _HIGHEST_FIRST else name
    other = name if name in _HIGHEST_FIRST else f"-{name}"
    return other if present == first else first


def metric_of(sort: str) -> str | None:
    """The metric whose figures the order is by, if it is one."""
    name = sort.removeprefix("-")
    return name.removeprefix(FIGURE) if name.startswith(FIGURE) else None


def with_figures(statement: Select[Any], sort: str) -> Select[Any]:
    """The statement of results, with the figures the order is by."""
    metric = metric_of(sort)
    if metric is None:
        return statement
    same = and_(
        MonthFigure.close_id == MonthResult.close_id,
        MonthFigure.person_id == MonthResult.person_id,
        MonthFigure.metric == metric,
    )
    return statement.outerjoin(MonthFigure, same)


def order_by(sort: str, show: str) -> tuple[Any, ...]:
    """Those not ranked come last; no data counts as the least. Equal ones stand by rank.

    Downwards is the way back, of those ranked and of the others each by themselves.
    """
    rank, person, name = MonthResult.rank, MonthResult.person_id, sort.removeprefix("-")
    column = MonthFigure.value if metric_of(sort) else _COLUMNS[name]
    if column is rank and show == "ranked":
        parts = [rank, person]  # as the index has them
    elif column is rank:
        parts = [rank, MonthResult.not_ranked, person]
    else:
        parts = [column.is_not(None), column, MonthResult.not_ranked, rank, person]
    if sort.startswith("-"):
        parts = [part.desc() for part in parts]
    return tuple(parts) if show == "ranked" else (rank.is_(None), *parts)


def of_kind(show: str) -> list[ColumnElement[bool]]:
    """Those ranked, those who are not, or all."""
    is_ranked: ColumnElement[bool] = MonthResult.rank.is_not(None)
    return {"ranked": [is_ranked], "not_ranked": [~is_ranked]}.get(show, [])


def chosen(close_id: int, sort: str, show: str) -> Select[Any]:
    """The ids in their order."""
    return in_order(close_id, sort, show).where(*of_kind(show))


def in_order(close_id: int, sort: str, show: str) -> Select[Any]:
    """The ids of all, in the order of a list that shows some; people and teams are looked at only
    where the order is theirs."""
    found = select(MonthResult.person_id).where(MonthResult.close_id == close_id)
    name = sort.removeprefix("-")
    if name == "name":
        found = found.join(Person, Person.id == MonthResult.person_id)
    elif name == "team":
        found = found.outerjoin(Team, Team.id == MonthResult.team_id)
    return with_figures(found, sort).order_by(*order_by(sort, show))
