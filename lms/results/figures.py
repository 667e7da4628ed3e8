"""From a cell to a metric's figure: exact conversion of units and percents, and range checks."""

from fractions import Fraction

from lms.errors import DomainError
from lms.results.metrics import COUNT, MINUTES, POINTS, RANGES, RATIO, SECONDS, SIGNED, Metric
from lms.tabular.headers import Column
from lms.tabular.sheets import Cell
from lms.tabular.values import Number, number

_SECONDS_PER = {SECONDS: Fraction(1), MINUTES: Fraction(60)}
_POINTS_WORD = Fraction(60)  # 分 is a minute behind a duration and a point behind a score


def figure(cell: Cell, column: Column, metric: Metric, in_percent: bool) -> float | None:
    """The figure in the metric's own unit; None for a blank; DomainError names what is wrong."""
    found = number(cell)
    if found is None:
        return None
    if metric.unit in _SECONDS_PER:
        value = _duration(found, column, metric)
    elif metric.unit == RATIO:
        value = _ratio(found, column, metric, in_percent)
    else:
        value = _points(found, column, metric)
    return float(value)


def _duration(found: Number, column: Column, metric: Metric) -> Fraction:
    if found.percent or found.stored:
        raise DomainError("%(metric)s cannot be a percentage.", metric=column.header)
    if found.value < 0:
        raise DomainError("%(metric)s cannot be negative.", metric=column.header)
    own = _SECONDS_PER[metric.unit]
    return found.value * (found.unit or column.unit or own) / own


def _ratio(found: Number, column: Column, metric: Metric, in_percent: bool) -> Fraction:
    if found.unit is not None:
        raise DomainError("%(metric)s must be a ratio between 0 and 1.", metric=column.header)
    value = found.value
    if found.percent:
        value /= 100
    elif not found.stored:
        if column.percent or in_percent:
            value /= 100
        elif 1 < value <= 100:
            raise DomainError(
                "%(metric)s is a ratio, and %(value)s is above 1. If the column is in percent, "
                "say so (--percent %(code)s, or tick the column).",
                metric=column.header,
                value=float(value),
                code=metric.code,
            )
    if not 0 <= value <= 1:
        raise DomainError("%(metric)s must be a ratio between 0 and 1.", metric=column.header)
    return value


def _points(found: Number, column: Column, metric: Metric) -> Fraction:
    value = found.value
    name = column.header
    if found.unit not in (None, _POINTS_WORD):
        raise DomainError("%(metric)s cannot be a duration.", metric=name)
    if found.percent or found.stored:
        if metric.unit not in (POINTS, SIGNED):
            raise DomainError("%(metric)s cannot be a percentage.", metric=name)
        value = value * 100 if found.stored else value
    if metric.unit == COUNT and value < 0:
        raise DomainError("%(metric)s cannot be negative.", metric=name)
    low, high = RANGES[metric.unit]
    if not low <= value <= high:
        raise DomainError(
            "%(metric)s must be between %(low)s and %(high)s.", metric=name, low=low, high=high
        )
    return value
