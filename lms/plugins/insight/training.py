"""What a course changed: takers against people who had not taken it, three months each side.

One statement: the change of everybody who has a figure before and after each month in which
somebody completed the course, and the sums that `statistics.effect` takes. Each is compared within
their channel: targets and months differ by it. Whoever changed channel meanwhile is left out.

Retraining is not judged so: those sent had a bad month, and the next is better by itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import pairwise
from typing import Any, NamedTuple

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


class Course(NamedTuple):
    id: int
    title: Localized
    kind: str
    completed: int


class Beside(NamedTuple):
    """A group's mean in the month `offset` months after the completion, and of how many people:
    those who did not take it counted once for each month they stand beside. `least`: of how many
    different people it is at least."""

    takers: bool
    offset: int
    mean: float
    people: int
    least: int


def courses(session: Session) -> list[Course]:
    """By how many completed them, most first. What clears for duty has no before, and retraining is
    judged at its cut-off."""
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
            Programme.kind.in_((ProgrammeKind.TOPIC, ProgrammeKind.TRACK)),
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
        select(*_among(beside), func.avg(beside.c.change).label("mean"), func.count().label("n"))
        .group_by(*_among(beside))
        .cte("means")
    )
    each = (
        select(*_among(treated), (treated.c.change - means.c.mean).label("e"))
        .join(means, _alike(means, treated))
        .cte("each")
    )
    counted = select(*_among(each), func.count().label("n")).group_by(*_among(each))
    weight = counted.subquery("weight")
    of_all = select(cast(func.count(), Float(53))).select_from(each).scalar_subquery()
    share = weight.c.n / of_all * (beside.c.change - means.c.mean) / means.c.n
    by_person = (
        select(func.sum(share).label("u"))
        .select_from(beside)
        .join(means, _alike(means, beside))
        .join(weight, _alike(weight, beside))
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
    weights: dict[tuple[int, str], int] = {}
    rows = [
        (bool(took), (m, channel), k, float(mean), n)
        for m, channel, k, mean, n, took in session.execute(both)
    ]
    for took, group, _k, _mean, n in rows:
        if took:
            weights[group] = max(weights.get(group, 0), n)
    found = []
    for took in (True, False):
        for offset in range(-BESIDE, BESIDE + 1):
            parts = [
                (n if took else weights.get(group, 0), mean, n, group[0])
                for t, group, k, mean, n in rows
                if t == took and k == offset
            ]
            weight = sum(w for w, *_ in parts)
            if weight:
                mean = sum(w * mean for w, mean, *_ in parts) / weight
                by_month: Counter[int] = Counter()
                for w, _mean, n, month in parts:
                    by_month[month] += n if w else 0
                # One takes a course once, but may stand beside in every month.
                people = by_month.total()
                least = people if took else max(by_month.values())
                found.append(Beside(took, offset, mean, people, least))
    return found


def _among(side: Any) -> tuple[Any, Any]:
    return side.c.month, side.c.channel


def _alike(one: Any, other: Any) -> Any:
    return and_(one.c.month == other.c.month, one.c.channel == other.c.channel)


def _by_offset(side: CTE, figures: CTE) -> Select[Any]:
    offset = (figures.c.month - side.c.month).label("offset_")
    near = and_(
        figures.c.person_id == side.c.person_id,
        figures.c.month.between(side.c.month - BESIDE, side.c.month + BESIDE),
    )
    return (
        select(*_among(side), offset, func.avg(figures.c.value).label("mean"), func.count())
        .select_from(side)
        .join(figures, near)
        .group_by(*_among(side), offset)
    )


def _sides(programme_id: int, closes: Mapping[Month, int], code: str) -> tuple[CTE, CTE, CTE]:
    """(month, channel, person_id, change) of those who completed the course in the month, and of
    those who had not by the end of the months after it; and the figures they come from."""
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
    channel = func.min(figures.c.channel)
    change = (
        select(
            windows.c.month,
            channel.label("channel"),
            figures.c.person_id,
            (mean_after - mean_before).label("change"),
        )
        .join(figures, near)
        .group_by(windows.c.month, figures.c.person_id)
        .having(
            and_(
                mean_after.is_not(None),
                mean_before.is_not(None),
                channel == func.max(figures.c.channel),
            )
        )
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
    """(person_id, month, channel, value) of the closes; the score in points."""
    closed = (
        values(column("close_id", Integer), column("month", Integer))
        .data([(close_id, month.index) for month, close_id in closes.items()])
        .cte("closed")
    )
    channel = func.coalesce(MonthResult.channel, "").label("channel")
    if code == SCORE:
        value = cast(MonthResult.score, Float(53)) / 100.0
        found = select(MonthResult.person_id, closed.c.month, channel, value.label("value"))
        found = found.join(closed, closed.c.close_id == MonthResult.close_id)
        return found.where(MonthResult.score.is_not(None)).cte("figures")
    figure = select(
        MonthFigure.person_id, closed.c.month, channel, MonthFigure.value.label("value")
    )
    theirs = and_(
        MonthResult.close_id == MonthFigure.close_id,
        MonthResult.person_id == MonthFigure.person_id,
    )
    joined = figure.join(closed, closed.c.close_id == MonthFigure.close_id)
    return joined.join(MonthResult, theirs).where(MonthFigure.metric == code).cte("figures")
