"""What HR says of a file's columns is remembered for the source that the file came from."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.db import db
from lms.results.models import ColumnName, ImportRun, ImportSource, KpiValue
from tests.conftest import Auth, People
from tests.results.files import delimited, workbook
from tests.results.test_defined_metrics import COMPLAINTS, define
from tests.results.test_import_commands import Result, lms
from tests.results.test_pages import upload

ONE, OTHER = ["工号", "月份", "CSAT", "评价"], ["工号", "月份", "首次响应时长", "评价"]
__all__ = ["lms"]


@pytest.fixture
def hr(both_apps: Flask, persons: People) -> FlaskClient:
    for number in range(1, 5):
        persons.add(staff_no=f"A{number}")
    return Auth(both_apps).login(persons.add("hr", staff_no="HR1", level="manager"))


def sent(hr: FlaskClient, head: list[str], *row: object, kind: str = "kpi") -> str:
    return upload(hr, workbook([head, list(row)]), kind=kind).location


def said(hr: FlaskClient, page: str, *codes: str, percent: str = "") -> str:
    chosen = {f"column-{place}": code for place, code in enumerate(codes)}
    ticked = {"percent": percent} if percent else {}
    return hr.post(f"{page}/again", data={**chosen, **ticked}, follow_redirects=True).text


def figures() -> dict[str, float]:
    """Of the last row that came in: the others' are taken away."""
    values = {v.metric: v.value for v in db.session.scalars(select(KpiValue))}
    for value in db.session.scalars(select(KpiValue)):
        db.session.delete(value)
    db.session.commit()
    return values


def imported(hr: FlaskClient, page: str) -> dict[str, float]:
    hr.post(f"{page}/confirm")
    return figures()


def test_two_systems_mean_different_things_by_one_name(hr: FlaskClient) -> None:
    page = sent(hr, ONE, "A1", "2026-03", 4.5, 88)
    said(hr, page, "feedback")
    assert imported(hr, page) == {"csat": 4.5, "feedback": 88}

    page = sent(hr, OTHER, "A1", "2026-03", 20, 4.1)
    assert "Column “评价”, as said for other files" in hr.get(page).text
    said(hr, page, "csat")
    assert "Column “评价”, as you said" in hr.get(page).text
    assert imported(hr, page) == {"frt": 20, "csat": 4.1}

    again = sent(hr, ["评价", "月份", " csat ", "工号"], 77, "2026-03", 4.4, "A2")  # in any order
    assert "Column “评价”, as you said" in hr.get(again).text
    assert imported(hr, again) == {"csat": 4.4, "feedback": 77}
    assert imported(hr, sent(hr, OTHER, "A2", "2026-03", 21, 4.2)) == {"frt": 21, "csat": 4.2}


def test_left_out_here_and_a_metric_there(hr: FlaskClient) -> None:
    said(hr, sent(hr, ONE, "A1", "2026-03", 4.5, 88), "")
    said(hr, sent(hr, OTHER, "A1", "2026-03", 20, 88), "feedback")
    assert imported(hr, sent(hr, ONE, "A2", "2026-03", 4.4, 77)) == {"csat": 4.4}
    assert imported(hr, sent(hr, OTHER, "A2", "2026-03", 21, 77)) == {"frt": 21, "feedback": 77}


def test_percent_is_remembered_for_its_source_alone(hr: FlaskClient) -> None:
    percent, ratio = ["工号", "月份", "FCR"], ["工号", "月份", "FCR", "CSAT"]
    page = sent(hr, percent, "A1", "2026-03", 92.3)
    said(hr, page, percent="fcr")
    assert imported(hr, page) == {"fcr": 0.923}
    assert imported(hr, sent(hr, percent, "A2", "2026-03", 88)) == {"fcr": 0.88}

    assert imported(hr, sent(hr, ratio, "A2", "2026-03", 0.9, 4.5)) == {"fcr": 0.9, "csat": 4.5}
    assert "is above 1" in hr.get(sent(hr, ratio, "A2", "2026-03", 90, 4.5)).text
    page = sent(hr, percent, "A3", "2026-03", 0.95)
    assert 'value="fcr" checked' in hr.get(page).text
    said(hr, page)  # the system has changed
    assert imported(hr, page) == {"fcr": 0.95}
    assert imported(hr, sent(hr, percent, "A4", "2026-03", 0.96)) == {"fcr": 0.96}


