"""The jump at a cut-off: a line on either side of it, and how far apart they meet it.

Scores of one month and the next go together, and extreme ones move back to the middle; both bend
nothing at the cut-off itself, where those just below and just above are alike but for the
retraining. So a straight line is fitted to each side within a band, by least squares:

    after = level of the month + jump·below + b·distance + c·below·distance

Months differ in level, and in how many of theirs are below: pooled without levels of their own,
they would feign a jump. So everything is taken less its mean in the month, which fits the levels.

A person may be near the line in several months, and their months are no separate evidence: the
standard error counts each person once (cluster-robust, with the usual small-sample factor
G/(G-1)·(n-1)/(n-k), k counting the months too), and the 95 % interval takes Student's t with G-1
degrees of freedom, G being the number of people.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lms.plugins.api import student_t

_UNKNOWNS = 3  # beside the months' levels


class Point(NamedTuple):
    """A person's month near the line. `distance`: score less the line, in points; `after`: the next
    month's score in points; `month` tells the months apart."""

    person_id: int
    distance: float
    is_below: bool
    after: float
    month: int = 0


class Estimate(NamedTuple):
    """Below less above at the line, in points of the next month's score."""

    jump: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def estimate(points: Sequence[Point]) -> Estimate | None:
    """None where the data do not fix the lines: too few points, or all at one distance."""
    people = len({point.person_id for point in points})
    n, unknowns = len(points), _UNKNOWNS + len({point.month for point in points})
    if n <= unknowns or people < 2:
        return None
    rows = _within_months(points)
    inverse = _inverse(_crossed(row for row, _after in rows))
    if inverse is None:
        return None
    towards = [0.0] * _UNKNOWNS
    for row, after in rows:
        for i, x in enumerate(row):
            towards[i] += x * after
    line = [_dot(inverse[i], towards) for i in range(_UNKNOWNS)]
    pulls: dict[int, list[float]] = defaultdict(lambda: [0.0] * _UNKNOWNS)
    for point, (row, after) in zip(points, rows, strict=True):
        rest = after - _dot(row, line)
        pull = pulls[point.person_id]
        for i, x in enumerate(row):
            pull[i] += x * rest
    # The variance of the jump alone: its row of the inverse, times each person's pull, squared.
    spread = sum(_dot(inverse[0], pull) ** 2 for pull in pulls.values())
    factor = people / (people - 1) * (n - 1) / (n - unknowns)
    reach = student_t(people - 1) * math.sqrt(factor * spread)
    return Estimate(line[0], line[0] - reach, line[0] + reach)


def people_on(points: Iterable[Point], *, below: bool) -> int:
    return len({point.person_id for point in points if point.is_below is below})


def _within_months(points: Sequence[Point]) -> list[tuple[list[float], float]]:
    """By point, what is known of it and the score after, each less its mean in the month."""
    rows = [(*_row(point), point.after) for point in points]
    months: dict[int, list[tuple[float, ...]]] = defaultdict(list)
    for point, row in zip(points, rows, strict=True):
        months[point.month].append(row)
    means = {
        month: [sum(column) / len(theirs) for column in zip(*theirs, strict=True)]
        for month, theirs in months.items()
    }
    made = []
    for point, row in zip(points, rows, strict=True):
        less = [value - mean for value, mean in zip(row, means[point.month], strict=True)]
        made.append((less[:-1], less[-1]))
    return made


def _row(point: Point) -> tuple[float, float, float]:
    below = 1.0 if point.is_below else 0.0
    return below, point.distance, below * point.distance


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _crossed(rows: Iterable[Sequence[float]]) -> list[list[float]]:
    found = [[0.0] * _UNKNOWNS for _ in range(_UNKNOWNS)]
    for row in rows:
        for i, a in enumerate(row):
            for j, b in enumerate(row):
                found[i][j] += a * b
    return found


def _inverse(matrix: list[list[float]]) -> list[list[float]] | None:
    """By elimination with pivots; None for one that has no inverse."""
    size = len(matrix)
    work = [row + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(work[i][column]))
        if abs(work[pivot][column]) < 1e-9:
            return None
        work[column], work[pivot] = work[pivot], work[column]
        lead = work[column][column]
        work[column] = [value / lead for value in work[column]]
        for i in range(size):
            if i != column and (by := work[i][column]):
                work[i] = [a - by * b for a, b in zip(work[i], work[column], strict=True)]
    return [row[size:] for row in work]
