"""The roster and leave files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.cli import run
from lms.clock import local_date
from lms.db import db
from lms.people.models import Clearance, Leave, Person, Position, Team
from lms.people.organisation import zone
from tests.clearances import clearance_on
from tests.conftest import NOW
from tests.results.files import delimited

ROSTER = ["工号", "姓名", "团队", "渠道", "职级", "用工类型", "入职日期", "上岗日期"]
ONE = ["001", "李一", "一组", "在线", "客服专员", "正式", "2025-01-06", "2025-01-13"]
TWO = ["002", "王二", "二组", "电话", "资深客服", "临时", "2026/2/3", ""]


@pytest.fixture
def lms(
    both_apps: Flask, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    def call(kind: str, *rows: list[str], options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        path = tmp_path / f"{kind}.csv"
        path.write_bytes(delimited(rows))
        db.session.commit()
        code = run(both_apps, [kind, "import", str(path), *options])
        db.session.expire_all()
        return (code, *capsys.readouterr())

    return call


def person(staff_no: str) -> Person:
    return db.session.scalars(select(Person).where(Person.staff_no == staff_no)).one()


def test_people_with_position_and_clearance(lms: Callable) -> None:
    code, _, err = lms("people", ROSTER, ONE, TWO)
    assert code == 0, err
    one, two = person("001"), person("002")
    assert (one.name, one.level, one.channel, one.team.name) == ("李一", "agent", "online", "一组")
    assert (two.level, two.channel, two.employment) == ("senior_agent", "phone", "temporary")
    assert one.hired_on == date(2025, 1, 6)
    positions = db.session.scalars(select(Position).order_by(Position.person_id)).all()
    assert [(p.from_day, p.level) for p in positions] == [
        (date(2025, 1, 6), "agent"), (date(2026, 2, 3), "senior_agent"),
    ]  # fmt: skip
    assert clearance_on(db.session(), one.id, date(2025, 1, 13)).source == "history"
    assert clearance_on(db.session(), one.id, date(2025, 1, 12)) is None
    assert clearance_on(db.session(), two.id, date(2026, 11, 1)) is None
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"people.import", "clearance.grant"} <= actions


def test_again_changes_nothing_and_a_change_counts_from_today(lms: Callable) -> None:
    lms("people", ROSTER, ONE, TWO)
    entries = len(db.session.scalars(select(AuditEntry)).all())
    assert "nothing to change" in lms("people", ROSTER, ONE, TWO)[1]
    assert len(db.session.scalars(select(AuditEntry)).all()) == entries
    moved = ["002", "王小二", "三组", "电话", "客服主管", "正式", "", ""]
    code, out, err = lms("people", ROSTER, ONE, moved)
    assert (code, "1 changed" in out) == (0, True), err
    two = person("002")
    today = local_date(NOW, zone())
    history = select(Position).where(Position.person_id == two.id).order_by(Position.from_day)
    assert [(p.from_day, p.level) for p in db.session.scalars(history)] == [
        (date(2026, 2, 3), "senior_agent"), (today, "supervisor"),
    ]  # fmt: skip
    assert (two.name, two.level, two.team.name, two.employment) == (
        "王小二", "supervisor", "三组", "regular",
    )  # fmt: skip


def test_a_corrected_clearance_date_replaces_the_first(lms: Callable) -> None:
    lms("people", ROSTER, ONE)
    lms("people", ROSTER, [*ONE[:7], "2025-03-01"])
    one = person("001")
    assert clearance_on(db.session(), one.id, date(2025, 2, 1)) is None
    assert clearance_on(db.session(), one.id, date(2025, 3, 1)) is not None
    assert len(db.session.scalars(select(Clearance)).all()) == 2  # history stays


def test_a_corrected_hire_date_moves_the_first_position(lms: Callable) -> None:
    lms("people", ROSTER, ONE)
    lms("people", ROSTER, [*ONE[:6], "2024-12-02", ONE[7]])
    assert [p.from_day for p in db.session.scalars(select(Position))] == [date(2024, 12, 2)]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, "", "There is no staff number."),
        (1, "", "There is no name."),
        (3, "微博", "is not a channel"),
        (3, "", "There is no channel."),
        (4, "总裁", "is not a level"),
        (5, "借调", "is not an employment type"),
        (6, "", "There is no hire date."),
        (6, "2025-02-30", "is not a date"),
        (7, "2099-01-01", "lies in the future"),
    ],
)
def test_a_bad_row_refuses_the_file(lms: Callable, column: int, value: str, reason: str) -> None:
    bad = [*TWO]
    bad[column] = value
    code, _, err = lms("people", ROSTER, ONE, bad)
    assert code == 1
    assert "row 3: refused" in err
    assert reason in err
    assert db.session.scalars(select(Person)).all() == []
    assert db.session.scalars(select(Team)).all() == []


def test_the_same_number_twice_and_a_total_row(lms: Callable) -> None:
    code, _, err = lms("people", ROSTER, ONE, TWO, ONE, ["合计", "2"])
    assert code == 1
    assert all(f"row {n}: refused" in err for n in (2, 4, 5))
    assert "row 3: refused" not in err


LEAVE = ["工号", "开始日期", "结束日期", "原因"]


def test_leave(lms: Callable) -> None:
    lms("people", ROSTER, ONE)
    first = ["001", "2026-03-02", "2026-03-10", "年假"]
    assert lms("leave", LEAVE, first, first)[0] == 0
    assert "nothing to change" in lms("leave", LEAVE, first)[1]
    overlapping = ["001", "2026年3月5日", "2026/3/20", ""]
    assert "1 new" in lms("leave", LEAVE, first, overlapping)[1]
    stored = db.session.scalars(select(Leave).order_by(Leave.first_day)).all()
    assert [(x.last_day, x.reason) for x in stored] == [
        (date(2026, 3, 10), "年假"), (date(2026, 3, 20), ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["999", "2026-03-02", "2026-03-10", ""], "Nobody has the staff number 999"),
        (["001", "2026-03-12", "2026-03-10", ""], "last day is before the first"),
        (["001", "", "2026-03-10", ""], "There is no first day"),
        (["001", "2026-03-02", "soon", ""], "is not a date"),
    ],
)
def test_bad_leave(lms: Callable, row: list[str], reason: str) -> None:
    lms("people", ROSTER, ONE)
    code, _, err = lms("leave", LEAVE, ["001", "2026-01-01", "2026-01-02", ""], row)
    assert (code, reason in err) == (1, True), err
    assert db.session.scalars(select(Leave)).all() == []


def test_accounts_from_the_command_line(
    both_apps: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(both_apps, ["user", "create", "ADM", "--name", "管理员", "--role", "admin"]) == 0
    assert "/activate/" in capsys.readouterr().out
    assert run(both_apps, ["user", "reset-password", "ADM"]) == 0
    assert run(both_apps, ["user", "create", "NOBODY"]) == 1
    assert run(both_apps, ["user", "create", "ADM", "--role", "king"]) == 2


def test_an_address_column_is_stored_checked_by_row_and_a_change_is_audited(lms: Callable) -> None:
    head = [*ROSTER, "电子邮箱（公司）"]
    lms("people", head, [*ONE, "Li.Yi＠example.com"], [*TWO, ""])
    assert (person("001").email, person("002").email) == ("Li.Yi@example.com", None)
    code, _, err = lms("people", head, [*ONE, "li@@example"], [*TWO, "two@example.com"])
    assert code == 1 and "row 2: refused: This is not an e-mail address." in err
    assert person("002").email is None
    assert "nothing to change" in lms("people", ROSTER, ONE, TWO)[1], "no column: as it was"
    code, out, _ = lms("people", head, [*ONE, "new@example.com"], [*TWO, "NEW@example.com"])
    assert code == 0 and "2 changed" in out
    assert (person("001").email, person("001").email_at) == ("new@example.com", NOW)
    edits = select(AuditEntry).where(AuditEntry.action == "person.edit")
    assert [e.details["new"]["email"] for e in db.session.scalars(edits)] == ["changed"] * 2
    _, out, err = lms("people", head, [*ONE, "new@example.com"], [*TWO, "NEW@example.com"])
    assert "stands in row 2 too" in out + err
