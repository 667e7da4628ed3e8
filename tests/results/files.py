"""Making files to import."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

HEADER = ["工号", "姓名", "月份", "首次响应时长(秒)", "一次性解决率", "CSAT", "客户反馈"]


def workbook(
    rows: Sequence[Sequence[Any]], change: Callable[[Any], None] = lambda sheet: None
) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def delimited(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", mark: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


def line(staff_no: object, month: object = "2026-03", *values: object) -> list[object]:
    """A row under HEADER; figures default to good ones."""
    return [staff_no, "某人", month, *(values or (20, 0.95, 4.6, 92))]
