"""`lms kpi import` and `lms month` from the outside: exit codes, messages, what is stored."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.cli import run
from lms.clock import Month, SettableClock
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource
from lms.results.models import ImportRun, KpiCorrection, KpiValue, MonthClose, MonthResult
from tests.conftest import People
from tests.results.files import HEADER, delimited, line, workbook

MARCH = Month.parse("2026-03")


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def lms(both_apps: Flask, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    def call(*arguments: object) -> Result:
        db.session.commit()
        code = run(both_apps, [str(a) for a in arguments])
        db.session.expire_all()
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture
def staff(both_apps: Flask, persons: People) -> dict[str, int]:
    found = {}
    for staff_no in ("A1", "A2", "A3"):
        found[staff_no] = persons.add(staff_no=staff_no).id
        grant_clearance(
            db.session(), found[staff_no], source=ClearanceSource.HISTORY,
            from_day=date(2025, 2, 1), actor=OPERATOR, now=persons.now,
        )  # fmt: skip
    db.session.commit()
    return found


def file(folder: Path, *rows: list[object], name: str = "kpi.xlsx") -> Path:
    path = folder / name
    path.write_bytes(workbook([HEADER, *rows]))
    return path


def values() -> dict[tuple[int, str], float]:
    return {(v.person_id, v.metric): v.value for v in db.session.scalars(select(KpiValue))}


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_with_a_refused_row_changes_nothing(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    good = file(tmp_path, line("A1"), name="good.xlsx")
    bad = file(tmp_path, line("A2"), line("ZZ9"), name="bad.xlsx")
    result = lms("kpi", "import", good, bad)
    assert result.code == 1
    assert "bad.xlsx: row 3: refused: Nobody has the staff number ZZ9." in result.err
    assert values() == {}
    assert count(ImportRun) == 0


def test_the_good_rows_are_taken_on_request_and_the_others_come_back(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    bad = file(tmp_path, line("A2"), ["@cmd|x", "某", "2026-03", 20])
    rejects = tmp_path / "out.csv"
    result = lms("kpi", "import", bad, "--accept-valid", "--rejects", rejects)
    assert result.code == 0
    assert "row 3: refused" in result.err
    assert {person for person, _ in values()} == {staff["A2"]}
    with rejects.open(encoding="utf-8-sig", newline="") as opened:
        header, row = csv.reader(opened)
    assert header == ["file", "row", "reason", *HEADER]
    assert row[:2] == ["kpi.xlsx", "3"]
    assert "@cmd|x" in row[3]


def test_refused_rows_of_several_layouts_come_back_under_their_headers(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    def formats(sheet: Any) -> None:
        sheet["A2"].number_format, sheet["C2"].number_format = "00000", "0.0%"

    one, two = tmp_path / "one.xlsx", tmp_path / "two.csv"
    one.write_bytes(workbook([["工号", "月份", "FCR(%)"], [12, "2026-03", 0.923]], formats))
    two.write_bytes(delimited([["月份", "CSAT", "工号"], ["2026-03", 4.5, "X"]]))
    rejects = tmp_path / "out.csv"
    assert lms("kpi", "import", one, two, "--accept-valid", "--rejects", rejects).code == 0
    with rejects.open(encoding="utf-8-sig", newline="") as opened:
        first, second = csv.DictReader(opened)
    # As they were shown: to be mended and sent again.
    assert (first["工号"], first["FCR(%)"]) == ("00012", "92.3%")
    assert (second["工号"], second["月份"], second["CSAT"]) == ("X", "2026-03", "4.5")


def test_of_many_files_the_unreadable_one_is_named(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    good, other = file(tmp_path, line("A1")), tmp_path / "other.csv"
    other.write_bytes(delimited([["a", "b"], [1, 2]]))
    result = lms("kpi", "import", good, other)
    assert result.code == 1
    assert "other.csv: refused:\nlms: No row with the column headers" in result.err
    assert not values()


def test_a_dry_run_stores_nothing(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    result = lms("kpi", "import", file(tmp_path, line("A1")), "--dry-run")
    assert (result.code, "4 new" in result.out) == (0, True)
    assert values() == {}


def test_the_same_file_again_changes_nothing(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    path = file(tmp_path, line("A1"), line("A2"))
    assert lms("kpi", "import", path).code == 0
    before = values(), count(ImportRun), count(AuditEntry)
    result = lms("kpi", "import", path)
    assert result.code == 0
    assert "nothing to change" in result.out
    assert (values(), count(ImportRun), count(AuditEntry)) == before


def test_a_different_figure_replaces_that_of_an_open_month_audited(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    lms("kpi", "import", file(tmp_path, line("A1"), line("A2")))
    changed = file(tmp_path, line("A1", "2026-03", 25, None, 4.6, 92), line("A2"), name="new.xlsx")
    result = lms("kpi", "import", changed)
    assert "1 changed" in result.out
    # The blank is no data and takes nothing away.
    assert values()[staff["A1"], "frt"] == 25
    assert values()[staff["A1"], "fcr"] == 0.95
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.action == "kpi.import"
    assert entry.details["replaced"] == [["2026-03", staff["A1"], "frt", 20.0, 25.0]]
    source = db.session.scalar(
        select(ImportRun.filename).join(KpiValue, KpiValue.import_id == ImportRun.id)
        .where(KpiValue.metric == "frt", KpiValue.person_id == staff["A1"])
    )  # fmt: skip
    assert source == "new.xlsx"


def closed(lms: Callable[..., Result], tmp_path: Path) -> None:
    rows = [line("A1"), line("A2", "2026-03", 40, 0.7, 4.0, 80), line("A3")]
    assert lms("kpi", "import", file(tmp_path, *rows)).code == 0
    assert lms("month", "close", "2026-03", "--no-assign").code == 0


def test_a_different_figure_for_a_closed_month_waits_for_a_revision(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    closed(lms, tmp_path)
    before = lms("month", "show", "2026-03").out
    correction = file(tmp_path, line("A2", "2026-03", 20, 0.95, 4.6, 92), name="correction.xlsx")
    assert "4 held" in lms("kpi", "import", correction).out
    assert "nothing to change" in lms("kpi", "import", correction).out
    assert lms("month", "show", "2026-03").out == before
    assert values()[staff["A2"], "frt"] == 40

    again = lms("month", "close", "2026-03")
    assert again.code == 1
    assert "closed already" in again.err
    result = lms("month", "close", "2026-03", "--reason", "late survey answers")
    assert result.code == 0, result.err
    assert lms("month", "show", "2026-03").out != before
    revisions = db.session.scalars(select(MonthClose).order_by(MonthClose.revision)).all()
    assert [(r.revision, r.is_current) for r in revisions] == [(1, False), (2, True)]
    scores = select(MonthResult.score).where(MonthResult.person_id == staff["A2"])
    assert len(set(db.session.scalars(scores))) == 2
    assert {c.applied_close_id for c in db.session.scalars(select(KpiCorrection))} == {
        revisions[1].id
    }
    nothing = lms("month", "close", "2026-03", "--reason", "once more")
    assert (nothing.code, "Nothing has changed" in nothing.err) == (1, True)
    assert count(MonthClose) == 2


def test_a_correction_taken_back_is_no_correction(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    closed(lms, tmp_path)
    lms("kpi", "import", file(tmp_path, line("A1", "2026-03", 50, 0.95, 4.6, 92), name="2.xlsx"))
    lms("kpi", "import", file(tmp_path, line("A1"), name="3.xlsx"))
    assert "Nothing has changed" in lms("month", "close", "2026-03", "--reason", "because").err


def test_a_late_row_for_a_closed_month_enters_with_the_revision(
    lms: Callable[..., Result], staff: dict[str, int], persons: People, tmp_path: Path
) -> None:
    closed(lms, tmp_path)
    persons.add(staff_no="A9")
    lms("kpi", "import", file(tmp_path, line("A9"), name="late.xlsx"))
    assert "A9" not in lms("month", "show", "2026-03").out
    assert lms("month", "close", "2026-03", "--reason", "one was missing").code == 0
    assert "A9" in lms("month", "show", "2026-03").out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["month", "close", "2026-11"], 1, "2026-11 is not over yet"),
        (["month", "close", "2026-02"], 1, "no figures for 2026-02"),
        (["month", "close", "2026-13"], 2, "Invalid value"),
        (["month", "close", "March"], 2, "write it as 2026-03"),
        (["month", "show", "2026-02"], 1, "2026-02 is not closed"),
        (["month", "show", "2026-02", "--format", "pdf"], 2, "Invalid value"),
        (["kpi", "import"], 2, "Missing argument"),
        (["kpi", "import", "/no/such/file.xlsx"], 2, "does not exist"),
        (["people", "import", "/no/such/file.xlsx"], 2, "does not exist"),
    ],
)
def test_refusals_and_wrong_usage(
    lms: Callable[..., Result], arguments: list[str], code: int, message: str
) -> None:
    result = lms(*arguments)
    assert (result.code, message in result.err) == (code, True), result.err


def test_a_month_ends_in_the_organisations_time_zone(
    lms: Callable[..., Result], staff: dict[str, int], clock: SettableClock, tmp_path: Path
) -> None:
    lms("kpi", "import", file(tmp_path, line("A1", "2026-10")))
    clock.at = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    assert lms("month", "close", "2026-10").code == 1
    clock.at = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    assert lms("month", "close", "2026-10").code == 0


def test_a_dry_run_of_a_close_stores_nothing(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    lms("kpi", "import", file(tmp_path, line("A1")))
    result = lms("month", "close", "2026-03", "--dry-run")
    assert (result.code, "1 people ranked" in result.out) == (0, True)
    assert count(MonthClose) == count(MonthResult) == 0


def test_percent_is_for_ratios_only(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "kpi.csv"
    path.write_bytes(delimited([["工号", "月份", "FCR"], ["A1", "2026-03", "92.3"]]))
    assert lms("kpi", "import", path, "--percent", "csat").code == 2
    hint = lms("kpi", "import", path)
    assert (hint.code, "--percent fcr" in hint.err) == (1, True)
    assert lms("kpi", "import", path, "--percent", "fcr").code == 0
    assert values() == {(staff["A1"], "fcr"): 0.923}


def test_json_holds_the_same_words(
    lms: Callable[..., Result], staff: dict[str, int], tmp_path: Path
) -> None:
    closed(lms, tmp_path)
    assert '"staff_no": "A1"' in lms("month", "show", "2026-03", "--format", "json").out
