"""Steps 1 and 2 of scoring: the inputs frozen, each measured against its target as it is stored."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    exists,
    insert,
    literal,
    null,
    select,
    update,
)

from lms.clock import Month
from lms.db import Session
from lms.results.metrics import CHANNELS, Metric
from lms.results.models import KpiValue, MonthFigure, MonthResult
from lms.results.rounding import whole

FULL = 10**12


class OwnFigure(NamedTuple):
    """A training figure from the LMS itself; it wins over an imported one."""

    person_id: int
    metric: str
    value: float


def freeze(
    session: Session,
    close_id: int,
    month: Month,
    members: Select[Any],
    known: Sequence[Metric],
    own_figures: Sequence[OwnFigure],
) -> None:
    """The month's figures of the people in `members` (person_id, channel), own ones first."""
    # Found once for each person, not for each figure.
    one = members.subquery("member")
    held = select(one.c.person_id, one.c.channel).cte("held").prefix_with("MATERIALIZED")
    imported: Select[Any] = (
        select(
            KpiValue.person_id, KpiValue.metric, KpiValue.value, KpiValue.import_id,
            KpiValue.source_row, held.c.channel,
        )
        .join(held, held.c.person_id == KpiValue.person_id)
        .where(KpiValue.month == month)
    )  # fmt: skip
    if own_figures:
        _freeze_own(session, close_id, members, known, own_figures)
        own = exists().where(
            MonthFigure.close_id == close_id,
            MonthFigure.person_id == KpiValue.person_id,
            MonthFigure.metric == KpiValue.metric,
        )
        imported = imported.where(~own)
    session.execute(_measured(close_id, imported, known))


def freeze_again(session: Session, close_id: int, of: int, known: Sequence[Metric]) -> None:
    """The frozen figures of another close, measured anew."""
    columns: list[Any] = [
        MonthFigure.person_id, MonthFigure.metric, MonthFigure.value, MonthFigure.import_id,
        MonthFigure.source_row, MonthResult.channel,
    ]  # fmt: skip
    same = and_(MonthResult.close_id == of, MonthResult.person_id == MonthFigure.person_id)
    figures = select(*columns).join(MonthResult, same).where(MonthFigure.close_id == of)
    session.execute(_measured(close_id, figures, known))


def _freeze_own(
    session: Session,
    close_id: int,
    members: Select[Any],
    known: Sequence[Metric],
    own_figures: Sequence[OwnFigure],
) -> None:
    there = {row.person_id for row in session.execute(members)}
    found = [
        {"close_id": close_id, "person_id": f.person_id, "metric": f.metric, "value": f.value}
        for f in own_figures
        if f.person_id in there
    ]
    if found:
        session.execute(insert(MonthFigure), found)
    held = members.subquery("held")
    session.execute(
        update(MonthFigure)
        .where(MonthFigure.close_id == close_id, MonthFigure.person_id == held.c.person_id)
        .values(_measures(known, MonthFigure.metric, held.c.channel, MonthFigure.value))
        .execution_options(synchronize_session=False)
    )


def _measured(close_id: int, figures: Select[Any], known: Sequence[Metric]) -> Any:
    """The INSERT of figures (person_id, metric, value, import_id, source_row; channel)."""
    one = figures.subquery("one")
    columns = {
        "close_id": literal(close_id),
        **{name: one.c[name] for name in ("person_id", "metric", "value")},
        **_measures(known, one.c.metric, one.c.channel, one.c.value),
        **{name: one.c[name] for name in ("import_id", "source_row")},
    }
    return insert(MonthFigure).from_select(list(columns), select(*columns.values()))


def _measures(
    known: Sequence[Metric], metric: Any, channel: Any, value: Any
) -> dict[str, ColumnElement[Any]]:
    """Target, attainment and whether it is met, with the policy's numbers written out: looked up in
    a table of targets, each figure would cost more than its arithmetic."""

    def each(make: Callable[[Metric, float | None], ColumnElement[Any]]) -> ColumnElement[Any]:
        found = {
            m.code: _by_channel(m, channel, make) for m in known if m.targets or m.scale is not None
        }
        return case(found, value=metric) if found else cast(null(), Float(53))

    return {
        "target": each(lambda m, target: _number(target)),
        "attainment": whole(each(lambda m, target: _share(m, target, value)) * float(FULL) + 0.5),
        "is_met": cast(each(lambda m, target: _met(m, target, value)), Boolean),
    }


def _by_channel(
    metric: Metric, channel: Any, make: Callable[[Metric, float | None], ColumnElement[Any]]
) -> ColumnElement[Any]:
    targets = {name: metric.target(name) for name in CHANNELS}
    found = {name: make(metric, target) for name, target in targets.items() if target is not None}
    return case(found, value=channel, else_=make(metric, None)) if found else make(metric, None)


def _number(number: float | None) -> ColumnElement[Any]:
    return cast(null() if number is None else number, Float(53))


def _share(metric: Metric, target: float | None, value: Any) -> ColumnElement[Any]:
    full = target if metric.scale is None else float(metric.scale)
    if full is None:
        return _number(None)
    if metric.higher:
        return case((value < 0, 0.0), (value >= full, 1.0), else_=value / full if full else 0.0)
    return case((value < 0, 0.0), (value <= full, 1.0), else_=full / value if full > 0 else 0.0)


def _met(metric: Metric, target: float | None, value: Any) -> ColumnElement[Any]:
    if target is None:
        return cast(null(), Boolean)
    met: ColumnElement[bool] = value >= target if metric.higher else value <= target
    return met
