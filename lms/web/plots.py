"""Line charts drawn on the server, as numbers for an SVG: read without scripts and without colour.

Each series has a mark and a dash of its own, gaps stay gaps, and an interval is a whisker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any, NamedTuple

WIDTH, HEIGHT = 440, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 28, 12, 28
_MOST_LABELS = 6
_LINES = 4


class Line(NamedTuple):
    """`runs`: points of each unbroken part; `whiskers`: (x, y of the low end, y of the high)."""

    name: str
    runs: Sequence[str]
    marks: Sequence[tuple[float, float]]
    whiskers: Sequence[tuple[float, float, float]]


@dataclass(frozen=True)
class Plot:
    """`ticks`: (y, text) of the horizontal lines; `labels`: (x, text) below."""

    ticks: Sequence[tuple[float, str]]
    labels: Sequence[tuple[float, str]]
    lines: Sequence[Line]
    target: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def plot_of(data: Mapping[str, Any]) -> Plot | None:
    """From the data of the macro `chart`; a series may have `low` and `high`. None without any."""
    series = data["series"]
    known = [v for s in series for name in ("data", "low", "high") for v in s.get(name, ())]
    figures = [float(v) for v in [*known, data.get("target")] if v is not None]
    if not [v for v in known if v is not None]:
        return None
    low, step, high = _scale(min(figures), max(figures))
    count = len(data["labels"])

    def x(i: int) -> float:
        span = WIDTH - _LEFT - _RIGHT
        return round(_LEFT + (span * (i + 0.5) / count if count < 3 else span * i / (count - 1)), 1)

    def y(value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - float(value)) / (high - low), 1)

    every = max(1, -(-count // _MOST_LABELS))
    ticks = [low + step * i for i in range(round((high - low) / step) + 1)]
    target = data.get("target")
    return Plot(
        ticks=[(y(tick), f"{round(tick, 10):g}{data.get('unit') or ''}") for tick in ticks],
        # Counted from the last, which is what one looks for.
        labels=[(x(i), str(name)) for i, name in enumerate(data["labels"])
                if (count - 1 - i) % every == 0],
        lines=[_line(s, x, y) for s in series],
        target=None if target is None else y(target),
    )  # fmt: skip


def _line(series: Mapping[str, Any], x: Any, y: Any) -> Line:
    runs: list[list[str]] = [[]]
    marks = []
    for i, value in enumerate(series["data"]):
        if value is None:
            runs.append([])
            continue
        marks.append((x(i), y(value)))
        runs[-1].append(f"{x(i)},{y(value)}")
    ends = enumerate(zip(series.get("low", ()), series.get("high", ()), strict=True))
    whiskers = [(x(i), y(a), y(b)) for i, (a, b) in ends if a is not None and b is not None]
    return Line(series["name"], [" ".join(run) for run in runs if len(run) > 1], marks, whiskers)


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """Round ends and the step between lines: 1, 2 or 5 times a power of ten."""
    span = (high - low) or abs(high) / 5 or 1.0
    rough = span / _LINES
    power = 10.0 ** floor(log10(rough))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= rough * 0.999999)
    first = floor(low / step + 1e-9) * step
    last = -floor(-high / step + 1e-9) * step
    if first == last:
        first, last = first - step, last + step
    return first, step, last
