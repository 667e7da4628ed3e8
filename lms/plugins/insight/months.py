"""The closed months and what is measured in them; a close never changes, so it is read once."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from lms.plugins.api import Localized, Metric, Month, MonthClose, Session, engine_of, metrics
from lms.plugins.insight.words import CHANNELS

SCORE = "score"
_kept: WeakKeyDictionary[Engine, dict[int, Mapping[str, Any]]] = WeakKeyDictionary()


class Measure(NamedTuple):
    """What a chart shows: the score, or a metric of the policy of the last close."""

    code: str
    label: Localized
    unit: str
    higher: bool
    metric: Metric | None

    @property
    def is_ratio(self) -> bool:
        return self.unit == "ratio"

    def shown(self, value: float | None) -> float | None:
        """As charts and tables have it: ratios in percent, two places."""
        return None if value is None else round(value * 100 if self.is_ratio else value, 2)

    @property
    def suffix(self) -> str:
        return "%" if self.is_ratio else ""

    def target(self, channel: str | None) -> float | None:
        """Of a channel; of none, what all of them have alike."""
        if channel:
            return self.shown(self.metric.target(channel)) if self.metric else None
        found = {self.target(one) for one in CHANNELS}
        return found.pop() if len(found) == 1 else None

    @property
    def targets(self) -> list[tuple[Localized, str]]:
        """Which target each channel has, where they are not all alike."""
        each = [(word, self.target(code)) for code, word in CHANNELS.items()]
        if len({target for _, target in each}) == 1:
            return []
        return [(word, "–" if t is None else f"{t:g}{self.suffix}") for word, t in each]


class Closed(NamedTuple):
    """The present closes by month, oldest first."""

    closes: Mapping[Month, int]
    measures: Mapping[str, Measure]

    def measure(self, code: str) -> Measure:
        return self.measures.get(code) or self.measures[SCORE]


def closed(session: Session, last: int) -> Closed:
    """The last so many closed months, and the measures of the latest."""
    rows = session.execute(
        select(MonthClose.month, MonthClose.id)
        .where(MonthClose.is_current)
        .order_by(MonthClose.month.desc())
        .limit(last)
    ).all()
    policy = _policy(session, rows[0].id) if rows else {"metrics": []}
    found = [Measure(SCORE, Localized("月度得分", "Monthly score"), "points", True, None)]
    found += [
        Measure(metric.code, metric.label, metric.unit, metric.higher, metric)
        for metric in metrics(policy)
    ]
    return Closed(
        {month: close_id for month, close_id in reversed(rows)},
        {measure.code: measure for measure in found},
    )


def span(closes: Mapping[Month, int]) -> list[Month]:
    """All months from the first to the last, those not closed included: they are gaps."""
    if not closes:
        return []
    first, last = min(closes), max(closes)
    return [first.plus(i) for i in range(last.index - first.index + 1)]


def _policy(session: Session, close_id: int) -> Mapping[str, Any]:
    kept = _kept.setdefault(engine_of(session), {})
    if close_id not in kept:
        found = session.scalar(select(MonthClose.policy).where(MonthClose.id == close_id))
        kept[close_id] = found or {"metrics": []}
    return kept[close_id]
