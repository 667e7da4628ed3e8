"""Difference in differences from sums, with an interval. Plain numbers, no database.

Each taker i of month m changed by d_i; those who had not taken the course by then changed by c_m
on average. The effect is the mean of e_i = d_i - c_m. Its variance has two parts: that of the mean
of the e_i, and that of the c_m, in which each person of the comparison counts once however many
months they stand beside (clustered by person). The interval is Student's, with Welch's degrees of
freedom.
"""

from enum import StrEnum
from math import sqrt
from typing import NamedTuple

from lms.plugins.api import student_t


class Verdict(StrEnum):
    TOO_FEW = "too_few"
    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"


class Sums(NamedTuple):
    """`total`, `squares`: of the e_i; `spread`: the sum over the comparison's people of u_j², where
    u_j = sum over months of (takers of the month / all takers) (d_jm - c_m) / people beside."""

    takers: int
    total: float
    squares: float
    others: int
    spread: float


class Effect(NamedTuple):
    takers: int
    others: int
    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None


def effect(sums: Sums, least: int, higher_is_better: bool) -> Effect:
    """Without a figure where fewer than `least` people (at least 2) stand on either side."""
    n, j = sums.takers, sums.others
    if min(n, j) < max(least, 2):
        return Effect(n, j, Verdict.TOO_FEW)
    mean = sums.total / n
    of_takers = max(sums.squares - n * mean * mean, 0.0) / (n - 1) / n
    of_others = sums.spread * j / (j - 1)
    variance = of_takers + of_others
    if variance == 0:
        half = 0.0
    else:
        freedom = variance**2 / (of_takers**2 / (n - 1) + of_others**2 / (j - 1))
        half = student_t(freedom) * sqrt(variance)
    low, high = mean - half, mean + half
    if low <= 0 <= high:
        verdict = Verdict.UNCLEAR
    else:
        verdict = Verdict.BETTER if (mean > 0) == higher_is_better else Verdict.WORSE
    return Effect(n, j, verdict, mean, low, high)
