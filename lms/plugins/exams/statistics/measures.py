"""The measures, as plain functions over scores. All divide by n, not n - 1, as the textbooks' KR-20
and point-biserial do; None where there is nothing to measure."""

from collections.abc import Sequence
from math import sqrt

# Kelley's share: of the groups cut at the ends it tells the most.
EXTREME = 0.27


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def variance(values: Sequence[float]) -> float:
    middle = mean(values)
    return sum((value - middle) ** 2 for value in values) / len(values)


def alpha(item_variances: Sequence[float], total_variance: float) -> float | None:
    """Cronbach's alpha; of items that are right or wrong it is KR-20."""
    count = len(item_variances)
    if count < 2 or total_variance <= 0:
        return None
    return count / (count - 1) * (1 - sum(item_variances) / total_variance)


def correlation(item: Sequence[float], scores: Sequence[float]) -> float | None:
    """Pearson's; of an item that is right (1) or wrong (0) it is the point-biserial."""
    if len(item) < 2:
        return None
    spread = sqrt(variance(item) * variance(scores))
    if spread < 1e-12:
        return None
    a, b = mean(item), mean(scores)
    return sum((x - a) * (y - b) for x, y in zip(item, scores, strict=True)) / len(item) / spread


def extremes(scores: Sequence[float]) -> tuple[list[int], list[int]]:
    """The numbers of the best and of the worst 27 %, at least one each of two or more."""
    if len(scores) < 2:
        return [], []
    order = sorted(range(len(scores)), key=lambda n: scores[n])
    size = max(1, int(len(scores) * EXTREME + 0.5))
    return order[-size:], order[:size]


def median(values: Sequence[float]) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
