"""What a course changed: takers against people who had not taken it, three months each side.

One statement: the change of everybody who has a figure before and after each month in which
somebody completed the course, and the sums that `statistics.effect` takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    CTE,
    Float,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    true,
    union_all,
    values,
)

from lms.plugins.api import (
    Enrolment,
    EnrolmentStatus,
    Localized,
    Month,
    MonthFigure,
    MonthResult,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Session,
    UTCDateTime,
    is_latest,
    zone,
)
from lms.plugins.insight.months import SCORE
from lms.plugins.insight.statistics import Sums

BESIDE = 3


@dataclass(frozen=True)
class Course:
    id: int
    title: Localized
    kind: str
    completed: int


@dataclass(frozen=True)
class Beside:
    """A group's mean in the month `offset` months after the completion, and of how many people."""

    takers: bool
    offset: int
    mean: float
    people: int


def courses(session: Session) -> list[Course]:
    """By how many completed them, most first; what clears for duty has no before."""
    people = func.count(func.distinct(Enrolment.person_id))
    rows = session.execute(
        select(Programme.id, ProgrammeVersion.title, Programme.kind, people)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.programme_id == Programme.id,
                Enrolment.status == EnrolmentStatus.COMPLETED,
            ),
        )
        .where(
            is_latest(),
            Programme.kind.in_(
                (ProgrammeKind.TOPIC, ProgrammeKind.TRACK, ProgrammeKind.RETRAINING)
            ),
        )
        .group_by(Programme.id, ProgrammeVersion.id, Programme.kind)
        .order_by(people.desc(), Programme.id)
    )
    return [Course(i, title, kind, count) for i, title, kind, count in rows]


def sums(session: Session, programme_id: int, closes: Mapping[Month, int], code: str) -> Sums:
    """Of those who completed the course with a figure on both sides."""
    if len(closes) < 2:
        return Sums(0, 0.0, 0.0, 0, 0.0)
    treated, beside, _ = _sides(programme_id, closes, code)
    means = (
        select(beside.c.month, func.avg(beside.c.change).label("mean"), func.count().label("n"))
        .group_by(beside.c.month)
        .cte("means")
    )
    each = (
        select(treated.c.month, (treated.c.change - means.c.mean).label("e"))
        .join(means, means.c.month == treated.c.month)
        .cte("each")
    )
    weight = select(each.c.month, func.count().label("n")).group_by(each.c.month).subquery("weight")
    of_all = select(cast(func.count(), Float(53))).select_from(each).scalar_subquery()
    share = weight.c.n / of_all * (beside.c.change - means.c.mean) / means.c.n
    by_person = (
        select(func.sum(share).label("u"))
        .select_from(beside)
        .join(means, means.c.month == beside.c.month)
        .join(weight, weight.c.month == beside.c.month)
        .group_by(beside.c.person_id)
        .subquery("by_person")
    )
    takers = select(
        func.count().label("n"),
        func.sum(each.c.e).label("t"),
        func.sum(each.c.e * each.c.e).label("s"),
    ).subquery("taken")
    others = select(
        func.count().label("n"), func.sum(by_person.c.u * by_person.c.u).label("spread")
    ).subquery("not_taken")
    row = session.execute(
        select(*takers.c, *others.c).select_from(takers.join(others, true()))
    ).one()
    n, total, squares, j, spread = row
    return Sums(n, float(total or 0), float(squares or 0), j, float(spread or 0))


def around(
    session: Session, programme_id: int, closes: Mapping[Month, int], code: str
) -> list[Beside]:
    """The means month by month around the completion, for the chart; the others' weighted by how
    many completed the course in each month."""
    if len(closes) < 2:
        return []
    treated, beside, figures = _sides(programme_id, closes, code)
    takers, others = (_by_offset(side, figures) for side in (treated, beside))
    both = union_all(
        takers.add_columns(literal(1).label("took")), others.add_columns(literal(0).label("took"))
    )
    weights: dict[int, int] = {}
    rows = [(bool(took), m, k, float(mean), n) for m, k, mean, n, took in session.execute(both)]
    for took, m, _k, _mean, n in rows:
        if took:
            weights[m] = max(weights.get(m, 0), n)
    found = []
    for took in (True, False):
        for offset in range(-BESIDE, BESIDE + 1):
            parts = [
                (n if took else weights.get(m, 0), mean, n)
                for t, m, k, mean, n in rows
                if t == took and k == offset
            ]
            weight = sum(w for w, _, _ in parts)
            if weight:
                mean = sum(w * mean for w, mean, _ in parts) / weight
                found.append(Beside(took, offset, mean, sum(n for _, _, n in parts)))
    return found


