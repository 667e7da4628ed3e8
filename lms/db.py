"""The database: declarative base, column types, and the two engines' settings."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Executable,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    make_transient_to_detached,
    mapped_column,
    registry,
)
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.schema import CreateIndex
from sqlalchemy.types import TypeDecorator

from lms.clock import Month
from lms.turns import FairConnection

M = TypeVar("M", bound="Model")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True)
class Localized:
    """A text in both languages; where one is missing the other stands in."""

    zh: str = ""
    en: str = ""

    @classmethod
    def of(cls, value: "Mapping[str, str] | str | None") -> "Localized":
        if isinstance(value, str):
            return cls(value, value)
        return cls(str((value or {}).get("zh", "")), str((value or {}).get("en", "")))

    def pick(self, locale: str) -> str:
        return (self.zh or self.en) if locale.startswith("zh") else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


class LocalizedType(TypeDecorator[Localized]):
    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Any:
        return None if value is None else {"zh": value.zh, "en": value.en}

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:
        return None if value is None else Localized.of(value)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware in Python, UTC in the database; a naive value is a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to a UTC column")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class MonthType(TypeDecorator[Month]):
    """A month as its running number, so that consecutive months differ by 1 in SQL."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> int | None:
        return None if value is None else value.index

    def process_result_value(self, value: int | None, dialect: Dialect) -> Month | None:
        return None if value is None else Month(value)


_METADATA = MetaData(naming_convention=NAMING)
_TYPES: dict[Any, Any] = {
    datetime: UTCDateTime,
    Localized: LocalizedType,
    Month: MonthType,
    dict[str, Any]: JSON,
    list[Any]: JSON,
    list[str]: JSON,
}


def new_registry() -> registry:
    """For a plugin's base class: mappers of its own on the common metadata.

    A broken `relationship()` in it then breaks that plugin alone.
    """
    return registry(metadata=_METADATA, type_annotation_map=_TYPES)


class Model(DeclarativeBase):
    registry = new_registry()


Pk = Annotated[int, mapped_column(primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]
PersonId = Annotated[int, mapped_column(ForeignKey("person.id"), index=True)]


class HookSession(FlaskSession):
    """While a plugin's hook runs, the transaction is not the plugin's to end."""

    in_hook = False

    def commit(self) -> None:
        self._refuse_in_hook("commit")
        super().commit()

    def rollback(self) -> None:
        self._refuse_in_hook("rollback")
        super().rollback()

    def close(self) -> None:
        self._refuse_in_hook("close")
        super().close()

    def _refuse_in_hook(self, what: str) -> None:
        if self.in_hook:
            raise RuntimeError(f"a hook must not {what}: the transaction belongs to its caller")


db = SQLAlchemy(model_class=Model, session_options={"class_": HookSession})

# GET and HEAD only read: they take a snapshot and block nobody. Everything else on SQLite takes
# the write lock at BEGIN, because a read that later turns into a write fails at once as "locked".
reading: ContextVar[bool] = ContextVar("reading", default=False)


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver's own half-hearted BEGIN gets in the way
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=15000",
        "cache_size=-8000",  # kilobytes: in two thousand, its own, a large library has no room
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "do_connect")
def _connect(dialect: Dialect, _record: Any, given: Any, named: Any) -> Any:
    if dialect.driver != "psycopg":
        return None
    from lms.postgres import LastingConnection

    return LastingConnection.connect(*given, **named)


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        options = connection.get_execution_options()
        if reading.get() or options.get("lms_read", False):
            connection.exec_driver_sql("BEGIN")
            return
        driver = connection.connection.driver_connection
        if isinstance(driver, FairConnection):
            driver.stand_in_line()
        if not options.get("lms_single", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def snapshot() -> Iterator[Connection]:
    """To read with, without the write lock that a request which writes takes: apart from its
    session, as long as that has not begun."""
    if db.session().in_transaction():
        yield db.session().connection()
        return
    with _apart(lms_read=True, autocommits=True) as connection:
        yield connection


@contextmanager
def at_once(*, is_single: bool) -> Iterator[Connection]:
    """To write with, committed at the end; apart from the session, as long as that has not begun.

    A single statement is all of a transaction: SQLite's lock is held while it runs, and not while
    Python waits for its turn.
    """
    if db.session().in_transaction():
        yield db.session().connection()
        db.session().commit()
        return
    with _apart(lms_single=is_single, autocommits=is_single) as connection:
        yield connection
        connection.commit()


def _apart(*, autocommits: bool, **options: bool) -> Connection:
    """PostgreSQL, to which each statement is a transaction where no other is begun, is told of
    nothing else: to begin and to end one takes it twice as many messages as a statement."""
    connection = db.engine.connect()
    if autocommits and connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="AUTOCOMMIT")
    return connection.execution_options(**options)


def read_rows(session: Session, statement: Executable, **parameters: Any) -> Sequence[Any]:
    """What a statement of columns finds, without the ORM's own work, which takes longer than a
    small query: for what every start page asks. It does not flush."""
    return session.connection().execute(statement, parameters).all()


def as_read(session: Session, model: type[M], values: Mapping[str, Any]) -> M:
    """An object of all its columns' values, as if the session had read it: for what came with
    `read_rows`. An object that the session holds already stays as it is, unless it is expired."""
    mapper = inspect(model)
    key = identity_key(model, tuple(values[column.name] for column in mapper.primary_key))
    known: M | None = session.identity_map.get(key)
    if known is not None:
        for name in inspect(known).expired_attributes & values.keys():
            set_committed_value(known, name, values[name])
        return known
    found = model(**values)
    make_transient_to_detached(found)
    session.add(found)
    return found


class PartialIndex(Index):
    """An index of the rows for which `where` (SQL) holds, on either database.

    SQLAlchemy's own option for PostgreSQL loads that dialect with the model: some 50 ms and 4 MB
    for a process that never speaks to it.
    """

    inherit_cache = True

    def __init__(self, name: str, *columns: str, where: str, unique: bool = False) -> None:
        super().__init__(name, *columns, unique=unique, sqlite_where=text(where))
        self._rows = where

    def say_for_postgres(self) -> None:
        self.dialect_kwargs["postgresql_where"] = text(self._rows)


@compiles(CreateIndex, "postgresql")
def _create_index(element: CreateIndex, compiler: Any, **options: Any) -> str:
    if isinstance(element.element, PartialIndex):
        element.element.say_for_postgres()
    return str(compiler.visit_create_index(element, **options))


def insert_into(dialect: Dialect, model: type[DeclarativeBase]) -> Any:
    """The database's own INSERT, which can say what happens on a conflict."""
    # Here: the module of the database that is not used takes as long to load as a domain of ours.
    if dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as into_sqlite

        return into_sqlite(model)
    from sqlalchemy.dialects.postgresql import insert as into_postgres

    return into_postgres(model)


def engine_of(session: Session) -> Engine:
    """What to keep things under that never change: a process may serve more than one database."""
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


def engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        # The connection given back last: what it read is in its cache, and others need none.
        connected = {"timeout": 15, "factory": FairConnection}
        return {"connect_args": connected, "pool_use_lifo": True}
    return {}  # `LastingConnection` looks itself whether its server is still there


__all__ = [
    "Code",
    "Localized",
    "LocalizedType",
    "Mapped",
    "Model",
    "MonthType",
    "PartialIndex",
    "PersonId",
    "Pk",
    "Session",
    "UTCDateTime",
    "at_once",
    "db",
    "engine_of",
    "engine_options",
    "insert_into",
    "mapped_column",
    "new_registry",
    "read_rows",
    "reading",
    "snapshot",
]
