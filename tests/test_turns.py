"""Writers to a SQLite file go one after the other, in order, and nobody is left in the line."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms import turns
from lms.db import engine_options

import lms.db  # noqa: F401  isort: skip  its engines' settings


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    url = f"sqlite:///{tmp_path}/turns.sqlite3"
    engine = sa.create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE said (who TEXT)"))
    return engine


def say(engine: sa.Engine, who: str, *, single: bool = False) -> None:
    with engine.connect().execution_options(lms_single=single) as connection:
        connection.execute(sa.text("INSERT INTO said VALUES (:who)"), {"who": who})
        connection.commit()


def said(engine: sa.Engine) -> list[str]:
    with engine.connect().execution_options(lms_read=True) as connection:
        return list(connection.scalars(sa.text("SELECT who FROM said ORDER BY rowid")))


def waiting(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    return thread


@pytest.mark.parametrize("single", [True, False])
def test_who_comes_later_waits_and_goes_as_soon_as_the_other_is_done(
    engine: sa.Engine, single: bool
) -> None:
    with engine.begin() as first:
        first.execute(sa.text("INSERT INTO said VALUES ('first')"))
        second = waiting(lambda: say(engine, "second", single=single))
        assert said(engine) == []  # who reads does not wait
    second.join(1)
    assert said(engine) == ["first", "second"]


def test_another_process_has_its_turn(engine: sa.Engine, tmp_path: Path) -> None:
    other = turns.Turns(f"{tmp_path}/turns.sqlite3")
    assert other.take()
    second = waiting(lambda: say(engine, "second"))
    other.give()
    second.join(1)
    assert said(engine) == ["second"]


def test_a_write_that_fails_or_is_left_gives_its_turn(engine: sa.Engine) -> None:
    for single in (True, False):
        there = engine.execution_options(lms_single=single)
        with pytest.raises(sa.exc.OperationalError), there.connect() as connection:
            connection.execute(sa.text("INSERT INTO nowhere VALUES (1)"))
    left = engine.connect()
    left.execute(sa.text("INSERT INTO said VALUES ('left')"))
    left.invalidate()
    left.close()
    say(engine, "next")
    assert said(engine) == ["next"]


def test_a_lock_held_by_a_tool_that_stands_in_no_line_is_waited_for_and_told(
    engine: sa.Engine, tmp_path: Path
) -> None:
    tool = sqlite3.connect(tmp_path / "turns.sqlite3", isolation_level=None)
    tool.execute("BEGIN IMMEDIATE")
    with engine.connect().execution_options(lms_read=True) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        say(engine, "early")
    tool.execute("COMMIT")
    tool.close()
    say(engine, "late")
    assert said(engine) == ["late"]


def test_who_waited_long_enough_goes_without_a_turn(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_PATIENCE", 0.05)
    with engine.connect() as stuck:
        stuck.connection.driver_connection.stand_in_line()  # type: ignore[union-attr]
        say(engine, "anyway")
    assert said(engine) == ["anyway"]
