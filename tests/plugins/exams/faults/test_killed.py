"""An exam on a real server that is killed: while answers are saved, while people hand in, and at
the deadline. What people were told is compared with what is stored.

The same people as in `python -m bench.exam`, fewer and faster.
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import exists, func, select, update

from bench import exam, exam_site
from bench.client import free_port
from bench.exam_check import compare
from bench.exam_people import Sitter
from bench.rooms import Server, _answers
from lms.audit import AuditEntry
from lms.courses.models import StepProgress
from lms.db import _on_connect, db
from lms.jobs import drain
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.models import Attempt, Question, QuestionVersion, Response
from lms.plugins.registry import all_jobs

SERVE = """
import sys
from lms.cli.serving import make_server
from lms.wsgi import app
make_server(app, "127.0.0.1", int(sys.argv[1]), threads=4).run()
"""


@contextmanager
def served(home: Path) -> Iterator[tuple[Server, int]]:
    port = free_port()
    server = Server(home, ("-c", SERVE, str(port)), LMS_SECRET_KEY="test")
    try:
        yield server, port
    finally:
        server.kill()


def test_a_commit_is_on_the_disk_before_saved_is_said() -> None:
    """As the server opens its database; the tests' own commits wait for no disk."""
    with closing(sqlite3.connect(":memory:")) as connection:
        _on_connect(connection, None)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_killed_while_answers_are_saved_and_handed_in(app: Flask, tmp_path: Path) -> None:
    """And every question gets another key and is withdrawn, while it is sat."""
    papers = exam_site.build(app, people=12, questions=8)
    db.session.rollback()
    with served(tmp_path) as (server, port), ThreadPoolExecutor(1) as author:
        changed = author.submit(_change_the_bank, app)
        sitters = exam.run(papers, server, port, seconds=1.6, every=0.1, last=1.2, kills=1)
        assert changed.result()  # while somebody sat it
    found = compare(sitters, datetime.now(UTC))
    assert found.is_clean, found
    assert found.handed_in == len(papers)
    assert found.acknowledged > len(papers)
    assert sum(sitter.failures for sitter in sitters)  # it did go away
    assert db.session.scalar(select(func.count(QuestionVersion.id))) == 8 + 5
    assert db.session.scalar(select(func.count(StepProgress.id))) == len(papers)


def _change_the_bank(app: Flask) -> int:
    """As soon as an answer is saved; how many then still sit the exam."""
    with app.app_context():
        while not db.session.scalar(select(exists().where(Response.saved_at.is_not(None)))):
            db.session.rollback()
            time.sleep(0.05)
        now = datetime.now(UTC)
        load_bank(db.session(), exam_site.bank(8, single=1), "bench", now)
        db.session.execute(update(Question).values(withdrawn_at=now))
        db.session.commit()
        sitting = select(func.count(Attempt.id)).where(Attempt.submitted_at.is_(None))
        return db.session.scalar(sitting) or 0


@pytest.mark.full
def test_killed_at_the_deadline_on_two_devices(app: Flask, tmp_path: Path) -> None:
    """Nobody hands in: half of them come back too late, half of them never. One sits on two
    devices at once, the second of them slow."""
    papers = exam_site.build(app, people=6, questions=5)
    with served(tmp_path) as (server, port):
        sitters = [Sitter(paper, port, Random(n)) for n, paper in enumerate(papers)]
        with ThreadPoolExecutor(1) as apart:
            late = apart.submit(
                asyncio.run, _over_the_deadline(app, sitters, server, port)
            ).result()
        assert late == [False] * 3  # told at once that it is over
    now = datetime.now(UTC)
    found = compare(sitters, now)
    assert (found.lost, found.wrong_scores, found.marked_twice) == (0, 0, 0)
    assert (found.handed_in, found.open_too_long) == (3, 3)  # until the job has run
    drain(all_jobs(), now + timedelta(seconds=20))
    drain(all_jobs(), now + timedelta(seconds=40))
    found = compare(sitters, now)
    assert found.is_clean, found
    assert found.handed_in == len(papers)
    assert found.acknowledged == 5 * len(papers)
    automatic = select(func.count(Attempt.id)).where(
        Attempt.is_automatic.is_(True), Attempt.submitted_at == Attempt.deadline
    )
    assert db.session.scalar(automatic) == len(papers)
    submits = select(func.count(AuditEntry.id)).where(AuditEntry.action == "exam.submit")
    assert db.session.scalar(submits) == len(papers)


async def _over_the_deadline(
    app: Flask, sitters: list[Sitter], server: Server, port: int
) -> list[bool]:
    await _answers(port)
    await asyncio.gather(*(_answer_all(sitter) for sitter in sitters))
    await _two_devices(sitters[0], port)
    over = datetime.now(UTC) + timedelta(seconds=0.1)
    with app.app_context():
        db.session.execute(update(Attempt).values(deadline=over))
        db.session.commit()
    await asyncio.sleep(0.1)
    server.kill()
    server.start()
    await _answers(port)
    late = [await sitter.save(1, [0]) for sitter in sitters[:3]]
    await asyncio.gather(*(sitter.leave() for sitter in sitters))
    return late


async def _answer_all(sitter: Sitter) -> None:
    for position in range(1, 6):
        assert await sitter.save(position, [position % 4])


async def _two_devices(first: Sitter, port: int) -> None:
    """The second device's answer is the later one; the first one's, held up on its way, comes
    after it and must not replace it."""
    second = Sitter(first.paper, port, first.chance, first.sent, first.acknowledged)
    second._sequence = first._sequence + 10  # its page shows what was saved, and goes on from there
    assert await second.save(2, [3])
    later = first.acknowledged[2]
    assert await first.save(2, [1])  # answered, but not acknowledged: the other one is later
    assert first.acknowledged[2] == later
    await second.leave()


@pytest.mark.full
def test_killed_again_and_again(app: Flask, tmp_path: Path) -> None:
    papers = exam_site.build(app, people=60, questions=20)
    with served(tmp_path) as (server, port):
        sitters = exam.run(papers, server, port, seconds=40, every=0.5, last=12, kills=6)
    found = compare(sitters, datetime.now(UTC))
    assert found.is_clean, found
    assert found.handed_in == len(papers)
