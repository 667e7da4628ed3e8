from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.cli import run
from lms.db import db
from lms.people.models import Person


@dataclass
class Result:
    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def lms(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Command:
    """A command in the app of the test: both databases where it asks for `both_apps`."""
    name = "both_apps" if "both_apps" in request.fixturenames else "app"
    app: Flask = request.getfixturevalue(name)

    def call(*arguments: object) -> Result:
        db.session.commit()
        code = run(app, [str(a) for a in arguments])
        db.session.expire_all()
        return Result(code, *capsys.readouterr())

    return call


def staff() -> set[str]:
    found = set(db.session.scalars(select(Person.staff_no)))
    db.session.commit()
    return found


def files(folder: Path) -> dict[str, bytes]:
    """All there is, less what a database that is open keeps beside it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "-turn"))
    }
