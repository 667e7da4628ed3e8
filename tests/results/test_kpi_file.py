"""Layouts and values of KPI files: what is read, what is refused and why."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask

from lms.db import db
from lms.errors import DomainError
from lms.people.models import Channel
from lms.results.importing import How, known_metrics
from lms.results.kpi_file import read_kpi
from lms.tabular import read_sheets
from lms.tabular.reading import Reading
from tests.conftest import People
from tests.results.files import HEADER, delimited, line, workbook


@pytest.fixture
def staff(app: Flask, persons: People) -> dict[str, int]:
    numbers = ("A1", "A2", "007", "000123")
    return {no: persons.add(staff_no=no, channel=Channel.ONLINE).id for no in numbers}


def read(content: bytes, name: str = "kpi.xlsx", percent: Sequence[str] = ()) -> Reading:
    how = How(date(2026, 11, 2), in_percent=lambda header: percent)
    return read_kpi(db.session(), read_sheets(content, name), known_metrics(db.session()), how)


def reasons(reading: Reading) -> dict[int, str]:
    return {
        entry["row"]: " ".join(r["message"] % r["params"] for r in entry["reasons"])
        for entry in reading.refused
    }


def test_a_plain_file(staff: dict[str, int]) -> None:
    reading = read(workbook([HEADER, line("A1"), line("A2", "2026-03", 30, 0.9, None, 0)]))
    assert not reading.refused
    assert reading.rows == [
        {"row": 2, "person_id": staff["A1"], "staff_no": "A1", "month": "2026-03",
         "figures": {"frt": 20.0, "fcr": 0.95, "csat": 4.6, "feedback": 92.0}},
        {"row": 3, "person_id": staff["A2"], "staff_no": "A2", "month": "2026-03",
         "figures": {"frt": 30.0, "fcr": 0.9, "feedback": 0.0}},
    ]  # fmt: skip


def test_the_header_may_stand_anywhere(staff: dict[str, int]) -> None:
    def change(sheet: Any) -> None:
        sheet.merge_cells("A1:G1")
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[7].hidden = True
        notes = sheet.parent.create_sheet("说明", 0)
        notes["A1"] = "本表由系统导出"
        old = sheet.parent.create_sheet("旧", 0)
        for row in (HEADER, line("A1", "2025-01")):
            old.append(row)
        old.sheet_state = "hidden"

    title = ["客服部 2026 年 3 月 KPI"]
    rows = [title, [], ["制表：人事部", None, "2026-04-01"], [], HEADER, line("A1"), line("A2")]
    reading = read(workbook(rows, change))
    assert [(e["row"], e["staff_no"], e["month"]) for e in reading.rows] == [
        (6, "A1", "2026-03"), (7, "A2", "2026-03"),
    ]  # fmt: skip
    assert [w["params"] for w in reading.warnings] == [{"sheet": "旧"}]


def test_a_header_of_two_lines_and_a_month_merged_over_rows(staff: dict[str, int]) -> None:
    def change(sheet: Any) -> None:
        for area in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "B3:B4", "C3:C4"):
            sheet.merge_cells(area)

    rows = [
        ["工号", "月份", "效率", None, "CSAT"],
        [None, None, "首次响应时长（秒）", "FCR", None],
        ["A1", "2026-03", 20, 0.9, 4.5],
        ["A2", None, None, 0.8, 4.4],
    ]
    reading = read(workbook(rows, change))
    # The merged month holds for both; the merged figure only where it stands.
    assert [(e["month"], e["figures"]) for e in reading.rows] == [
        ("2026-03", {"frt": 20.0, "fcr": 0.9, "csat": 4.5}),
        ("2026-03", {"fcr": 0.8, "csat": 4.4}),
    ]


@pytest.mark.parametrize(
    ("header", "value", "code", "expected"),
    [
        ("首次响应时长(ms)", 18500, "frt", 18.5),
        ("首响（分钟）", 0.5, "frt", 30.0),
        ("首次响应时长（毫秒）", 18500, "frt", 18.5),
        ("首次响应时长", "850毫秒", "frt", 0.85),
        ("首次响应时长", "1,250 ms", "frt", 1.25),
        ("FRT", 12, "frt", 12.0),
        ("First response time (sec)", "12", "frt", 12.0),
        ("frt_ms", 1500, "frt", 1.5),
        ("首次响应时长FRT（秒）", 9, "frt", 9.0),
        ("平均响应时长(秒)", 222.6, "art", 3.71),
        ("平均解决时长（小时）", 0.25, "aht", 15.0),
        ("平均解决时长", "0:11:30", "aht", 11.5),
        ("AHT/min", 11.5, "aht", 11.5),
        ("AHT (in seconds)", 690, "aht", 11.5),
        ("平均解决时长（秒/次）", 690, "aht", 11.5),
        ("一次性解决率（百分比）", 92.3, "fcr", 0.923),
        ("一次性解决率(%)", 92.3, "fcr", 0.923),
        ("一次性解决率(%)", "92.3%", "fcr", 0.923),
        ("一次解决率", "92.3%", "fcr", 0.923),
        ("First-contact resolution", "０．９２３", "fcr", 0.923),
        ("NPS（净推荐值）", -20, "nps", -20.0),
        ("服务满意度 CSAT (1-5)", 4.56, "csat", 4.56),
        ("客户反馈(分)", "92分", "feedback", 92.0),
        ("考试成绩", "92.5%", "exam", 92.5),
        ("接待量", "1,234", "contacts", 1234.0),
        ("复购率", 0.35, "repurchase", 0.35),
    ],
)
def test_names_and_units(
    staff: dict[str, int], header: str, value: object, code: str, expected: float
) -> None:
    reading = read(workbook([["员工编号", "统计月份", header], ["A1", "2026-03", value]]))
    assert not reading.refused, reasons(reading)
    assert reading.rows[0]["figures"] == {code: expected}


def percent_formatted(value: float, header: str = "一次性解决率") -> bytes:
    rows = [["工号", "月份", header], ["A1", "2026-03", value]]
    return workbook(rows, lambda sheet: setattr(sheet["C2"], "number_format", "0.00%"))


@pytest.mark.parametrize("header", ["一次性解决率", "一次性解决率(%)"])
@pytest.mark.parametrize("percent", [(), ("fcr",)])
def test_a_percent_formatted_cell_is_taken_as_stored(
    staff: dict[str, int], header: str, percent: Sequence[str]
) -> None:
    reading = read(percent_formatted(0.9245, header), percent=percent)
    assert reading.rows[0]["figures"] == {"fcr": 0.9245}


def test_a_ratio_above_one_is_refused_with_the_hint(staff: dict[str, int]) -> None:
    content = workbook([["工号", "月份", "FCR"], ["A1", "2026-03", 92.3]])
    assert "--percent fcr" in reasons(read(content))[2]
    assert read(content, percent=["fcr"]).rows[0]["figures"] == {"fcr": 0.923}


BAD_ROWS = [
    (line("ZZ9"), "Nobody has the staff number ZZ9."),
    (line(None), "There is no staff number."),
    (line("A1", None), "There is no month."),
    (line("A1", "March"), "“March” is not a month"),
    (line("A1", "2026-03", -1, 0.9, 4.5, 90), "cannot be negative"),
    (line("A1", "2026-03", 20, 101, 4.5, 90), "ratio between 0 and 1"),
    (line("A1", "2026-03", 20, -0.1, 4.5, 90), "ratio between 0 and 1"),
    (line("A1", "2026-03", 20, 0.9, 5.1, 90), "must be between 1 and 5"),
    (line("A1", "2026-03", 20, 0.9, 0, 90), "must be between 1 and 5"),
    (line("A1", "2026-03", 20, 0.9, 4.5, 101), "must be between 0 and 100"),
    (line("A1", "2026-03", "fast", 0.9, 4.5, 90), "“fast” is not a number"),
    (line("A1", "2026-03", "#DIV/0!", 0.9, 4.5, 90), "the Excel error #DIV/0!"),
    (line("A1", "2026-03", "20%", 0.9, 4.5, 90), "cannot be a percentage"),
    (line("合计", None, 20, 0.9, 4.5, 90), "total row"),
    ([None, "合计：", None, 20, 0.9, 4.5, 90], "total row"),
    (line("平均值", "2026-03", 20, 0.9, 4.5, 90), "total row"),
    (line("Total", "", 20, 0.9, 4.5, 90), "total row"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_by_number_and_reason(
    staff: dict[str, int], bad: list[object], reason: str
) -> None:
    reading = read(workbook([["三月"], HEADER, line("A2"), bad]))
    assert [entry["row"] for entry in reading.rows] == [3]
    assert list(reasons(reading)) == [4]
    assert reason in reasons(reading)[4]


def test_every_reason_of_a_row_is_named(staff: dict[str, int]) -> None:
    bad = line("ZZ9", "x", -1, 2, 9, "?")
    (entry,) = read(workbook([HEADER, bad])).refused
    assert len(entry["reasons"]) == 6
    assert entry["cells"] == ["ZZ9", "某人", "x", "-1", "2", "9", "?"]


def test_the_same_person_and_month_twice_refuses_both(staff: dict[str, int]) -> None:
    rows = [HEADER, line("A1"), line("A2"), line("A1"), line("A1", "2026-04"),
            line("A2", "2026/3/1", -1)]  # fmt: skip
    reading = read(workbook(rows))
    assert [entry["row"] for entry in reading.rows] == [5]
    found = reasons(reading)
    assert sorted(found) == [2, 3, 4, 6]
    assert "row 4" in found[2]
    assert "row 2" in found[4]
    assert "row 6" in found[3]
    assert "negative" in found[6]


def test_staff_numbers_keep_their_zeros(staff: dict[str, int]) -> None:
    rows = [HEADER, line("007"), line(123)]
    content = workbook(rows, lambda sheet: setattr(sheet["A3"], "number_format", "000000"))
    assert [e["staff_no"] for e in read(content).rows] == ["007", "000123"]
    text = delimited([HEADER, line('="007"'), line("000123")])
    assert [e["staff_no"] for e in read(text, "kpi.csv").rows] == ["007", "000123"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_every_encoding(staff: dict[str, int], encoding: str, mark: str) -> None:
    rows = [["三月KPI", "共, 两人"], [], HEADER, line("A1", "2026年3月", "1,200", "95%", 4.6, 92)]
    reading = read(delimited(rows, encoding, mark), "kpi.csv")
    assert [(e["row"], e["figures"]) for e in reading.rows] == [
        (4, {"frt": 1200.0, "fcr": 0.95, "csat": 4.6, "feedback": 92.0})
    ]


def test_csv_with_the_line_ends_of_an_old_macintosh(staff: dict[str, int]) -> None:
    content = delimited([HEADER, line("A1"), line("A2")]).replace(b"\r\n", b"\r")
    assert [entry["row"] for entry in read(content, "kpi.csv").rows] == [2, 3]


def test_a_workbook_called_csv_is_read_as_what_it_is(staff: dict[str, int]) -> None:
    assert len(read(workbook([HEADER, line("A1")]), "kpi.csv").rows) == 1


def test_dates_as_months_and_formulas_by_their_stored_value(staff: dict[str, int]) -> None:
    dated = line("A1", datetime.combine(date(2026, 3, 1), time()))
    rows = [HEADER, dated, line("A2", "2026-03", 20, 0.9, 4.5, "=1+1")]
    reading = read(workbook(rows))
    assert [e["month"] for e in reading.rows] == ["2026-03", "2026-03"]
    assert "feedback" not in reading.rows[1]["figures"]  # never calculated: no stored value
    assert [w["params"] for w in reading.warnings] == [{"count": 1}]


def test_a_formula_gives_the_value_excel_stored(staff: dict[str, int]) -> None:
    plain = workbook([HEADER, line("A1", "2026-03", 20, 0.95, 4.6, "=90+2")])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            xml = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                computed = b"<f>90+2</f><v>88</v>"
                xml = re.sub(rb"<f>90\+2</f><v ?/?>(</v>)?", computed, xml)
                assert computed in xml
            new.writestr(name, xml)
    reading = read(out.getvalue())
    assert reading.rows[0]["figures"]["feedback"] == 88 and not reading.warnings


def test_ratios_in_a_column_said_to_be_in_percent_are_doubted(staff: dict[str, int]) -> None:
    header = ["工号", "月份", "FCR", "升级率"]
    rows = [["A1", "2026-03", 92.3, 0.8], ["A2", "2026-03", 0.95, 2.1]]
    (warning,) = read(workbook([header, *rows]), percent=["fcr", "escalation"]).warnings
    assert warning["params"] == {"column": "FCR", "count": 1}  # 0.8 % escalated is possible
    assert not read(workbook([header, rows[0]]), percent=["fcr", "escalation"]).warnings


def test_unknown_columns_are_named_and_ignored(staff: dict[str, int]) -> None:
    rows = [[*HEADER, "备注", "投诉率"], [*line("A1"), "好", 0.1]]
    assert read(workbook(rows)).unknown == ["备注", "投诉率"]


def test_a_channel_unlike_the_rosters_is_a_warning(staff: dict[str, int]) -> None:
    rows = [[*HEADER, "渠道"], [*line("A1"), "电话"], [*line("A2"), "在线"]]
    reading = read(workbook(rows))
    assert len(reading.rows) == 2
    assert [(w["row"], w["params"]["written"]) for w in reading.warnings] == [(2, "电话")]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["姓名", "CSAT"], ["某", 4.5]], "No row with the column headers 工号、月份"),
        ([HEADER], "no row below"),
        ([["工号", "月份"], ["A1", "2026-03"]], "No column of the file is a metric"),
        ([["工号", "月份", "CSAT", "满意度"], ["A1", "2026-03", 4.5, 4.5]], "mean the same"),
    ],
)
def test_a_file_of_no_use_is_refused_whole(
    staff: dict[str, int], rows: list[list[object]], reason: str
) -> None:
    with pytest.raises(DomainError, match=reason):
        read(workbook(rows))


@pytest.mark.parametrize(
    "other",
    [[["工号", "月份", "备注"], ["A1", "2026-03", "x"]],
     [["工号", "月份", "CSAT", "满意度"], ["A1", "2026-03", 1, 2]]],
)  # fmt: skip
def test_another_sheet_with_staff_numbers_does_not_hide_the_figures(
    staff: dict[str, int], other: list[list[object]]
) -> None:
    def change(sheet: Any) -> None:
        first = sheet.parent.create_sheet("名单", 0)
        for row in other:
            first.append(row)

    reading = read(workbook([HEADER, line("A1")], change))
    assert [entry["figures"]["csat"] for entry in reading.rows] == [4.6]


def test_a_date_format_built_into_chinese_excel(staff: dict[str, int]) -> None:
    """Such a file names format 57 (2026年3月) by number only."""
    plain = workbook(
        [HEADER, line("A1", 46082)], lambda sheet: setattr(sheet["C2"], "number_format", "yyyy@")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            xml = old.read(name)
            if name == "xl/styles.xml":
                xml = re.sub(rb"<numFmts.*</numFmts>", b"", xml).replace(b'"164"', b'"57"')
            new.writestr(name, xml)
    reading = read(out.getvalue())
    assert [entry["month"] for entry in reading.rows] == ["2026-03"], reasons(reading)


def test_a_total_in_the_name_column(staff: dict[str, int]) -> None:
    reading = read(workbook([["月份", "工号", "姓名", "CSAT"], ["2026-03", None, "合计", 4.5]]))
    assert reasons(reading) == {2: "This is a total row, not a person."}


def test_blank_rows_between_are_passed_over_and_repeated_headers_too(
    staff: dict[str, int],
) -> None:
    rows = [HEADER, line("A1"), [None] * 7, HEADER, line("A2"), ["", "  "]]
    reading = read(workbook(rows))
    assert [e["row"] for e in reading.rows] == [2, 5]
    assert not reading.refused
