"""What a cell says: text, numbers with their percent or unit, months, days, staff numbers."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from lms.clock import Month
from lms.errors import DomainError
from lms.tabular.sheets import Cell

# What exports write where there is nothing.
NOTHING = {"", "-", "--", "/", "—", "——", "n/a", "na", "null", "none", "无", "暂无"}

SECONDS_IN = {
    **dict.fromkeys(("ms", "毫秒", "millisecond", "milliseconds"), Fraction(1, 1000)),
    **dict.fromkeys(("s", "秒", "秒钟", "sec", "secs", "second", "seconds"), Fraction(1)),
    **dict.fromkeys(("分", "分钟", "min", "mins", "minute", "minutes"), Fraction(60)),
    **dict.fromkeys(("h", "小时", "时", "hr", "hrs", "hour", "hours"), Fraction(3600)),
}

_NUMBER = re.compile(
    r"(?P<number>[-+]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d{1,2})?)\s*(?P<mark>%|[^\W\d]*)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)(?:\.\d+)?")
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{2})|[-/](\d)|年(\d{1,2})月份?)")
_MONTH_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.I
)
_QUOTED = re.compile(r'"[^"]*"|\\.')
_ZEROS = re.compile(r'(?:"(?P<prefix>[^"]*)")?(?P<zeros>0+)(?:_.)?(?:;.*)?')


class Number(NamedTuple):
    """An exact number. `percent`: it stood with a % sign; `stored`: Excel shows it as percent,
    so that it already is a ratio; `unit`: seconds in the unit that stood behind it."""

    value: Fraction
    percent: bool = False
    stored: bool = False
    unit: Fraction | None = None


def text(cell: Cell) -> str:
    """In one spelling: full-width forms narrowed, blanks trimmed and joined."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float):  # 15 digits, as in `number`
        value = int(value) if value.is_integer() else f"{value:.15g}"
    written = str(value)
    if not written.isascii():
        written = unicodedata.normalize("NFKC", written).replace("−", "-")
    return " ".join(written.split())


def staff_number(cell: Cell) -> str:
    """As the cell shows it: a number under the format 000000 keeps its zeros."""
    plain = text(cell)
    pattern = _ZEROS.fullmatch(cell.format)
    if pattern and plain.isdecimal() and not isinstance(cell.value, str):
        return (pattern["prefix"] or "") + plain.zfill(len(pattern["zeros"]))
    return plain


def number(cell: Cell) -> Number | None:
    """None for a blank; DomainError for what is no number."""
    value = cell.value
    if isinstance(value, bool):
        raise _no_number(text(cell))
    if isinstance(value, (int, float)):
        # 15 digits, as Excel itself shows and compares: a formula's 0.8999999999999999 is 0.9.
        return Number(_exact(f"{value:.15g}"), stored=_is_percent(cell))
    if isinstance(value, timedelta):
        return Number(_seconds(value), unit=Fraction(1))
    if isinstance(value, time):
        spent = timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
        return Number(_seconds(spent), unit=Fraction(1))
    if isinstance(value, date):
        raise DomainError("“%(text)s” is a date, not a number.", text=text(cell))
    return _written_number(text(cell))


def _is_percent(cell: Cell) -> bool:
    return "%" in _QUOTED.sub("", cell.format)


def shown(cell: Cell) -> str:
    """As a person sees it, so that it says the same in a file without formats."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _is_percent(cell):
        return f"{value * 100:.15g}%"
    return staff_number(cell)


def _written_number(plain: str) -> Number | None:
    if plain.lower() in NOTHING:
        return None
    if plain.startswith("#"):
        raise DomainError("The cell holds the Excel error %(text)s.", text=plain)
    clock = _CLOCK.fullmatch(plain)
    if clock:
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return Number(Fraction(hours * 3600 + minutes * 60 + seconds), unit=Fraction(1))
    found = _NUMBER.fullmatch(plain)
    if found is None or not any(c.isdigit() for c in found["number"]):
        raise _no_number(plain)
    mark = found["mark"].lower()
    value = _exact(found["number"].replace(",", ""))
    if mark in ("", "%"):
        return Number(value, percent=mark == "%")
    if mark not in SECONDS_IN:
        raise _no_number(plain)
    return Number(value, unit=SECONDS_IN[mark])


def _exact(written: str) -> Fraction:
    try:
        exact = Fraction(Decimal(written))
    except (ArithmeticError, ValueError):  # inf and nan
        raise _no_number(written) from None
    if abs(exact) > 10**12:
        raise DomainError("“%(text)s” is far too large.", text=written)
    return exact


def _no_number(plain: str) -> DomainError:
    return DomainError("“%(text)s” is not a number.", text=plain[:60])


def _seconds(spent: timedelta) -> Fraction:
    return Fraction(spent // timedelta(microseconds=1), 10**6)


def month(cell: Cell) -> Month:
    """DomainError unless it names a month: 2026-10, 2026年10月, 2026/10/1, 202610, or a date."""
    value = cell.value
    if isinstance(value, date):
        return Month.of(value)
    plain = text(cell)
    found = _MONTH.fullmatch(plain)
    if found:
        year, index = int(found[1]), int(found[2] or found[3] or found[4])
    elif re.fullmatch(r"\d{6}", plain):
        year, index = int(plain[:4]), int(plain[4:])
    else:
        return Month.of(day(cell, "“%(text)s” is not a month; write it as 2026-03."))
    if not (1990 <= year <= 2200 and 1 <= index <= 12):
        raise DomainError("“%(text)s” is not a month; write it as 2026-03.", text=plain)
    return Month.of(date(year, index, 1))


def day(cell: Cell, message: str = "“%(text)s” is not a date; write it as 2026-03-15.") -> date:
    """DomainError unless it is a date: 2026-03-15, 2026/3/15, 2026年3月15日, or an Excel date."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    plain = text(cell)
    found = _MONTH_DAY.fullmatch(plain)
    try:
        if found is None:
            raise ValueError
        found_day = date(int(found[1]), int(found[2]), int(found[3]))
        if not 1900 <= found_day.year <= 2200:
            raise ValueError
    except ValueError:
        raise DomainError(message, text=plain[:60]) from None
    return found_day
