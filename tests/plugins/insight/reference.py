"""Difference in differences, written from its definition with plain loops: shares no code."""

from collections.abc import Mapping
from math import sqrt


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def change(figures: Mapping[int, float], at: int) -> float | None:
    before = [figures[m] for m in range(at - 3, at) if m in figures]
    after = [figures[m] for m in range(at + 1, at + 4) if m in figures]
    return mean(after) - mean(before) if before and after else None


def did(
    figures: Mapping[int, Mapping[int, float]], taken: Mapping[int, int], first: int, last: int
) -> tuple[int, int, float, float]:
    """(takers, others, effect, standard error); figures by person and month, taken by person."""
    effects: dict[int, list[float]] = {}
    beside: dict[int, dict[int, float]] = {}
    for m in range(first + 1, last):
        if m not in taken.values():
            continue
        changes = {i: change(f, m) for i, f in figures.items()}
        others = {
            i: c for i, c in changes.items()
            if c is not None and not (i in taken and taken[i] <= m + 3)
        }  # fmt: skip
        takers = {i: c for i, c in changes.items() if c is not None and taken.get(i) == m}
        if others and takers:
            beside[m] = others
            effects[m] = [c - mean(list(others.values())) for c in takers.values()]
    every = [e for found in effects.values() for e in found]
    n = len(every)
    effect = mean(every)
    of_takers = sum((e - effect) ** 2 for e in every) / (n - 1) / n
    pulls: dict[int, float] = {}
    for m, others in beside.items():
        average = mean(list(others.values()))
        for i, c in others.items():
            pulls[i] = pulls.get(i, 0) + len(effects[m]) / n * (c - average) / len(others)
    j = len(pulls)
    of_others = sum(u * u for u in pulls.values()) * j / (j - 1)
    return n, j, effect, sqrt(of_takers + of_others)
