"""`lms plugin` and `lms doctor`."""

from dataclasses import replace

import pytest
from flask import Flask

from lms.cli import run
from lms.db import db
from lms.plugins import migrations
from lms.plugins.health import note_failure, write_failures
from lms.plugins.manager import plugins


@pytest.fixture
def lms(both_apps: Flask, capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(both_apps, list(arguments))
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_plugins_are_listed_and_switched(lms) -> None:
    code, out, _ = lms("plugin", "list")
    assert code == 0 and "retraining\t0.1.0\tenabled" in out
    assert lms("plugin", "disable", "retraining")[1] == "retraining: disabled\n"
    assert lms("plugin", "disable", "retraining")[1] == "retraining: was disabled already\n"
    assert "retraining\t0.1.0\tdisabled" in lms("plugin", "list")[1]
    code, _, err = lms("retraining", "list")
    assert code == 2 and "No such command" in err
    assert lms("plugin", "enable", "retraining")[0] == 0
    assert lms("retraining", "list")[0] == 0
    code, _, err = lms("plugin", "enable", "nope")
    assert code == 1 and "There is no plugin nope" in err


def test_doctor_is_content_with_a_good_installation(lms, both_apps: Flask) -> None:
    settings = both_apps.extensions["lms_settings"]
    both_apps.extensions["lms_settings"] = replace(settings, secret_key="x" * 32)
    code, out, err = lms("doctor")
    assert code == 0, out + err
    assert "database: " in out and "migrations of core: at" in out and "secret key" in out


def test_doctor_names_what_is_wrong(lms, monkeypatch) -> None:
    monkeypatch.setattr(migrations, "is_current", lambda h: h.name != "core")
    code, out, err = lms("doctor")
    assert code == 1 and "needs attention" in err
    assert "ERROR    migrations of core: behind: run `lms upgrade`" in out
    assert "LMS_SECRET_KEY is too short" in out


def test_doctor_warns_of_failures(lms) -> None:
    note_failure("exams", "lms_nav", "ValueError: x")
    write_failures()
    assert "plugin exams: failed 1× in lms_nav" in lms("doctor")[1]


def test_doctor_survives_a_missing_database(lms, monkeypatch) -> None:
    from sqlalchemy.exc import OperationalError

    def gone(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("no server"))

    monkeypatch.setattr(db.session, "execute", gone)
    code, out, _ = lms("doctor")
    assert code == 1 and "ERROR    database: " in out
    assert plugins().loaded
