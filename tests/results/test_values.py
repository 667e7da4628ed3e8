"""What one cell says."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest

from lms.clock import Month
from lms.errors import DomainError
from lms.tabular import values
from lms.tabular.sheets import Cell

OCTOBER = Month.parse("2026-10")
FIRST = datetime.combine(date(2026, 10, 1), time())  # as openpyxl gives a date cell


@pytest.mark.parametrize(
    "written",
    ["2026-10", "2026/10", "2026.10", "2026年10月", "2026年10月份", "2026/10/1", "2026-10-01",
     "2026年10月1日", "2026-10-01 00:00:00", "２０２６－１０", " 2026-10 ",
     "202610", 202610, 202610.0,
     FIRST, date(2026, 10, 31)],
)  # fmt: skip
def test_a_month(written: object) -> None:
    assert values.month(Cell(written)) == OCTOBER


@pytest.mark.parametrize(
    "written", ["2026-13", "2026", "10", "October", "2026.1", 2026.1, "26-10", "2026-00", 46296, "",
                "2026年", True]
)  # fmt: skip
def test_no_month(written: object) -> None:
    with pytest.raises(DomainError):
        values.month(Cell(written))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell(0.9245, "0.00%"), values.Number(Fraction("0.9245"), stored=True)),
        (Cell(12, "General"), values.Number(Fraction(12))),
        (Cell("92.3%"), values.Number(Fraction("92.3"), percent=True)),
        (Cell("９２．３％"), values.Number(Fraction("92.3"), percent=True)),
        (Cell("1,234.5"), values.Number(Fraction("1234.5"))),
        (Cell("1，234"), values.Number(Fraction(1234))),
        (Cell("－3"), values.Number(Fraction(-3))),
        (Cell("−3"), values.Number(Fraction(-3))),
        (Cell(0.8999999999999999, "0%"), values.Number(Fraction("0.9"), stored=True)),
        (Cell(".5"), values.Number(Fraction(1, 2))),
        (Cell("1.5e-3"), values.Number(Fraction("0.0015"))),
        (Cell("19秒"), values.Number(Fraction(19), unit=Fraction(1))),
        (Cell("850毫秒"), values.Number(Fraction(850), unit=Fraction(1, 1000))),
        (Cell("1,250 ms"), values.Number(Fraction(1250), unit=Fraction(1, 1000))),
        (Cell("1.5 min"), values.Number(Fraction("1.5"), unit=Fraction(60))),
        (Cell("0:03:25"), values.Number(Fraction(205), unit=Fraction(1))),
        (Cell(time(0, 3, 25)), values.Number(Fraction(205), unit=Fraction(1))),
        (Cell(timedelta(seconds=205)), values.Number(Fraction(205), unit=Fraction(1))),
        (Cell(5, '0"%"'), values.Number(Fraction(5))),
        (Cell(None), None),
        (Cell("  "), None),
        (Cell("-"), None),
        (Cell("N/A"), None),
        (Cell("—"), None),
    ],
)
def test_a_number(cell: Cell, expected: values.Number | None) -> None:
    assert values.number(cell) == expected


@pytest.mark.parametrize(
    "written",
    ["abc", "1,23", "0,923", "12,34.5", "1_000", "nan", "inf", "1e400", "--3", "3 apples",
     "#DIV/0!", True, float("inf"), FIRST, "9" * 40, "1.2.3", "+"],
)  # fmt: skip
def test_no_number(written: object) -> None:
    with pytest.raises(DomainError):
        values.number(Cell(written))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell("007"), "007"),
        (Cell(7, "000000"), "000007"),
        (Cell(7, "000000_ "), "000007"),
        (Cell(7, "000000;@"), "000007"),
        (Cell(7.0, "General"), "7"),
        (Cell(7, '"CS"00000'), "CS00007"),
        (Cell("ＣＳ０１"), "CS01"),
        (Cell(" CS 01 "), "CS 01"),
        (Cell(None), ""),
    ],
)
def test_a_staff_number(cell: Cell, expected: str) -> None:
    assert values.staff_number(cell) == expected
