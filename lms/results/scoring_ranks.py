"""Steps 3 and 4 of scoring: a score and its components from the frozen figures, and the ranks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy.sql import FromClause

from lms.policies import PolicyInForce
from lms.results.metrics import CHANNELS, COMPONENTS, Metric
from lms.results.models import MonthFigure, MonthResult, NotRanked
from lms.results.rounding import whole

# Of a person with none of these there is nothing to score, whatever else HR has measured.
MEASURED = ("frt", "fcr", "csat", "feedback")
_KEPT = ("person_id", "team_id", "level", "channel", "leave_days", "has_row")


def results(
    close_id: int, people: Select[Any], known: Sequence[Metric], policy: PolicyInForce
) -> Any:
    """The INSERT of everybody's result; `people` are the columns of `roster`."""
    one = _scored(close_id, people.subquery("one"), known, policy).cte("scored")
    places = _places(one, _WITHIN.get(policy["scope"])).subquery("places")
    columns = {
        "close_id": literal(close_id),
        **{c.name: c for c in one.c if c.name != "stars"},
        "rank": places.c.by_score,
        "csat_rank": places.c.by_stars,
    }
    rows = select(*columns.values()).select_from(
        one.outerjoin(places, places.c.person_id == one.c.person_id)
    )
    return insert(MonthResult).from_select(list(columns), rows)


_WITHIN = {"team": "team_id", "channel": "channel"}


def _places(one: CTE, scope: str | None) -> Select[Any]:
    """The competition ranks, best first, of those who are ranked: of nothing but what is put in
    order, since it is sorted twice."""
    within = [] if scope is None else [one.c[scope]]
    has_stars = one.c.stars.is_not(None)
    by_score = func.rank().over(partition_by=within, order_by=one.c.score.desc())
    by_stars = func.rank().over(partition_by=[has_stars, *within], order_by=one.c.stars.desc())
    return select(
        one.c.person_id,
        by_score.label("by_score"),
        case((has_stars, by_stars), else_=null()).label("by_stars"),
    ).where(one.c.not_ranked.is_(None))


def _scored(
    close_id: int, one: Subquery, known: Sequence[Metric], policy: PolicyInForce
) -> Select[Any]:
    scored = [m for m in known if m.component in COMPONENTS and m.weight > 0]
    got = _attained(close_id, scored, [m.code for m in known if m.required])
    weights = {name: float(policy[f"weight_{name}"]) for name in COMPONENTS}
    total = sum(
        (func.coalesce(got.c[name] * weights[name], 0.0) for name in COMPONENTS[1:]),
        func.coalesce(got.c[COMPONENTS[0]] * weights[COMPONENTS[0]], 0.0),
    )
    present = [case((got.c[name].is_(None), 0.0), else_=weights[name]) for name in COMPONENTS]
    weight = present[0] + present[1] + present[2]
    has_score = and_(got.c.measured > 0, weight > 0.0)
    # Mean attainment in units of 1e-12; times 100 twice (a percentage, in hundredths) is over 1e8.
    score = case((has_score, whole(total / weight / 1e8 + 0.5 + 1e-8)), else_=null())
    no_score = case((has_score, null()), else_=literal(str(NotRanked.NO_SCORE)))
    is_partial = and_(has_score, got.c.present < len(scored))
    return select(
        *(one.c[name] for name in _KEPT),
        score.label("score"),
        *(whole(got.c[name] / 1e8 + 0.5 + 1e-8).label(name) for name in COMPONENTS),
        is_partial.label("is_partial"),
        _kpi_met(one, got, known).label("kpi_met"),
        func.coalesce(one.c.not_ranked, no_score).label("not_ranked"),
        got.c.stars,
    ).select_from(one.outerjoin(got, got.c.person_id == one.c.person_id))


def _attained(close_id: int, scored: Sequence[Metric], required: Sequence[str]) -> FromClause:
    """By person: mean attainment of each component (null without a figure), the number of figures
    present, of those a score rests on and of required ones that are met, and CSAT (`stars`)."""
    one = _side_by_side(close_id, scored, required)
    columns = []
    for name in COMPONENTS:
        there = [(one.c[f"at_{n}"], m.weight) for n, m in enumerate(scored) if m.component == name]
        points = [func.coalesce(got * weight, 0.0) for got, weight in there]
        weights = [case((got.is_(None), 0.0), else_=weight) for got, weight in there]
        mean = _sum(points) / func.nullif(_sum(weights), 0.0, type_=Float(53))
        columns.append(mean.label(name))
    present = [case((one.c[f"at_{n}"].is_(None), 0), else_=1) for n in range(len(scored))]
    measured = [there for there, m in zip(present, scored, strict=True) if m.code in MEASURED]
    columns += [_sum(present).label("present"), _sum(measured).label("measured")]
    return (
        select(one.c.person_id, *columns, one.c.met, one.c.stars)
        .cte("got")
        .prefix_with("MATERIALIZED")
    )


def _sum(terms: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return sum(terms[1:], terms[0]) if terms else cast(null(), Float(53))


def _side_by_side(close_id: int, scored: Sequence[Metric], required: Sequence[str]) -> Subquery:
    """By person: `at_<n>`, the attainment in the n-th scored metric. Six comparisons for a figure,
    where sums by component would make a dozen: this reads every figure there is."""
    got = cast(MonthFigure.attainment, Float(53))
    met = and_(MonthFigure.is_met.is_(True), MonthFigure.metric.in_(required))
    return (
        select(
            MonthFigure.person_id,
            *(
                func.max(case((MonthFigure.metric == m.code, got))).label(f"at_{n}")
                for n, m in enumerate(scored)
            ),
            func.sum(case((met, 1), else_=0)).label("met"),
            func.max(case((MonthFigure.metric == "csat", MonthFigure.value))).label("stars"),
        )
        .where(MonthFigure.close_id == close_id)
        .group_by(MonthFigure.person_id)
        .subquery("side_by_side")
    )


def _kpi_met(one: Subquery, got: FromClause, known: Sequence[Metric]) -> ColumnElement[bool]:
    """Every required metric that has a target for the channel is there and meets it."""
    needed = {c: sum(1 for m in known if m.required and m.target(c) is not None) for c in CHANNELS}
    return case(needed, value=one.c.channel, else_=-1) == func.coalesce(got.c.met, 0)
