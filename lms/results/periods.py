"""Quarters and years: the mean of a person's monthly scores, with what else is weighed beside them.

A month counts once it is closed and the person was ranked in it, as it then stands; it weighs 1.
Plugins add scores with weights of their own (`lms_weighed_scores`). Everything is whole hundredths,
so the mean is exact and rounded half up. Without a monthly score there is no figure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from lms.clock import Month
from lms.db import Session
from lms.errors import DomainError
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import WeighedScore
from lms.results.models import MonthClose, MonthResult

_MONTH_WEIGHS = 100


class Period(NamedTuple):
    """`score` in hundredths; `months` and `others`: how many of each are in it."""

    score: int
    months: int
    others: int


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number to a fraction that is not negative, the higher one from a half."""
    return (2 * numerator + denominator) // (2 * denominator)


def period_of(months: Iterable[int], others: Iterable[WeighedScore]) -> Period | None:
    """From monthly scores in hundredths; None without any."""
    scores, beside = list(months), list(others)
    return _period(sum(scores), len(scores), beside)


def period_scores(session: Session, first: Month, last: Month) -> dict[int, Period]:
    """Everybody with a figure, by person."""
    beside = defaultdict(list)
    for other in weighed(first, last, None):
        beside[other.person_id].append(other)
    rows = session.execute(
        select(MonthResult.person_id, func.sum(MonthResult.score), func.count())
        .join(MonthClose, MonthClose.id == MonthResult.close_id)
        .where(*_counted(first, last))
        .group_by(MonthResult.person_id)
    )
    found = {i: _period(int(total or 0), count, beside.get(i, ())) for i, total, count in rows}
    return {person_id: period for person_id, period in found.items() if period is not None}


def monthly_scores(
    session: Session, first: Month, last: Month, person_ids: Sequence[int]
) -> Mapping[int, Mapping[Month, int]]:
    """The scores that count, by person and month."""
    rows = session.execute(
        select(MonthResult.person_id, MonthClose.month, MonthResult.score)
        .join(MonthClose, MonthClose.id == MonthResult.close_id)
        .where(*_counted(first, last), MonthResult.person_id.in_(person_ids))
        .order_by(MonthClose.month)
    )
    found: dict[int, dict[Month, int]] = defaultdict(dict)
    for person_id, month, score in rows:
        if score is not None:
            found[person_id][month] = score
    return found


def weighed(first: Month, last: Month, person_ids: Sequence[int] | None) -> list[WeighedScore]:
    """What plugins weigh beside the months; DomainError when one of them cannot answer."""
    found: list[WeighedScore] = []
    for decision in plugins().decide(hookspecs.lms_weighed_scores, first, last, person_ids):
        if decision.error:
            raise DomainError(
                "The plugin %(plugin)s failed, so there is no figure: %(why)s",
                plugin=decision.plugin,
                why=decision.error,
            )
        found += decision.value or ()
    return found


def _counted(first: Month, last: Month) -> tuple[Any, ...]:
    return (
        MonthClose.is_current,
        MonthClose.month.between(first, last),
        MonthResult.not_ranked.is_(None),
        MonthResult.score.is_not(None),
    )


def _period(total: int, months: int, others: Sequence[WeighedScore]) -> Period | None:
    if not months:
        return None
    points = _MONTH_WEIGHS * total + sum(o.score * o.weight for o in others)
    weight = _MONTH_WEIGHS * months + sum(o.weight for o in others)
    return Period(half_up(points, weight), months, len(others))
