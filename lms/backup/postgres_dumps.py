"""PostgreSQL: its own programs make the copy, and put it back in one transaction."""

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from lms.errors import DomainError

# What holds the tables for longer than this is a running site.
_LOCK_TIMEOUT = "10s"


def check_programs() -> None:
    """DomainError names those that are missing."""
    missing = [name for name in ("pg_dump", "pg_restore", "psql") if shutil.which(name) is None]
    if missing:
        raise DomainError(
            "%(names)s not found: install PostgreSQL's client programs.", names=", ".join(missing)
        )


def dump(url: URL, target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
         f"--file={target}", f"--dbname={_address(url)}", url=url)  # fmt: skip
    target.chmod(0o600)


def heads(engine: Engine) -> dict[str, str]:
    """The revision each version table names, by the table's name."""
    with engine.connect() as connection:
        tables = [
            name
            for name in sa.inspect(connection).get_table_names()
            if name == "core_alembic" or (name.startswith("plugin_") and name.endswith("_alembic"))
        ]
        rows = {t: connection.scalar(sa.text(f'SELECT version_num FROM "{t}"')) for t in tables}
    return {table: str(head) for table, head in rows.items() if head}


def people(engine: Engine) -> int:
    """How many people it knows; 0 without such a table."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("person"):
            return 0
        return connection.scalar(sa.text("SELECT count(*) FROM person")) or 0


def as_script(dumped: Path, target: Path) -> None:
    """The dump as SQL, which reads all of it: a dump that cannot be read is refused here."""
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={target}", str(dumped))


def replace(engine: Engine, script: Path) -> None:
    """Drop the tables that are there and run the script: both, or on a DomainError neither."""
    with engine.connect() as connection:
        drops = _drops(connection)
    first = script.with_name("drop.sql")
    first.write_text(f"SET lock_timeout = '{_LOCK_TIMEOUT}';\n{drops}", "utf-8")
    _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
         "--output=/dev/null", f"--dbname={_address(engine.url)}",
         f"--file={first}", f"--file={script}", url=engine.url)  # fmt: skip


def _drops(connection: Connection) -> str:
    names = sa.inspect(connection).get_table_names()
    quote = connection.dialect.identifier_preparer.quote
    return f"DROP TABLE {', '.join(map(quote, names))} CASCADE;\n" if names else ""


def _address(url: URL) -> str:
    """Without the password: other users of the machine can read command lines."""
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)


def _run(program: str, *arguments: str, url: URL | None = None) -> None:
    environment = dict(os.environ)
    if url is not None and url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603  our own arguments, no shell
        [program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    if "lock timeout" in done.stderr:
        raise DomainError("The site is running: stop it, then restore.")
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    why = next((line for line in lines if "rror:" in line or "ERROR" in line), (lines or ["?"])[-1])
    raise DomainError("%(program)s failed: %(why)s", program=program, why=why)
