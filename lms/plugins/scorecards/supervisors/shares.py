"""A share as people write it (37/40, 92.5%, 0.925), kept exactly; and the score made of three."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from lms.plugins.api import Cell, DomainError, cell_values, half_up

PARTS = ("met", "sampling", "actions")
_MOST = 10**9


def share(cell: Cell, field: str, *, in_percent: bool = False) -> Fraction | None:
    """None for a blank; `in_percent`: its column says so.

    DomainError for what is no share between 0 and 1.
    """
    text = cell_values.text(cell)
    said = {"field": field, "text": text[:40]}
    part, slash, whole = text.partition("/")
    try:
        if slash and isinstance(cell.value, str):
            found = _count(part) / _count(whole)
        else:
            number = cell_values.number(cell)
            if number is None:
                return None
            if number.unit is not None:
                raise ValueError
            percent = number.percent or (in_percent and not number.stored)
            # A quotient worked out in the sheet (35/37) has more digits than it means.
            exact = number.value / 100 if percent else number.value
            found = Fraction(round(exact * _MOST), _MOST)
    except (ValueError, ZeroDivisionError):
        raise DomainError("“%(text)s” is no share: write 37/40, 92.5%% or 0.925.", **said) from None
    if not 0 <= found <= 1:
        raise DomainError(
            "“%(text)s” is not between 0 and 100%%. Write a percentage with its sign.", **said
        )
    if found.denominator > _MOST:
        raise DomainError("“%(text)s” counts more than a thousand million.", **said)
    return found


def _count(text: str) -> Fraction:
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal()):
        raise ValueError(text)
    return Fraction(int(plain))


def supervisor_score(
    shares: Mapping[str, Fraction | None], params: Mapping[str, Any]
) -> int | None:
    """In hundredths, half up; None while a part that weighs anything has no data.

    Weights that do not make 100 are scaled to it.
    """
    weights = {part: Fraction(str(params[f"weight_{part}"])) for part in PARTS}
    total = sum(weights.values())
    points = Fraction(0)
    for part, weight in weights.items():
        value = shares[part]
        if weight and value is None:
            return None
        points += weight * (value or 0)
    if not total:
        return None
    exact = points * 10_000 / total
    return half_up(exact.numerator, exact.denominator)
