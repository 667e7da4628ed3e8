"""What Excel does to questions: sheets, merged cells, numbers, dates, formulas of habit."""

from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from lms.plugins.exams.importing import reading
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.importing.drafts import Found

HEADER = ["题型", "题干", "选项A", "选项B", "选项C", "答案"]


def workbook(fill: Callable[[Workbook], None]) -> Found:
    book = Workbook()
    fill(book)
    content = BytesIO()
    book.save(content)
    return reading.read(content.getvalue(), "题库.xlsx")


def entries(found: Found) -> list[dict[str, Any]]:
    done = [entry_of(draft) for draft in found.drafts]
    assert not [draft.reasons for draft in found.drafts if draft.reasons]
    return done


def options(entry: dict[str, Any]) -> list[str]:
    return [next(iter(option.values())) for option in entry["options"]]


def test_a_title_above_the_header_and_columns_in_any_order_are_no_matter() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["2026 年上岗考试题库"])
        sheet.merge_cells("A1:F1")
        sheet.append([])
        sheet.append(["正确答案", "B 选项", "A 选项", "试题内容", "备注"])
        sheet.append(["a", "24 小时", "72 小时", "退款最晚多久？", "旧"])

    found = workbook(fill)
    (entry,) = entries(found)
    assert options(entry) == ["72 小时", "24 小时"] and entry["answer"] == [1]
    assert found.unknown == ["备注"] and str(found.drafts[0].place) == "row 4"


def test_numbers_stand_as_typed() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(HEADER)
        sheet.append(["单选", "满意度目标？", 4, 4.5, 5, "B"])
        sheet.append(["单选", "升级率目标？", 0.05, 0.1, 0.2, "A"])
        for cell in sheet[3][2:5]:
            cell.number_format = "0%"
        sheet.append(["单选", "编号？", 7, 8, 9, "A"])
        for cell in sheet[4][2:5]:
            cell.number_format = "000"

    first, second, third = entries(workbook(fill))
    assert options(first) == ["4", "4.5", "5"]
    assert options(second) == ["5%", "10%", "20%"]
    assert options(third) == ["007", "008", "009"]


def test_a_date_made_by_excel_is_flagged_and_never_shown_with_midnight() -> None:
    mangled = (datetime.combine(date(2017, 4, 27), time(0)), date(2017, 4, 28), time(9, 30))

    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(HEADER)
        sheet.append(["单选", "哪天？", *mangled, "A"])

    found = workbook(fill)
    (entry,) = entries(found)
    assert options(entry) == ["2017-04-27", "2017-04-28", "09:30"]
    assert [str(place) for place, _ in found.warnings] == ["row 2"] * 3
    assert "date or time of “选项A”" in str(found.warnings[0][1])


def test_every_sheet_is_read_and_its_name_may_say_the_type() -> None:
    def fill(book: Workbook) -> None:
        book.active.title = "单选题"
        book.active.append(["题目", "A", "B", "答案"])
        book.active.append(["甲？", "一", "二", "B"])
        judged = book.create_sheet("判断题")
        judged.append(["题目", "答案"])
        judged.append(["乙。", True])
        judged.append(["丙。", "A"])
        notes = book.create_sheet("说明")
        notes.append(["请勿改动"])
        hidden = book.create_sheet("旧题")
        hidden.append(["题目", "A", "B", "答案"])
        hidden.append(["旧？", "一", "二", "B"])
        hidden.sheet_state = "hidden"

    found = workbook(fill)
    single, judged, by_letter = entries(found)
    assert (single["type"], single["answer"]) == ("single", [2])
    assert (judged["type"], judged["answer"]) == ("true_false", [True])
    assert by_letter["answer"] == [True]
    assert [str(draft.place) for draft in found.drafts][:2] == ["单选题 row 2", "判断题 row 2"]


def test_a_question_merged_over_the_rows_of_its_options() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["序号", "题干", "选项", "是否正确"])
        rows = (
            [1, "红线有？", "泄密", "是"],
            [None, None, "道歉", "否"],
            [None, None, "争辩", "是"],
            [2, "首响？", "10 秒", 1],
            [None, None, "30 秒", 0],
        )
        for row in rows:
            sheet.append(row)
        sheet.merge_cells("B2:B4")
        sheet.merge_cells("B5:B6")

    first, second = entries(workbook(fill))
    assert (first["type"], first["answer"], options(first)) == (
        "multiple",
        [1, 3],
        ["泄密", "道歉", "争辩"],
    )
    assert (second["type"], second["answer"]) == ("single", [1])


def test_rows_of_nothing_but_a_number_are_no_questions() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["序号", "题目", "A", "B", "答案"])
        sheet.append([1, "甲？", "一", "二", "B"])
        sheet.append([2])

    assert len(entries(workbook(fill))) == 1
