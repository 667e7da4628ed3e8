"""The case library with 100,000 cases: `python -m bench.cases [NUMBER]`, on SQLite.

With BENCH_POSTGRES_URL set, on a PostgreSQL database of its own there. Printed are the seconds that
indexing takes; the milliseconds of publishing one more version; for each kind of question how many
cases it finds, the milliseconds of the search alone in one process, of the library's page at one
connection, and at 8; and last the page at 8 connections with all kinds asked in turn. Beside each
figure stands what it may be at most, and whether that is met. The clients run on the same cores as
the server, which also makes the cases' fingerprints meanwhile: they come without any.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from urllib.parse import parse_qsl, quote
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import select

from bench import case_texts
from bench.__main__ import APP_PORT, serving, wait_for
from bench.client import Figures, Request, measure
from bench.production import SERVE
from bench.site import cookie
from lms.app import create_app
from lms.cases import publishing, search
from lms.cases.models import Case, CaseState, CaseVersion
from lms.cli.site import prepare_site
from lms.config import Settings
from lms.db import db
from lms.people.models import Account, Person, Team

CASES, CONNECTIONS = 100_000, 8
# What each may be at most: seconds for the index, milliseconds for the others.
INDEX, PUBLISH, PAGE_P50, PAGE_P99 = 60, 50, 50, 150
ASKED = {
    "nothing typed": "",
    "common Chinese word": "q=延误",
    "rare Chinese word": f"q={case_texts.ZH[2900]}",
    "one character": "q=保",
    "English word": "q=refund",
    "beginning, 2 letters": "q=re",
    "beginning, 5 letters": "q=broad",
    "three words": "q=包裹 退款 parcel",
    "word and filters": "q=退款&stage=complaint&channel=phone",
    "filters alone": "stage=complaint&outcome=failure",
    "a tag": f"tag={case_texts.ZH[3]}",
    "page 50 of a word": "q=延误&page=50",
}


def beside(value: float, most: float, unit: str) -> str:
    return f"{value:5.1f} {unit} (of {most}: {'met' if value < most else 'NOT MET'})"


def index(now: datetime) -> None:
    began, busy, told = perf_counter(), process_time(), 0

    def progress(more: int) -> None:
        nonlocal told
        told += more
        if told // 20_000 > (told - more) // 20_000:
            print(f"  {told} after {perf_counter() - began:.1f} s", flush=True)

    count = search.rebuild(db.session(), now, progress)
    db.session.commit()
    print(
        f"{count} cases indexed in {beside(perf_counter() - began, INDEX, 's')}, "
        f"{process_time() - busy:.1f} s of this process  load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def one_more(now: datetime, times: int = 50) -> None:
    """The next version of a case published: the old one out of the index, the new one into it."""
    session, spent = db.session(), []
    cases = session.scalars(select(Case.id).order_by(Case.id.desc()).limit(times)).all()
    for row, case_id in zip(case_texts.versions(0, times, now), cases, strict=False):
        version = CaseVersion(**row | {"case_id": case_id, "number": 2, "state": CaseState.DRAFT})
        session.add(version)
        session.flush()
        began = perf_counter()
        publishing.make_public(session, version, now)
        session.commit()
        spent.append((perf_counter() - began) * 1000)
    print(
        f"a version published: median {beside(median(spent), PUBLISH, 'ms')}, "
        f"longest {beside(max(spent), PUBLISH, 'ms')}",
        flush=True,
    )


@dataclass(frozen=True)
class Alone:
    """What is found without a page around it: medians in milliseconds, `busy` of this process."""

    found: search.Found
    ms: float
    busy: float


def alone(asked: str) -> Alone:
    given = dict(parse_qsl(asked))
    wanted = search.Search(given.pop("q", ""), page=int(given.pop("page", 1)), **given)  # type: ignore[arg-type]
    spent, worked = [], []
    for _ in range(25):
        began, busy = perf_counter(), process_time()
        found = search.find(db.session(), wanted, "zh")
        spent.append((perf_counter() - began) * 1000)
        worked.append((process_time() - busy) * 1000)
        db.session.rollback()
    return Alone(found, median(spent), median(worked))


@contextmanager
def database(home: str) -> Iterator[str]:
    server = os.environ.get("BENCH_POSTGRES_URL")
    if not server:
        yield f"sqlite:///{home}/lms.sqlite3"
        return
    url = sa.make_url(server).set(database=f"bench_{uuid4().hex[:8]}")
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{url.database}"'))
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(sa.text(f'DROP DATABASE "{url.database}" WITH (FORCE)'))


def reader(now: datetime) -> int:
    person = Person(
        staff_no="B1", name="Bench", team=Team(name="Bench"), level="agent", channel="online",
        employment="regular", hired_on=now.date(), created_at=now,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, session_version=1))
    db.session.commit()
    return person.id


def main(cases: int) -> None:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as home, database(home) as url:
        app = create_app(Settings(home=Path(home), database_url=url))
        with app.app_context():
            prepare_site()
            headers = {"Cookie": cookie(app, reader(now))}
            case_texts.fill(db.session(), cases, now)
            index(now)
            one_more(now)
            by_name = {name: alone(asked) for name, asked in ASKED.items()}
            db.session.remove()
        environment = {"LMS_HOME": home, "LMS_DATABASE_URL": url, "LMS_NO_RATE_LIMITS": "1"}
        with serving(*SERVE, str(APP_PORT), **environment):
            wait_for(f"http://127.0.0.1:{APP_PORT}/healthz")
            for name, asked in ASKED.items():
                say(name, by_name[name], get([asked], headers))
            many = measure(
                APP_PORT, get(list(ASKED.values()), headers), connections=CONNECTIONS, seconds=10
            )
            print(f"all of these in turn: {at_many(many)}")


def get(questions: Sequence[str], headers: dict[str, str]) -> Callable[[int], Request]:
    """The questions in turn."""
    paths = [f"/cases?{quote(asked, safe='=&')}" for asked in questions]
    requests = [Request("GET", path, headers) for path in paths]
    return lambda n: requests[n % len(requests)]


def at_many(found: Figures) -> str:
    return (
        f"{CONNECTIONS} connections: p50 {beside(found.p50, PAGE_P50, 'ms')}, "
        f"p99 {beside(found.p99, PAGE_P99, 'ms')}  load {os.getloadavg()[0]:.1f}"
    )


def say(name: str, one: Alone, make: Callable[[int], Request]) -> None:
    found = one.found
    single = measure(APP_PORT, make, connections=1, seconds=2)
    many = measure(APP_PORT, make, connections=CONNECTIONS)
    many_more = "+" if found.has_more else " "
    print(
        f"{name:21} {found.total:>6}{many_more} search {one.ms:5.1f} ({one.busy:4.1f}) ms  "
        f"1 connection: p50 {single.p50:5.1f}  {at_many(many)}",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
