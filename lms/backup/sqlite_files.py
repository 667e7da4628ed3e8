"""SQLite: a copy through its backup interface, which waits for nobody and stops nobody."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lms.backup.files import beside
from lms.errors import DomainError

_HEADS = (
    r"SELECT name FROM sqlite_master WHERE type = 'table' "
    r"AND (name = 'core_alembic' OR name LIKE 'plugin\_%\_alembic' ESCAPE '\')"
)


@contextmanager
def _open(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=15, isolation_level=None)) as connection:
        yield connection


def copy(source: Path, target: Path) -> None:
    """A consistent copy in one file, while others read and write; DomainError if it is damaged."""
    if not source.is_file():
        raise DomainError("There is no database yet: run `lms init`.")
    try:
        # In one step: a copy in several begins anew whenever somebody writes in between.
        with _open(source) as original, _open(target, "rwc") as made:
            original.backup(made, pages=-1)
            made.execute("PRAGMA journal_mode=DELETE")
            (found,) = made.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise DomainError("The database cannot be copied: %(why)s", why=error) from None
    if found != "ok":
        raise DomainError("The database is damaged: %(why)s", why=found)


def heads(path: Path) -> dict[str, str]:
    """The revision each version table names, by the table's name."""
    with _open(path, "ro") as connection:
        tables = [name for (name,) in connection.execute(_HEADS).fetchall()]
        rows = {t: connection.execute(f'SELECT version_num FROM "{t}"').fetchone() for t in tables}
    return {table: row[0] for table, row in rows.items() if row}


def people(path: Path) -> int | None:
    """How many people it knows: 0 without such a table or file, None if it cannot be read."""
    if not path.exists() or not path.stat().st_size:
        return 0
    try:
        with _open(path) as connection:
            (count,) = connection.execute("SELECT count(*) FROM person").fetchone()
            return int(count)
    except sqlite3.OperationalError as error:
        return 0 if "no such table" in str(error) else None
    except sqlite3.DatabaseError:
        return None


def settle(path: Path) -> None:
    """Bring all that belongs to the database into its one file, so that another can replace it.

    DomainError while anybody else has it open: they would go on writing into the old one.
    """
    if not path.exists():
        return
    try:
        with _open(path) as connection:
            connection.execute("PRAGMA busy_timeout=1000")
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise DomainError("The site is running: stop it, then restore.") from None
    except sqlite3.DatabaseError:
        _keep_logs(path)  # too damaged to be settled; its log would be taken for the new one's


def _keep_logs(path: Path) -> None:
    kept = beside(path)
    for suffix in ("-wal", "-journal"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.replace(kept.with_name(kept.name + suffix))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
