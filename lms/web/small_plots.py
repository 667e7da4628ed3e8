"""Figures in a line or a tile, as numbers for an SVG: a trend, and what a whole is made of."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Spark(NamedTuple):
    """`runs`: points of each unbroken part; `last`: the latest; `target`: height of its line."""

    runs: Sequence[str]
    last: tuple[float, float]
    target: float | None


def spark_of(
    values: Sequence[float | None], width: int, height: int, target: float | None = None
) -> Spark | None:
    """A trend of at least two values; None says none. A month without a value is a gap."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    ends = known if target is None else [*known, target]
    lowest, span = min(ends), (max(ends) - min(ends)) or 1
    step = (width - 6) / (len(values) - 1)

    def y(value: float) -> float:
        return round(height - 4 - float((value - lowest) / span) * (height - 8), 1)

    runs: list[list[str]] = [[]]
    last = (0.0, 0.0)
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        last = (round(3 + i * step, 1), y(value))
        runs[-1].append(f"{last[0]},{last[1]}")
    drawn = [" ".join(run) for run in runs if run]
    return Spark(drawn, last, None if target is None else y(target))


class Segment(NamedTuple):
    """`x` and `width` in per cent of the bar; `kind` 1 to 6 is its colour and pattern."""

    kind: int
    x: float
    width: float
    label: object
    text: object


def segments_of(parts: Sequence[Sequence[Any]], total: float) -> list[Segment]:
    """`parts`: (label, value) or (label, value, text shown instead); no value has no width."""
    found, x = [], 0.0
    for i, part in enumerate(parts):
        width = 100 * float(part[1] or 0) / (float(total) or 1)
        text = part[2] if len(part) > 2 else part[1]
        found.append(Segment(i % 6 + 1, round(x, 2), round(width, 2), part[0], text))
        x += width
    return found
