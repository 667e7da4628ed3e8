"""`lms demo --remove` leaves nobody and nothing of the demo behind, or does nothing at all."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from lms.app import create_app
from lms.audit import OPERATOR, AuditEntry
from lms.cases.search import Search, find
from lms.cli.commands import run
from lms.cli.site import prepare_site
from lms.clock import SettableClock
from lms.courses.models import Programme
from lms.db import Localized, db
from lms.demo.services import DEMO
from lms.people import services as people
from lms.people.models import Channel, Employment, Level, Person
from lms.people.organisation import organisation
from tests.conftest import NOW, _running, _settings

NAME = "晨光客服中心（演示）"


def be_a_small_demo() -> None:
    """Somebody of the demo, with a name that is looked for in the file afterwards."""
    prepare_site()
    own = organisation(db.session())
    own.is_demo, own.name = True, Localized(NAME, "Morning Light Care Centre (demo)")
    new = people.NewPerson(
        "SA0001", "ZebraPerson", "一组", Level.AGENT, Channel.ONLINE, Employment.REGULAR, NOW.date()
    )
    people.add_person(db.session(), new, actor=DEMO, now=NOW)
    db.session.commit()


def rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        return {
            t: connection.execute(text(f'SELECT count(*) FROM "{t}"')).scalar() or 0
            for t in tables if not t.startswith(("case_search", "plugin_timing"))
        }  # fmt: skip


def test_nothing_of_it_stays(both_apps: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    home: Path = both_apps.extensions["lms_settings"].home
    prepare_site()
    clean = rows()
    be_a_small_demo()
    (home / "secret_key").write_text("what signed the demo's cookies")
    assert run(both_apps, ["demo", "--remove", "--confirm", NAME]) == 0
    said, warned = capsys.readouterr()
    assert re.search(r"1 people\n", said) and "backup: " in said
    assert not (home / "secret_key").exists() and "LMS_SECRET_KEY" in warned
    assert len(list(home.glob("demo-*.tar.gz"))) == 1
    left = rows()
    assert left.pop("audit_entry") == 1  # that it was removed
    clean.pop("audit_entry")
    assert left == clean
    assert db.session.scalars(select(AuditEntry.action)).all() == ["demo.remove"]
    own = organisation(db.session())
    assert not own.is_demo and "演示" not in own.name.zh
    assert db.session.scalar(select(func.count(Programme.id)))
    assert find(db.session(), Search("延误"), "zh").total
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        assert b"ZebraPerson" not in (home / "lms.sqlite3").read_bytes()


@pytest.fixture
def demo(tmp_path: Path, sqlite_template: Path) -> Iterator[Flask]:
    shutil.copy(sqlite_template, tmp_path / "lms.sqlite3")
    for app in _running(create_app(_settings(tmp_path), SettableClock(NOW))):
        own = organisation(db.session())
        own.is_demo, own.name = True, Localized(NAME, NAME)
        db.session.commit()
        yield app


def test_another_name_typed_removes_nothing(
    demo: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(demo, ["demo", "--remove", "--confirm", "something else"]) == 1
    assert "Nothing was removed" in capsys.readouterr().err
    assert organisation(db.session()).is_demo


def test_real_people_are_never_removed(demo: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    new = people.NewPerson(
        "CS1", "李明", None, Level.AGENT, Channel.ONLINE, Employment.REGULAR, NOW.date()
    )
    people.add_person(db.session(), new, actor=OPERATOR, now=NOW)
    db.session.commit()
    assert run(demo, ["demo", "--remove", "--confirm", NAME]) == 1
    assert "person.add" in capsys.readouterr().err
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_a_real_organisation_is_no_demo(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["demo", "--remove", "--confirm", "客服学堂"]) == 1
    assert "There is no demo here" in capsys.readouterr().err


def test_init_says_what_comes_next(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["init", "--no-content"]) == 0
    assert "lms user create STAFF_NO --name NAME --role admin --role hr" in capsys.readouterr().out
    assert db.session.scalar(select(func.count(Programme.id))) == 0
