"""What a month of many people takes: `python -m bench.months`, with `--people N`, `--only PART`.

    close     closing the last of three months beside the bare SQL, and the memory it takes
    ranking   pages of the month's list, every order both ways, filters and searches
    import    a CSV file and a workbook with a row for each person, read and taken

100,000 people, SQLite and all three parts, unless told otherwise (by `--database URL` or
BENCH_POSTGRES_URL); a PostgreSQL database that is named must be empty. CPU seconds are those of
this process: all there are on SQLite.

The yardstick of the close (bench/month_bare.py) reads the last three months and stores everything,
as the close does: the same rows with the same keys, by one window-function query with the same
rounding and one insert-select, on the same database in the same run. Of both the quicker of two
runs counts. Printed beside it, for whoever wants the narrowest reading, is the query alone with an
insert-select of six numbers a person into a table without any key.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from urllib.parse import quote

from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from bench import month_bare, month_files
from bench.month_people import FIRST_NUMBER, LAST, MONTHS, NOW, organisation, somebody
from lms.app import create_app
from lms.audit import OPERATOR
from lms.cli.site import prepare_site
from lms.clock import Month
from lms.config import Settings
from lms.db import db
from lms.jobs import drain
from lms.results.closing import run_close
from lms.results.models import MonthClose
from lms.results.ranking_order import sorts
from lms.results.stored_orders import STORE
from lms.web.lists import PER_PAGE

PARTS = ("close", "ranking", "import")


def timed(what: str, work: Callable[[], object], aim: float | None = None) -> float:
    began, busy = perf_counter(), process_time()
    work()
    took = perf_counter() - began
    said = verdict(took, aim, "s") if aim else ""
    print(f"{what:52} {took:8.2f} s  ({process_time() - busy:.2f} s of CPU){said}", flush=True)
    return took


def verdict(value: float, aim: float, unit: str) -> str:
    return f"  aim: {aim:g} {unit}: {'met' if value <= aim else 'NOT MET'}"


def megabytes() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def close(month: Month, reason: str = "") -> None:
    run_close(db.session(), month, assign=False, actor=OPERATOR, now=NOW, reason=reason)
    db.session.commit()


def closing(count: int) -> None:
    """The last month twice, the first time undone, and the yardstick twice between."""
    month_bare.prepare()
    before = megabytes()

    def undone() -> None:
        run_close(db.session(), LAST, assign=False, actor=OPERATOR, now=NOW)
        db.session.rollback()

    stored = (month_bare.freeze(), month_bare.results())
    tries = [timed(f"closing {LAST} (undone)", undone)]
    plain = [timed("the bare SQL, everything stored", lambda: month_bare.run(*stored))]
    for table in ("bare_figure", "bare_result"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.commit()
    tries.append(timed(f"closing {LAST}, the rules with it", lambda: close(LAST)))
    grew = megabytes() - before
    plain.append(timed("the bare SQL, everything stored", lambda: month_bare.run(*stored)))
    lean = timed("the query alone, six numbers stored without a key",
                 lambda: month_bare.run(month_bare.lean()))  # fmt: skip
    ratio = min(tries) / min(plain)
    print(f"{'the close beside the bare SQL':52} {ratio:8.2f}  {verdict(ratio, 1.2, 'times')}")
    print(f"{'  beside the query alone':52} {min(tries) / lean:8.2f}")
    print(f"{'people on whom the two differ':52} {month_bare.differing():8}")
    print(f"{f'memory it grew by, of {count} people':52} {grew:8.0f} MB{verdict(grew, 30, 'MB')}")


def statements_of(work: Callable[[], object]) -> int:
    count = 0

    def counted(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal count
        count += statement.split(None, 1)[0] in ("SELECT", "WITH") and "plugin_" not in statement

    event.listen(Engine, "before_cursor_execute", counted)
    work()
    event.remove(Engine, "before_cursor_execute", counted)
    return count


def addresses(count: int) -> Iterator[tuple[str, str]]:
    """(what it is, query): first, middle and last pages of every order, filters, searches."""
    last = -(-count // PER_PAGE)
    metrics = ("frt", "fcr", "csat", "feedback", "exam", "case_analysis")
    numbers = (1, 2, last // 4, last // 2, last - 1, last)
    for sort in sorts(metrics):
        for way in ("", "-"):
            for show in ("ranked", "all"):
                yield from (
                    ("any page of any order", f"sort={way}{sort}&show={show}&page={number}")
                    for number in numbers
                )
            yield "a team's people", f"sort={way}{sort}&team=7"
            for words in (f"B{FIRST_NUMBER + count // 2}", f"B{FIRST_NUMBER}"[:5], "赵", "工12345"):
                yield "a search", f"sort={way}{sort}&q={quote(words)}"
                yield "a search", f"sort={way}{sort}&page=9&q={quote(words)}"


def ranking(app: Flask, count: int) -> None:
    if db.session.query(MonthClose).filter_by(month=LAST).first() is None:
        close(LAST)
    db.session.rollback()

    def store() -> None:
        """Each run of the job does as much as it may in its seconds."""
        for minute in range(20):
            drain([STORE], NOW + timedelta(minutes=minute))

    timed("storing its orders", store)
    client, took = somebody(app, "hr"), {}
    client.get(f"/results/months/{LAST}")
    most = 0
    for what, query in addresses(count):
        address = f"/results/months/{LAST}?{query}"
        began, busy = perf_counter(), process_time()
        answer = client.get(address)
        found = 1000 * (perf_counter() - began), 1000 * (process_time() - busy), query
        took.setdefault(what, []).append(found)
        if answer.status_code != 200:
            sys.exit(f"{query}: {answer.status_code}")
    for query in ("sort=-kpi-frt&page=9", "sort=name&show=all&page=99", "q=B1", "team=7"):
        address = f"/results/months/{LAST}?{query}"
        most = max(most, statements_of(lambda address=address: client.get(address)))
    for what, found in took.items():
        wall = sorted(one[0] for one in found)
        busy = sorted(one[1] for one in found)
        at = int(len(found) * 0.99)
        print(f"{what + f', p50 and p99 of {len(found)}':52} {wall[len(wall) // 2]:5.0f} ms"
              f" {wall[at]:5.0f} ms  (CPU {busy[len(busy) // 2]:.0f}, {busy[at]:.0f} ms;"
              f" slowest: {max(found)[2]}){verdict(wall[at], 100, 'ms')}")  # fmt: skip
    print(f"{'statements of a page, at most':52} {most:8}  {verdict(most, 6, '')}")


def importing(count: int) -> None:
    for kind, month in (("csv", "2026-04"), ("xlsx", "2026-05")):
        content = month_files.content(kind, count, month)
        before = megabytes()
        timed(f"import of {count} rows, {kind}, {len(content) / 1e6:.1f} MB",
              lambda content=content, kind=kind: month_files.take(content, f"figures.{kind}"),
              aim=20)  # fmt: skip
        print(f"{'memory it grew by':52} {megabytes() - before:8.0f} MB")


def main(people: int, parts: list[str], url: str | None) -> None:
    with tempfile.TemporaryDirectory() as home:
        url = url or f"sqlite:///{home}/lms.sqlite3"
        app = create_app(Settings(home=Path(home), database_url=url, rate_limits=False))
        with app.app_context():
            prepare_site()
            print(f"{people} people on {db.engine.dialect.name}")
            timed("people and three months of figures", lambda: organisation(people))
            if "close" in parts:
                for month in MONTHS[:-1]:
                    timed(f"closing {month}", lambda month=month: close(month))
                closing(people)
            if "ranking" in parts:
                ranking(app, people)
            if "import" in parts:
                importing(people)
            db.engine.dispose()


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--people", type=int, default=100_000)
    reader.add_argument("--only", choices=PARTS, action="append")
    reader.add_argument("--database", default=os.environ.get("BENCH_POSTGRES_URL"))
    asked = reader.parse_args()
    main(asked.people, asked.only or list(PARTS), asked.database)
