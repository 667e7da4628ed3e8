"""`python -m bench.exam`: a whole company sits one exam, and all hand in within the last minute.

500 people, 50 questions, an answer each 10 seconds, on the same cores as the server; SQLite with
synchronous=FULL, or the PostgreSQL whose address is in `BENCH_POSTGRES_URL` or given (a database is
made there and dropped). What was acknowledged is compared with what is stored. Then a result page
beside the bare page, and as many saves as can be beside the bare insert, on the same database.
Each figure stands beside its aim; the exit status is 1 if one is not met.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bench.client import free_port
from bench.exam_check import compare
from bench.exam_figures import WRITERS, beside_bare, report
from bench.exam_people import Sitter
from bench.exam_site import Paper, build
from bench.production import SERVE
from bench.rooms import Server, _answers
from lms.app import create_app
from lms.cli.site import upgrade_database
from lms.config import Settings
from lms.db import db


def run(
    papers: Sequence[Paper],
    server: Server,
    port: int,
    *,
    seconds: float,
    every: float,
    last: float,
    kills: int = 0,
) -> list[Sitter]:
    """Everybody answers, and hands in at some moment of the `last` seconds; `kills` times, evenly
    spread over all of it, the server is killed and at once started again."""
    sitters = [Sitter(paper, port, random.Random(n)) for n, paper in enumerate(papers)]
    with ThreadPoolExecutor(1) as apart:  # the caller's thread may have a loop (a browser's)
        apart.submit(asyncio.run, _sit(sitters, server, port, seconds, every, last, kills)).result()
    return sitters


async def _sit(
    sitters: Sequence[Sitter],
    server: Server,
    port: int,
    seconds: float,
    every: float,
    last: float,
    kills: int,
) -> None:
    await _answers(port)
    end = time.perf_counter() + seconds
    work = [
        asyncio.create_task(sitter.sit(every, end - sitter.chance.random() * last))
        for sitter in sitters
    ]
    for left in range(kills, 0, -1):
        # The last one falls among the hand-ins.
        await asyncio.sleep(max(0.1, (end - last / 2 - time.perf_counter()) / left))
        server.kill()
        server.start()
        await _answers(port)
    await asyncio.gather(*work)


@contextmanager
def database(given: str | None, home: Path) -> Iterator[str]:
    """The address of an empty one."""
    if given is None:
        yield f"sqlite:///{home}/lms.sqlite3"
        return
    url = sa.make_url(given).set(database=f"bench_{uuid.uuid4().hex[:8]}")
    admin = sa.create_engine(given, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {url.database}"))
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {url.database} WITH (FORCE)"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=560)
    parser.add_argument("--every", type=float, default=10, help="seconds between one's answers")
    parser.add_argument("--last", type=float, default=60, help="all hand in in these last seconds")
    parser.add_argument("--kills", type=int, default=0, help="how often the server is killed")
    parser.add_argument(
        "--database", default=os.environ.get("BENCH_POSTGRES_URL"),
        help="a PostgreSQL to make the database in; else SQLite",
    )  # fmt: skip
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        database(given.database, Path(folder)) as url,
    ):
        home = Path(folder)
        app = create_app(Settings(home=home, database_url=url))
        with app.app_context():
            upgrade_database()
            print(f"Preparing {given.people} papers …", flush=True)
            papers = build(app, given.people + WRITERS, given.questions)
            durability = _durability()
            db.engine.dispose()
        sitting, writing = papers[: given.people], papers[given.people :]
        port = free_port()
        server = Server(home, (*SERVE, str(port)), LMS_DATABASE_URL=url)
        try:
            sitters = run(
                sitting, server, port,
                seconds=given.seconds, every=given.every, last=given.last, kills=given.kills,
            )  # fmt: skip
            load = os.getloadavg()[0]
            shares = beside_bare(sitting[0], writing, port, home, url)
        finally:
            server.kill()
        with app.app_context():
            found = compare(sitters, datetime.now(UTC))
            db.session.remove()
            db.engine.dispose()
    print(
        f"{durability}: {given.people} people, {given.questions} questions, "
        f"{given.seconds:.0f} s, load average {load:.1f}"
    )
    if not report(sitters, found, shares, given.seconds):
        sys.exit(1)


def _durability() -> str:
    """Of what a commit waits for; a PostgreSQL that waits for no disk measures something else."""
    if db.engine.dialect.name == "sqlite":
        return "SQLite, synchronous=FULL"
    settings = ("fsync", "synchronous_commit")
    said = [f"{n}={db.session.scalar(sa.text(f'SHOW {n}'))}" for n in settings]
    return f"PostgreSQL, {', '.join(said)}"


if __name__ == "__main__":
    main()
