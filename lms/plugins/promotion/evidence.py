"""Month by month, what a verdict rests on: each required figure, its source, and the rank."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, func, select

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


@dataclass(frozen=True)
class Figure:
    """`value` None: no data. `file` and `row` say where it was read."""

    metric: Metric
    value: float | None
    target: float | None
    is_met: bool
    file: str = ""
    row: int | None = None


@dataclass(frozen=True)
class ClosedMonth:
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
        select(limit, MonthClose.policy)
        .join(MonthClose, MonthClose.id == limit.c.id)
        .order_by(limit.c.month)
    ).all()
    needed: Mapping[int, float] = {}
    if with_needed:
        lowest = select(MonthResult.close_id, func.min(MonthFigure.value))
        found = session.execute(
            lowest.join(limit, limit.c.id == MonthResult.close_id)
            .join(
                MonthFigure,
                and_(
                    MonthFigure.close_id == MonthResult.close_id,
                    MonthFigure.person_id == MonthResult.person_id,
                    MonthFigure.metric == "csat",
                ),
            )
            .where(MonthResult.csat_rank <= limit.c.limit)
            .group_by(MonthResult.close_id)
        )
        needed = {close_id: value for close_id, value in found}
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


def of_people(
    session: Session, person_ids: Sequence[int], months: Sequence[ClosedMonth]
) -> Mapping[int, list[MonthEvidence]]:
    """By person, one entry per closed month, oldest first; two queries whatever the numbers."""
    closes = [m.close_id for m in months]
    mine = (MonthResult.close_id.in_(closes), MonthResult.person_id.in_(person_ids))
    results = {
        (r.close_id, r.person_id): r
        for r in session.execute(
            select(
                MonthResult.close_id,
                MonthResult.person_id,
                MonthResult.not_ranked,
                MonthResult.kpi_met,
                MonthResult.csat_rank,
            ).where(*mine)
        )
    }
    figures = _figures(session, person_ids, months)
    return {
        person_id: [
            _evidence(m, results.get((m.close_id, person_id)), figures[m.close_id, person_id])
            for m in months
        ]
        for person_id in person_ids
    }


def _figures(
    session: Session, person_ids: Sequence[int], months: Sequence[ClosedMonth]
) -> Mapping[tuple[int, int], Mapping[str, Any]]:
    """By close and person, then by metric: the row with the figure and its source."""
    codes = {metric.code for m in months for metric in m.required}
    rows = session.execute(
        select(
            MonthFigure.close_id,
            MonthFigure.person_id,
            MonthFigure.metric,
            MonthFigure.value,
            MonthFigure.target,
            MonthFigure.is_met,
            ImportRun.filename,
            MonthFigure.source_row,
        )
        .outerjoin(ImportRun, ImportRun.id == MonthFigure.import_id)
        .where(
            MonthFigure.close_id.in_([m.close_id for m in months]),
            MonthFigure.person_id.in_(person_ids),
            MonthFigure.metric.in_(codes),
        )
    )
    found: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.close_id, row.person_id][row.metric] = row
    return found


def _evidence(month: ClosedMonth, result: Any, figures: Mapping[str, Any]) -> MonthEvidence:
    if result is None:
        return MonthEvidence(month)
    return MonthEvidence(
        month,
        True,
        result.not_ranked,
        result.kpi_met,
        result.csat_rank,
        [_figure(metric, figures.get(metric.code)) for metric in month.required],
    )


def _figure(metric: Metric, row: Any) -> Figure:
    if row is None:
        return Figure(metric, None, None, False)
    return Figure(
        metric, row.value, row.target, bool(row.is_met), row.filename or "", row.source_row
    )
