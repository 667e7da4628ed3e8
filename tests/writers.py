"""Somebody who writes while a page is being made."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine


@contextmanager
def writing_meanwhile(app: Flask) -> Iterator[None]:
    """After the first thing that is read while it lasts, another process writes to SQLite's file:
    who then writes in the transaction in which they read is refused as locked."""
    path = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    assert path
    has_written = False

    def write(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal has_written
        if has_written or not statement.startswith("SELECT"):
            return
        has_written = True
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("PRAGMA user_version = 1")

    event.listen(Engine, "after_cursor_execute", write)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", write)
