"""A person's month with every figure behind it; the same for themselves and for HR."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from lms.clock import Month
from lms.db import Session
from lms.results.metrics import COMPONENTS, Metric, by_code, metrics
from lms.results.models import ImportRun, MonthClose, MonthFigure, MonthResult

TREND = 12


class Figure(NamedTuple):
    """`attained` in percent; `file` and `row` say where it came from, neither: from the LMS."""

    metric: Metric
    value: float | None
    target: float | None
    attained: float | None
    is_met: bool | None
    import_id: int | None
    file: str | None
    row: int | None
    trend: list[float | None]


class Part(NamedTuple):
    """A component's share of the score: points out of `weight`, both out of 100."""

    name: str
    attained: int | None
    points: float
    weight: float


class Evidence(NamedTuple):
    """`months`: all closed months with a result of theirs, newest first; `of`: how many ranked;
    `counted`: the scores that enter quarters and years."""

    month: Month
    close: MonthClose
    result: MonthResult
    of: int
    parts: list[Part]
    figures: list[Figure]
    missing: list[Metric]
    months: list[Month]
    scores: list[tuple[Month, int | None]]
    counted: Mapping[Month, int]


def evidence(session: Session, person_id: int, month: Month | None) -> Evidence | None:
    """The given month, or the latest; None while no closed month has a result of theirs."""
    rows = session.execute(
        select(MonthResult, MonthClose)
        .join(MonthClose, MonthClose.id == MonthResult.close_id)
        .where(MonthResult.person_id == person_id, MonthClose.is_current)
        .order_by(MonthClose.month.desc())
    ).all()
    chosen = next((row for row in rows if month is None or row[1].month == month), None)
    if chosen is None:
        return None
    result, close = chosen
    until = [row for row in rows if row[1].month <= close.month][:TREND][::-1]
    known = metrics(close.policy)
    figures = _figures(session, person_id, close, [c.id for _, c in until], known)
    there = {f.metric.code for f in figures if f.attained is not None}
    return Evidence(
        month=close.month,
        close=close,
        result=result,
        of=ranked_among(close, result),
        parts=parts(result, close.policy),
        figures=figures,
        missing=[m for m in known if m.component and m.code not in there],
        months=[c.month for _, c in rows],
        scores=[(c.month, r.score) for r, c in until],
        counted={c.month: r.score for r, c in rows if r.not_ranked is None and r.score is not None},
    )


def ranked_among(close: Any, result: Any) -> int:
    """Ranks may be within a team or channel; then that is what one is ranked among. Both
    arguments may be rows."""
    within = {"team": result.team_id, "channel": result.channel}.get(
        str(close.policy.get("scope", "company"))
    )
    counts = close.summary.get("within", {})
    return int(counts.get(str(within), close.ranked)) if within is not None else close.ranked


def parts(result: Any, policy: Any) -> list[Part]:
    """What the components give; `result` is a MonthResult or a row with its columns."""
    attained = {name: getattr(result, name) for name in COMPONENTS}
    weights = {name: float(policy[f"weight_{name}"]) for name in COMPONENTS}
    present = sum(weights[n] for n, value in attained.items() if value is not None)
    found = []
    for name, value in attained.items():
        weight = 100 * weights[name] / present if value is not None and present else 0.0
        found.append(Part(name, value, weight * (value or 0) / 10_000, weight))
    return found


def _figures(
    session: Session, person_id: int, close: MonthClose, close_ids: list[int], known: list[Metric]
) -> list[Figure]:
    """The month's figures in the order of the metrics, each with its run over the months before."""
    rows = session.execute(
        select(MonthFigure, ImportRun.filename)
        .outerjoin(ImportRun, ImportRun.id == MonthFigure.import_id)
        .where(MonthFigure.person_id == person_id, MonthFigure.close_id.in_(close_ids))
    ).all()
    values = {(f.metric, f.close_id): f.value for f, _ in rows}
    order = {metric.code: place for place, metric in enumerate(known)}
    mine = [(f, name) for f, name in rows if f.close_id == close.id and f.metric in order]
    named = by_code(known)
    return [
        Figure(
            metric=named[f.metric],
            value=f.value,
            target=f.target,
            attained=None if f.attainment is None else f.attainment / 1e10,
            is_met=f.is_met,
            import_id=f.import_id,
            file=filename,
            row=f.source_row,
            trend=[values.get((f.metric, close_id)) for close_id in close_ids],
        )
        for f, filename in sorted(mine, key=lambda pair: order[pair[0].metric])
    ]
