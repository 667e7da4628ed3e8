"""The sample organisation through the command line: every cell as expected, on both databases."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from lms.cli import run
from tests.results import oracle
from tests.results.oracle import Agent

TEAM = Path(__file__).parents[1] / "data" / "team"
Run = Callable[..., str]
FIGURES = {
    "首次响应时长(秒)": "frt", "一次性解决率": "fcr", "CSAT": "csat", "客户反馈": "feedback",
    "考试成绩": "exam", "案例分析成绩": "case_analysis",
}  # fmt: skip
CHANNELS = {"在线": "online", "电话": "phone", "邮件": "email"}


def expected(name: str) -> list[dict[str, str]]:
    with (TEAM / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def lms(both_apps: Flask, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> str:
        code = run(both_apps, [str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    return call


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_real_input_gives_exactly_the_expected_output(lms: Run) -> None:
    lms("init")
    lms("people", "import", TEAM / "花名册.xlsx")
    lms("leave", "import", TEAM / "休假.csv")
    lms("kpi", "import", *sorted(TEAM.glob("客服KPI-*.xlsx")))
    wanted = expected("expected-month.csv")
    months = sorted({row["month"] for row in wanted})
    for month in months:
        lms("month", "close", month, *([] if month == months[-1] else ["--no-assign"]))
    got = [{"month": month, **row} for month in months for row in rows(lms("month", "show", month))]
    assert list(got[0]) == list(wanted[0])
    assert got == wanted
    lms("month", "verify", months[-1])
    for year in ("2025", "2026"):
        verdicts = rows(lms("promotion", "check", "--year", year))
        assert verdicts == expected(f"expected-promotion-{year}.csv")


def agents(path: Path) -> dict[str, Agent]:
    sheet = load_workbook(path, data_only=True).active
    header, *lines = sheet.iter_rows(values_only=True)
    found = {}
    for line in lines:
        row = dict(zip(header, line, strict=True))
        figures = {
            code: Fraction(Decimal(str(row[name])))
            for name, code in FIGURES.items()
            if row[name] is not None
        }
        found[row["工号"]] = Agent(channel=CHANNELS[row["渠道"]], figures=figures)
    return found


def test_every_exact_half_among_the_scores_is_expected_rounded_up() -> None:
    """The expected file itself, against exact arithmetic: it is what the test above compares."""
    wanted = {(row["month"], row["staff_no"]): row["score"] for row in
              expected("expected-month.csv")}  # fmt: skip
    halves = 0
    for path in sorted(TEAM.glob("客服KPI-*.xlsx")):
        month = path.stem[-7:]
        for staff_no, agent in agents(path).items():
            printed, score = wanted[month, staff_no], oracle.exact_score(agent)
            if not printed or score is None:
                continue
            assert oracle.hundredths(score) == int(printed.replace(".", ""))
            halves += oracle.is_half(score)
    assert halves == 37
