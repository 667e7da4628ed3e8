"""Month by month, what a verdict rests on: each required figure, its source, and the rank."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, and_, func, select

from lms.plugins.api import (
    ImportRun,
    Metric,
    Month,
    MonthClose,
    MonthFigure,
    MonthResult,
    Session,
    metrics,
)
from lms.plugins.promotion import streaks

_kept: WeakKeyDictionary[Engine, dict[tuple[int, datetime, int], float | None]] = (
    WeakKeyDictionary()
)


class Figure(NamedTuple):
    """`value` None: no data. `file` and `row` say where it was read."""

    metric: Metric
    value: float | None
    target: float | None
    is_met: bool
    file: str = ""
    row: int | None = None
    import_id: int | None = None


class ClosedMonth(NamedTuple):
    """What holds for everybody: `limit` is the last rank that counts, `csat_needed` its figure."""

    close_id: int
    month: Month
    revision: int
    policy_number: int
    n: int
    limit: int
    required: Sequence[Metric]
    csat_needed: float | None = None


@dataclass(frozen=True)
class MonthEvidence:
    """One person's month; `has_result` is False where the month knows nothing of them."""

    closed: ClosedMonth
    has_result: bool = False
    not_ranked: str | None = None
    kpi_met: bool = False
    csat_rank: int | None = None
    figures: Sequence[Figure] = field(default_factory=list)

    @property
    def in_top(self) -> bool:
        return self.csat_rank is not None and self.csat_rank <= self.closed.limit

    @property
    def qualifies(self) -> bool:
        return self.kpi_met and self.in_top


def closed_months(
    session: Session, closes: Select[int], top_share: float, *, with_needed: bool = False
) -> list[ClosedMonth]:
    """Oldest first; `with_needed` asks for the satisfaction that was just enough, too."""
    limit = streaks.limits(closes, top_share)
    rows = session.execute(
        select(limit, MonthClose.policy, MonthClose.closed_at)
        .join(MonthClose, MonthClose.id == limit.c.id)
        .order_by(limit.c.month)
    ).all()
    needed = _needed(session, rows, top_share) if with_needed else {}
    return [
        ClosedMonth(
            r.id,
            r.month,
            r.revision,
            r.policy_number,
            r.n,
            r.limit,
            [metric for metric in metrics(r.policy) if metric.required],
            needed.get(r.id),
        )
        for r in rows
    ]


def _needed(session: Session, rows: Sequence[Any], top_share: float) -> Mapping[int, float | None]:
    """By close, the satisfaction that was just enough; kept, because a close never changes."""
    kept = _kept.setdefault(session.get_bind().engine, {})
    # The time too: after a restore another close may have the number.
    keys = {row.id: (row.id, row.closed_at, row.limit) for row in rows}
    missing = [close_id for close_id, key in keys.items() if key not in kept]
    if missing:
        limit = streaks.limits(select(MonthClose.id).where(MonthClose.id.in_(missing)), top_share)
        figure = and_(
            MonthFigure.close_id == MonthResult.close_id,
            MonthFigure.person_id == MonthResult.person_id,
            MonthFigure.metric == "csat",
        )
        found = session.execute(
            select(MonthResult.close_id, func.min(MonthFigure.value))
            .join(limit, limit.c.id == MonthResult.close_id)
            .join(MonthFigure, figure)
            .where(MonthResult.csat_rank <= limit.c.limit)
            .group_by(MonthResult.close_id)
        )
        lowest = {close_id: value for close_id, value in found}
        kept.update({keys[close_id]: lowest.get(close_id) for close_id in missing})
    return {close_id: kept[key] for close_id, key in keys.items()}


def of_people(
    session: Session, person_ids: Sequence[int], months: Sequence[ClosedMonth]
) -> Mapping[int, list[MonthEvidence]]:
    """By person, one entry per closed month, oldest first; one query whatever the numbers."""
    rows: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for row in session.execute(_rows(person_ids, months)):
        rows[row.close_id, row.person_id][row.metric or ""] = row
    return {
        person_id: [_evidence(m, rows.get((m.close_id, person_id), {})) for m in months]
        for person_id in person_ids
    }


def _rows(person_ids: Sequence[int], months: Sequence[ClosedMonth]) -> Select[*tuple[Any, ...]]:
    """A row for each required figure; without any a person's result is a row by itself."""
    codes = {metric.code for month in months for metric in month.required}
    figure = and_(
        MonthFigure.close_id == MonthResult.close_id,
        MonthFigure.person_id == MonthResult.person_id,
        MonthFigure.metric.in_(codes),
    )
    return (
        select(
            MonthResult.close_id,
            MonthResult.person_id,
            MonthResult.not_ranked,
            MonthResult.kpi_met,
            MonthResult.csat_rank,
            MonthFigure.metric,
            MonthFigure.value,
            MonthFigure.target,
            MonthFigure.is_met,
            MonthFigure.import_id,
            MonthFigure.source_row,
            ImportRun.filename,
        )
        .outerjoin(MonthFigure, figure)
        .outerjoin(ImportRun, ImportRun.id == MonthFigure.import_id)
        .where(
            MonthResult.close_id.in_([month.close_id for month in months]),
            MonthResult.person_id.in_(person_ids),
        )
    )


def _evidence(month: ClosedMonth, rows: Mapping[str, Any]) -> MonthEvidence:
    if not rows:
        return MonthEvidence(month)
    result = next(iter(rows.values()))
    return MonthEvidence(
        month,
        True,
        result.not_ranked,
        result.kpi_met,
        result.csat_rank,
        [_figure(metric, rows.get(metric.code)) for metric in month.required],
    )


def _figure(metric: Metric, row: Any) -> Figure:
    if row is None:
        return Figure(metric, None, None, False)
    return Figure(
        metric,
        row.value,
        row.target,
        bool(row.is_met),
        row.filename or "",
        row.source_row,
        row.import_id,
    )
