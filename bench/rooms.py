"""`python -m bench.rooms`: live drills under load, the server killed and started again half-way.

Two people in each room ask once a second and write every few seconds, on the same cores as the
server; SQLite with synchronous=FULL. A message is delivered when the other's page has it, counted
from the first attempt to send it. Lost, doubled and out of order are counted for everybody.
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench.client import free_port
from bench.production import SERVE
from bench.room_people import Person
from bench.room_site import Seat, build
from lms.app import create_app
from lms.cases.rooms.models import DrillRoomMessage
from lms.cli.site import upgrade_database
from lms.config import Settings
from lms.db import db


class Server:
    """The site in processes of its own, which can be killed without a word."""

    def __init__(self, home: Path, command: Sequence[str], **environment: str) -> None:
        self._command = [sys.executable, *command]
        self._env = {
            **os.environ, "LMS_HOME": str(home), "LMS_NO_RATE_LIMITS": "1",
            "PYTHONPATH": str(Path(__file__).parent.parent), "MALLOC_ARENA_MAX": "2",
            **environment,
        }  # fmt: skip
        self.start()

    def start(self) -> None:
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            self._command, env=self._env, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@dataclass(frozen=True)
class Outcome:
    """Seconds; `apart`: deliveries of messages first sent while the server was there."""

    delivered: list[float]
    apart: list[float]
    lost: int
    doubled: int
    disordered: int
    sent: int
    down: float
    requests: list[float]
    failures: int


def prepare(home: Path, rooms: int) -> list[Seat]:
    """A new site in the folder, with the rooms."""
    app = create_app(Settings(home=home, database_url=f"sqlite:///{home}/lms.sqlite3"))
    with app.app_context():
        upgrade_database()
        seats = build(app, rooms)
        db.engine.dispose()
    return seats


def stored(home: Path) -> int:
    app = create_app(Settings(home=home, database_url=f"sqlite:///{home}/lms.sqlite3"), pages=False)
    with app.app_context():
        return db.session.scalar(select(func.count(DrillRoomMessage.id))) or 0


def run(
    seats: list[Seat],
    server: Server,
    port: int,
    *,
    seconds: float,
    every: float,
    asks_every: float = 1.0,
) -> Outcome:
    """The conversation; in the middle the server is killed and at once started again."""
    people = [
        Person(seat, port, every, asks_every, random.Random(n)) for n, seat in enumerate(seats)
    ]
    with ThreadPoolExecutor(1) as apart:  # the caller's thread may have a loop (a browser's)
        times = apart.submit(asyncio.run, _converse(people, server, port, seconds)).result()
    return _outcome(people, times)


async def _converse(
    people: list[Person], server: Server, port: int, seconds: float
) -> tuple[float, float]:
    await _answers(port)
    began = time.perf_counter()
    work = [asyncio.create_task(person.converse(began + seconds)) for person in people]
    await asyncio.sleep(seconds / 2)
    killed = time.perf_counter()
    server.kill()
    server.start()
    await _answers(port)
    back = time.perf_counter()
    await asyncio.gather(*work)
    for person in people:  # what was written last
        while not await person.ask():
            await asyncio.sleep(0.1)
        await person.leave()
    return killed, back


async def _answers(port: int) -> None:
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await reader.read(64)
            writer.close()
            if b" 200 " in answer:
                return
        except OSError:
            pass
        await asyncio.sleep(0.05)
    raise SystemExit("the server did not answer")


def _outcome(people: list[Person], down: tuple[float, float]) -> Outcome:
    delivered, apart, lost, doubled, disordered = [], [], 0, 0, 0
    killed, back = down
    for mine, other in [(a, b) for i in range(0, len(people), 2) for a, b in _pairs(people, i)]:
        for text, at in mine.sent.items():
            if text not in other.seen:
                lost += 1
                continue
            delivered.append(other.seen[text] - at)
            # Asked for before the server went, or after it came back.
            if not killed - 2 * mine.asks_every < at < back + mine.asks_every:
                apart.append(other.seen[text] - at)
        order = [seq for seq, _ in mine.got]
        disordered += order != sorted(order)
        doubled += len(mine.got) - len({text for _, text in mine.got})
    return Outcome(
        sorted(delivered), sorted(apart), lost, doubled, disordered,
        sum(len(p.sent) for p in people), back - killed,
        sorted(t for p in people for t in p.took), sum(p.failures for p in people),
    )  # fmt: skip


def _pairs(people: list[Person], first: int) -> tuple[tuple[Person, Person], ...]:
    host, agent = people[first : first + 2]
    return (host, agent), (agent, host)


def share(times: list[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rooms", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--every", type=float, default=10, help="seconds between one's messages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        seats = prepare(home, given.rooms)
        port = free_port()
        server = Server(home, (*SERVE, str(port)))
        try:
            found = run(seats, server, port, seconds=given.seconds, every=given.every)
        finally:
            server.kill()
        count = stored(home)
    print(
        f"{given.rooms} rooms, {len(seats)} people, {given.seconds:.0f} s, "
        f"{len(found.requests) / given.seconds:.0f} requests/s "
        f"(p50 {statistics.median(found.requests) * 1000:.0f} ms, "
        f"p95 {share(found.requests, 0.95) * 1000:.0f} ms)"
    )
    print(f"killed in the middle, back after {found.down:.1f} s; {found.failures} requests failed")
    for name, times in (("all", found.delivered), ("but for the kill", found.apart)):
        print(
            f"delivery, {name}: p50 {statistics.median(times):.2f} s, "
            f"p95 {share(times, 0.95):.2f} s, p99 {share(times, 0.99):.2f} s, "
            f"longest {times[-1]:.2f} s"
        )
    print(
        f"sent {found.sent}, stored {count}, lost {found.lost}, doubled {found.doubled}, "
        f"out of order {found.disordered}"
    )
    if found.lost or found.doubled or found.disordered or found.sent != count:
        sys.exit(1)


if __name__ == "__main__":
    main()
