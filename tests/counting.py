"""Counting the SQL of a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_BY_THE_CLOCK = ("plugin_state", "plugin_timing", "SELECT organisation.timezone")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SELECTs and writes that are sent while it lasts.

    Not counted: BEGIN and the like, and what goes by the clock rather than by the page (which
    plugins are enabled, how long they took, the time zone).
    """
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        is_counted = statement.split(None, 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}
        if is_counted and not any(table in statement for table in _BY_THE_CLOCK):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