def _by_offset(side: CTE, figures: CTE) -> Select[Any]:
    offset = (figures.c.month - side.c.month).label("offset_")
    near = and_(
        figures.c.person_id == side.c.person_id,
        figures.c.month.between(side.c.month - BESIDE, side.c.month + BESIDE),
    )
    return (
        select(side.c.month, offset, func.avg(figures.c.value).label("mean"), func.count())
        .select_from(side)
        .join(figures, near)
        .group_by(side.c.month, offset)
    )


def _sides(programme_id: int, closes: Mapping[Month, int], code: str) -> tuple[CTE, CTE, CTE]:
    """(month, person_id, change) of those who completed the course in the month, and of those who
    had not by the end of the months after it; and the figures they come from."""
    months = sorted(month.index for month in closes)
    taken = _taken(programme_id, months)
    figures = _figures(closes, code)
    windows = (
        select(taken.c.month).where(taken.c.month.between(months[0] + 1, months[-1] - 1)).distinct()
    ).cte("windows")
    after, before = figures.c.month > windows.c.month, figures.c.month < windows.c.month
    near = and_(
        figures.c.month.between(windows.c.month - BESIDE, windows.c.month + BESIDE),
        figures.c.month != windows.c.month,
    )
    mean_after, mean_before = (func.avg(case((side, figures.c.value))) for side in (after, before))
    change = (
        select(windows.c.month, figures.c.person_id, (mean_after - mean_before).label("change"))
        .join(figures, near)
        .group_by(windows.c.month, figures.c.person_id)
        .having(and_(mean_after.is_not(None), mean_before.is_not(None)))
        .cte("change")
        .prefix_with("MATERIALIZED")
    )
    theirs = and_(taken.c.person_id == change.c.person_id, taken.c.month == change.c.month)
    treated = select(change).join(taken, theirs).cte("treated")
    had_it = exists().where(
        taken.c.person_id == change.c.person_id, taken.c.month <= change.c.month + BESIDE
    )
    return treated, select(change).where(~had_it).cte("beside"), figures


def _taken(programme_id: int, months: Sequence[int]) -> CTE:
    """Who completed the course, and in which month first; what lies before the first month all in
    the one before it."""
    edges = [_midnight(Month(m)) for m in range(months[0], months[-1] + BESIDE + 2)]
    rows = [(months[0] - 1, datetime.min.replace(year=1970, tzinfo=zone()), edges[0])]
    rows += [(months[0] + i, *pair) for i, pair in enumerate(pairwise(edges))]
    calendar = (
        values(column("month", Integer), column("begins", UTCDateTime), column("ends", UTCDateTime))
        .data(rows)
        .cte("calendar")
    )
    within = and_(Enrolment.ended_at >= calendar.c.begins, Enrolment.ended_at < calendar.c.ends)
    return (
        select(Enrolment.person_id, func.min(calendar.c.month).label("month"))
        .join(calendar, within)
        .where(
            Enrolment.programme_id == programme_id, Enrolment.status == EnrolmentStatus.COMPLETED
        )
        .group_by(Enrolment.person_id)
        .cte("taken")
    )


def _midnight(month: Month) -> datetime:
    return datetime.combine(month.first_day, time(), zone())


def _figures(closes: Mapping[Month, int], code: str) -> CTE:
    """(person_id, month, value) of the closes; the score in points."""
    closed = (
        values(column("close_id", Integer), column("month", Integer))
        .data([(close_id, month.index) for month, close_id in closes.items()])
        .cte("closed")
    )
    if code == SCORE:
        value = cast(MonthResult.score, Float(53)) / 100.0
        found = select(MonthResult.person_id, closed.c.month, value.label("value"))
        found = found.join(closed, closed.c.close_id == MonthResult.close_id)
        return found.where(MonthResult.score.is_not(None)).cte("figures")
    figure = select(MonthFigure.person_id, closed.c.month, MonthFigure.value.label("value"))
    joined = figure.join(closed, closed.c.close_id == MonthFigure.close_id)
    return joined.where(MonthFigure.metric == code).cte("figures")
