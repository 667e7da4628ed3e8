"""A KPI file with a row for each person, sent in as a browser would and carried on by the jobs."""

import io
from datetime import UTC, datetime

import xlsxwriter

from bench.month_people import FIRST_NUMBER
from lms.audit import OPERATOR
from lms.db import db
from lms.jobs import drain
from lms.results import import_jobs
from lms.results.models import ImportRun, ImportState

HEADER = ["工号", "月份", "首次响应时长", "一次性解决率", "满意度", "客户反馈", "考试", "案例分析"]
# The jobs' clock; what is measured is not how long they wait.
NOW = datetime(2026, 6, 2, tzinfo=UTC)


def content(kind: str, count: int, month: str) -> bytes:
    rows = (
        [f"B{FIRST_NUMBER + i}", month, 15 + i % 30, 0.9 + i % 10 / 100, 4 + i % 10 / 10,
         80 + i % 10, 70 + i % 30, 60 + i % 40]
        for i in range(count)
    )  # fmt: skip
    if kind == "csv":
        return "\n".join(",".join(map(str, row)) for row in (HEADER, *rows)).encode()
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate((HEADER, *rows)):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def take(file: bytes, name: str) -> None:
    """Uploaded, read to the preview, confirmed and taken."""
    session = db.session()
    run = import_jobs.receive(session, "kpi", file, name, actor=OPERATOR, now=NOW)
    import_id = run.id
    session.commit()
    drain([import_jobs.READ, import_jobs.TAKE], NOW)
    run = session.get_one(ImportRun, import_id)
    import_jobs.confirm(session, run, accept_valid=False, actor=OPERATOR, now=NOW)
    session.commit()
    drain([import_jobs.READ, import_jobs.TAKE], NOW)
    if session.get_one(ImportRun, import_id).state != ImportState.APPLIED:
        raise SystemExit(f"{name} was not taken")
    session.rollback()