def test_what_was_taken_over_and_imported_stays(hr: FlaskClient) -> None:
    """Names from before a source was remembered are taken over in the same way."""
    db.session.add(ColumnName(kind="kpi", name="评价", code="feedback"))
    db.session.commit()
    page = sent(hr, ONE, "A1", "2026-03", 4.5, 88)
    assert "Column “评价”, as said for other files" in hr.get(page).text
    assert imported(hr, page) == {"csat": 4.5, "feedback": 88}
    said(hr, sent(hr, OTHER, "A1", "2026-03", 20, 4.1), "csat")
    assert imported(hr, sent(hr, ONE, "A2", "2026-03", 4.4, 77)) == {"csat": 4.4, "feedback": 77}


def test_a_metric_known_by_its_name_is_another_for_one_source(hr: FlaskClient) -> None:
    head, plain_file = ["工号", "月份", "首次响应时长", "满意度"], ["工号", "月份", "满意度"]
    page = sent(hr, head, "A1", "2026-03", 20, 88)
    assert "Recognised metrics" in hr.get(page).text
    assert 'id="refused"' in hr.get(page).text  # 88 stars of 5
    said(hr, page, "frt", "feedback")
    assert imported(hr, page) == {"frt": 20, "feedback": 88}
    assert imported(hr, sent(hr, head, "A2", "2026-03", 21, 77)) == {"frt": 21, "feedback": 77}
    assert imported(hr, sent(hr, plain_file, "A2", "2026-03", 4.5)) == {"csat": 4.5}
    said(hr, sent(hr, head, "A3", "2026-03", 21, 4.4), "csat")
    assert imported(hr, sent(hr, head, "A4", "2026-03", 22, 4.3)) == {"frt": 22, "csat": 4.3}
    assert not db.session.scalars(select(ColumnName)).all()


def test_what_would_leave_no_file_readable_is_refused(hr: FlaskClient) -> None:
    page = sent(hr, ["工号", "月份", "CSAT", "评价", "打分"], "A1", "2026-03", 4.5, 1, 2)
    assert "mean the same (feedback)" in said(hr, page, "feedback", "feedback", "csat")
    assert "No column of the file is a metric" in said(hr, page, "", "", "")
    assert not db.session.scalars(select(ImportSource)).all()


def test_a_new_metric_is_read_where_its_column_was_left_out(hr: FlaskClient) -> None:
    head = ["工号", "月份", "CSAT", "客诉占比"]
    said(hr, sent(hr, head, "A1", "2026-03", 4.5, 0.01), "")
    define(COMPLAINTS)
    db.session.commit()
    sent(hr, head, "A2", "2026-03", 4.5, 0.02)
    run = db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert run is not None and run.summary["columns"]["客诉占比"] == "complaints"


def test_the_command_reads_as_was_said_on_the_page(
    hr: FlaskClient, lms: Callable[..., Result], tmp_path
) -> None:
    head = ["工号", "月份", "解决得好", "评价"]
    page = sent(hr, [*head, "CSAT"], "A1", "2026-03", 92.3, 88, 4.5)
    said(hr, page, "fcr", "feedback", percent="fcr")
    said(hr, sent(hr, OTHER, "A1", "2026-03", 20, 4.1), "csat")
    path = tmp_path / "kpi.csv"
    path.write_bytes(delimited([[*head, "CSAT"], ["A2", "2026-03", "88", "77", "4.4"]]))
    assert lms("kpi", "import", path).code == 0
    assert figures() == {"fcr": 0.88, "feedback": 77, "csat": 4.4}
