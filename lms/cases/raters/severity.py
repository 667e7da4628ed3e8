"""How severe a rater is: their points less the mean of the others' for the same run. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lms.clock import Month

_DRIFTED = 5  # points


class Given(NamedTuple):
    """Points (hundredths) that a rater gave to a run, in the month in which they did."""

    run_id: int
    rater_id: int
    month: Month
    score: int


class Severity(NamedTuple):
    """The mean deviation in points, below 0 for the severe, and of how many runs it is."""

    points: float
    runs: int


def deviations(given: Iterable[Given]) -> dict[int, dict[Month, Severity]]:
    """By rater and month; runs that only one scored say nothing."""
    by_run: dict[int, list[Given]] = defaultdict(list)
    for one in given:
        by_run[one.run_id].append(one)
    found: dict[tuple[int, Month], list[float]] = defaultdict(list)
    for together in by_run.values():
        if len(together) < 2:
            continue
        total = sum(one.score for one in together)
        for one in together:
            others = (total - one.score) / (len(together) - 1)
            found[one.rater_id, one.month].append((one.score - others) / 100)
    result: dict[int, dict[Month, Severity]] = defaultdict(dict)
    for (rater_id, month), values in sorted(found.items(), key=lambda pair: pair[0][1].index):
        result[rater_id][month] = Severity(sum(values) / len(values), len(values))
    return dict(result)


def overall(months: Iterable[Severity]) -> Severity:
    """The months as one, each with the weight of its runs."""
    known = list(months)
    runs = sum(month.runs for month in known)
    points = sum(month.points * month.runs for month in known) / runs if runs else 0.0
    return Severity(points, runs)


def drift(months: Mapping[Month, Severity], newest: Month, few: int) -> tuple[float, float] | None:
    """Points before and within the last three months; None where either is of fewer runs than
    `few`, or hardly another."""
    first = newest.plus(-2)
    before = overall(one for month, one in months.items() if month.index < first.index)
    lately = overall(one for month, one in months.items() if month.index >= first.index)
    if min(before.runs, lately.runs) < few or abs(lately.points - before.points) < _DRIFTED:
        return None
    return before.points, lately.points
