"""A year of people: months, quarters and the year, each with what it was made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select

from lms.plugins.api import (
    Month,
    MonthClose,
    MonthResult,
    Period,
    Session,
    WeighedScore,
    monthly_scores,
    period_of,
    weighed,
)


class Year(NamedTuple):
    """`months`: the twelve, with the score that counts, None where there is none; `quarters`: four,
    None without a monthly score."""

    months: Sequence[tuple[Month, int | None]]
    quarters: Sequence[Period | None]
    year: Period | None


def years(session: Session) -> list[int]:
    """Those with a closed month, newest first."""
    closed = MonthClose.is_current
    ends = select(func.min(MonthClose.month), func.max(MonthClose.month)).where(closed)
    first, last = session.execute(ends).one()
    return [] if first is None else list(range(last.year, first.year - 1, -1))


def ranked_in(year: int) -> Select[int]:
    """Who was ranked in a closed month of the year, whatever they are now."""
    months = MonthClose.month.between(Month(year * 12), Month(year * 12 + 11))
    return (
        select(MonthResult.person_id)
        .join(MonthClose, MonthClose.id == MonthResult.close_id)
        .where(MonthClose.is_current, months, MonthResult.not_ranked.is_(None))
    )


def read(session: Session, year: int, person_ids: Sequence[int]) -> Mapping[int, Year]:
    """Two queries, however many people."""
    first = Month(year * 12)
    last = first.plus(11)
    scores = monthly_scores(session, first, last, person_ids)
    beside: dict[int, list[WeighedScore]] = defaultdict(list)
    for other in weighed(first, last, person_ids):
        beside[other.person_id].append(other)
    return {i: year_of(first, scores.get(i, {}), beside[i]) for i in person_ids}


def year_of(first: Month, scores: Mapping[Month, int], beside: Sequence[WeighedScore]) -> Year:
    """From January on; `scores` may have other months, too."""
    months = [first.plus(n) for n in range(12)]
    return Year(
        [(month, scores.get(month)) for month in months],
        [_period(months[n : n + 3], scores, beside) for n in range(0, 12, 3)],
        _period(months, scores, beside),
    )


def _period(
    months: Sequence[Month], scores: Mapping[Month, int], beside: Sequence[WeighedScore]
) -> Period | None:
    return period_of(
        [scores[month] for month in months if month in scores],
        [other for other in beside if other.month in months],
    )
