"""How far raters agree on an ordinal scale, beyond chance. Pure functions.

Both are 1 when everybody agrees, 0 when agreement is what chance gives, below 0 when it is less;
None where nothing can be said: too little was rated twice, or everything got the same level.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import Literal

LEVELS = (1, 2, 3, 4, 5)


def weighted_kappa(
    pairs: Sequence[tuple[int, int]],
    weights: Literal["linear", "quadratic"] = "quadratic",
    levels: Sequence[int] = LEVELS,
) -> float | None:
    """Cohen's weighted kappa of two raters: (level by the one, level by the other) for each run."""
    if not pairs:
        return None
    power = 1 if weights == "linear" else 2
    place = {level: number for number, level in enumerate(levels)}

    def distance(one: int, other: int) -> int:
        return int(abs(place[one] - place[other]) ** power)

    observed = sum(distance(one, other) for one, other in pairs) / len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = (
        sum(n * m * distance(one, other) for one, n in first.items() for other, m in second.items())
        / len(pairs) ** 2
    )
    return None if expected == 0 else 1 - observed / expected


def krippendorff_alpha(units: Sequence[Sequence[int]]) -> float | None:
    """Krippendorff's alpha for any number of raters, ordinal: the levels each unit was given.

    Units rated once only say nothing and are left out; raters may be missing anywhere.
    """
    paired = [unit for unit in units if len(unit) > 1]
    counts = Counter(level for unit in paired for level in unit)
    total = sum(counts.values())
    if total < 2:
        return None

    @cache  # a handful of levels, and thousands of pairs
    def distance(one: int, other: int) -> float:
        low, high = min(one, other), max(one, other)
        between = sum(n for level, n in counts.items() if low <= level <= high)
        return (between - (counts[low] + counts[high]) / 2) ** 2

    observed = sum(
        2 * distance(one, other) / (len(unit) - 1)
        for unit in paired
        for one, other in combinations(unit, 2)
    )
    expected = sum(
        2 * counts[one] * counts[other] * distance(one, other)
        for one, other in combinations(counts, 2)
    ) / (total - 1)
    return None if expected == 0 else 1 - observed / expected
