"""`python -m bench.exam`: a whole company sits one exam, and all hand in within the last minute.

500 people, 50 questions, an answer each 10 seconds, on the same cores as the server; SQLite with
synchronous=FULL, or the PostgreSQL whose address is given (a database is made there and dropped).
What was acknowledged is compared with what is stored. Then a result page beside the bare page.
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

from bench.client import Request, free_port, measure
from bench.exam_check import Verdict, compare
from bench.exam_people import Sitter
from bench.exam_site import Paper, build
from bench.production import SERVE
from bench.rooms import Server, _answers, share
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
    parser.add_argument("--database", help="a PostgreSQL to make the database in; else SQLite")
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
            papers = build(app, given.people, given.questions)
            db.engine.dispose()
        port = free_port()
        server = Server(home, (*SERVE, str(port)), LMS_DATABASE_URL=url)
        try:
            sitters = run(
                papers, server, port,
                seconds=given.seconds, every=given.every, last=given.last, kills=given.kills,
            )  # fmt: skip
            page = result_page(papers[0], port, home)
        finally:
            server.kill()
        with app.app_context():
            found = compare(sitters, datetime.now(UTC))
            db.session.remove()
            db.engine.dispose()
    report(given, url.split(":")[0], sitters, found, page)
    if not found.is_clean or found.handed_in != given.people:
        sys.exit(1)


def result_page(paper: Paper, port: int, home: Path) -> str:
    from bench.__main__ import BARE, PAGE, serving, wait_for

    path = f"/exams/attempts/{paper.attempt_id}/result"
    request = Request("GET", path, {"Cookie": paper.cookie})
    bare_port = free_port()
    bare_url = f"sqlite:///{home}/bare.sqlite3"
    with serving(*BARE, str(bare_port), "bench.bare:app", BARE_DATABASE_URL=bare_url):
        wait_for(f"http://127.0.0.1:{bare_port}/")
        bare = Request("GET", PAGE, {})
        before = measure(bare_port, lambda n: bare, seconds=2).per_second
        found = measure(port, lambda n: request)
        after = measure(bare_port, lambda n: bare, seconds=2).per_second
    return f"{found.per_second:.0f}/s, {2 * found.per_second / (before + after):.0%} of bare pages"


def report(
    given: argparse.Namespace, kind: str, sitters: list[Sitter], found: Verdict, page: str
) -> None:
    saves = sorted(t for s in sitters for t in s.saves)
    hand_ins = sorted(t for s in sitters for t in s.hand_ins)
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    print(
        f"{kind}: {given.people} people, {given.questions} questions, {given.seconds:.0f} s, "
        f"{len(saves) / given.seconds:.0f} saves/s; load average {load}"
    )
    for name, times in (("a save", saves), ("handing in", hand_ins)):
        print(
            f"{name}: p50 {share(times, 0.5) * 1000:.0f} ms, p95 {share(times, 0.95) * 1000:.0f} "
            f"ms, p99 {share(times, 0.99) * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms"
        )
    print(f"result page: {page}")
    print(
        f"acknowledged {found.acknowledged}, lost {found.lost}, handed in {found.handed_in}, "
        f"open past their time {found.open_too_long}, marked twice {found.marked_twice}, "
        f"wrong scores {found.wrong_scores}, requests failed {sum(s.failures for s in sitters)}"
    )


if __name__ == "__main__":
    main()
