"""Very many rows at once, past SQLAlchemy's own parameters: those take longer than the storing."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import TableClause

from lms.db import Model, Session

_AT_ONCE = 10_000  # rows that are in memory


def insert_rows(
    session: Session,
    into: type[Model] | TableClause,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Each row's values in the order of the columns, as the driver takes them. Defaults that are
    SQLAlchemy's are not asked for. Raises the driver's own errors on PostgreSQL."""
    table = into.name if isinstance(into, TableClause) else into.__tablename__
    names = ", ".join(columns)
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        left = iter(rows)
        while some := list(islice(left, _AT_ONCE)):
            connection.exec_driver_sql(statement, some)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def nothing_collected() -> Iterator[None]:
    """While very many rows are read, which all stay: to look through them for garbage, again and
    again, takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
