"""Connections to PostgreSQL: what they prepared outlasts a page, and a lost one is replaced."""

import os
import socket
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy.engine import Connection, Engine

from lms.db import at_once, db, snapshot
from lms.postgres import LastingConnection


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = sa.create_engine(os.environ["TEST_POSTGRES_URL"], pool_size=1)
    yield made
    made.dispose()


def _driver(connection: Connection) -> LastingConnection:
    found = connection.connection.driver_connection
    assert isinstance(found, LastingConnection)
    return found


def _backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return _driver(connection).info.backend_pid


def _close(backend: int) -> None:
    """As a server does that is restarted."""
    engine = sa.create_engine(os.environ["TEST_POSTGRES_URL"])
    with engine.connect() as connection:
        closed = sa.text("SELECT pg_terminate_backend(:pid, 5000)")
        assert connection.scalar(closed, {"pid": backend})
    engine.dispose()


def test_prepared_statements_outlast_a_rollback(engine: Engine) -> None:
    for _ in range(7):
        with engine.connect() as connection:
            connection.execute(sa.select(sa.literal(1)))
    with engine.connect() as connection:
        known = sa.text("SELECT count(*) FROM pg_prepared_statements")
        assert connection.scalar(known) == 1


def test_a_statement_works_again_once_its_table_has_changed(engine: Engine) -> None:
    owner, asked = sa.create_engine(os.environ["TEST_POSTGRES_URL"]), sa.text("TABLE changing")
    with owner.begin() as connection:
        connection.execute(sa.text("CREATE TABLE changing (id integer)"))
    try:
        for _ in range(7):
            with engine.connect() as connection:
                connection.execute(asked)
        with owner.begin() as connection:
            connection.execute(sa.text("ALTER TABLE changing ALTER id TYPE bigint"))
        with engine.connect() as connection, pytest.raises(sa.exc.NotSupportedError):
            connection.execute(asked)  # cached plan must not change result type
        with engine.connect() as connection:
            assert connection.execute(asked).all() == []
    finally:
        with owner.begin() as connection:
            connection.execute(sa.text("DROP TABLE changing"))
        owner.dispose()


def test_what_was_rolled_back_is_undone(engine: Engine) -> None:
    before = _backend(engine)
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE undone (id integer)"))
        connection.rollback()
        with pytest.raises(sa.exc.ProgrammingError):
            connection.execute(sa.text("SELECT * FROM undone"))
        connection.rollback()  # of a transaction that takes no more statements
        assert connection.scalar(sa.text("SELECT 1")) == 1
    assert _backend(engine) == before


def test_one_that_the_server_closed_is_replaced(engine: Engine) -> None:
    before = _backend(engine)
    _close(before)
    assert _backend(engine) != before


def test_one_that_is_closed_in_the_middle_is_given_up(engine: Engine) -> None:
    before = _backend(engine)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        _close(before)
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("SELECT 1"))
    assert _backend(engine) != before


def test_one_that_answers_no_more_is_replaced(engine: Engine) -> None:
    before = _backend(engine)
    with engine.connect() as connection:
        driver = _driver(connection)
    driver._trusted_until = 0.0  # as after a while
    with socket.socket(fileno=os.dup(driver.fileno())) as wire:
        wire.shutdown(socket.SHUT_WR)
    assert _backend(engine) != before


def test_a_single_statement_begins_no_transaction(postgres_app: Flask) -> None:
    for apart in (snapshot(), at_once(is_single=True)):
        with apart as connection:
            connection.execute(sa.select(1))
            assert _driver(connection).info.transaction_status == TransactionStatus.IDLE
    with at_once(is_single=False) as connection:
        connection.execute(sa.select(1))
        assert _driver(connection).info.transaction_status == TransactionStatus.INTRANS
    connection = db.session.connection()  # perhaps one of those that served before
    connection.execute(sa.select(1))
    assert _driver(connection).info.transaction_status == TransactionStatus.INTRANS
