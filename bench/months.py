"""What it takes to close a month of many people: `python -m bench.months [PEOPLE] [DATABASE_URL]`.

100,000 people and SQLite, unless told otherwise (also by BENCH_POSTGRES_URL); a PostgreSQL database
that is named must be empty. CPU seconds are those of this process: all there are on SQLite.
Two months are closed already. Beside the close, in the same run on the same database, stands the
bare SQL: one query with the window functions and the same rounding over the last three months, and
one insert-select of what it finds. Printed are both, the pages of the ranking in every order (the
first of each order by itself: it sorts), and an import.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from lms.app import create_app
from lms.audit import OPERATOR
from lms.cli.site import prepare_site
from lms.clock import Month
from lms.config import Settings
from lms.db import db
from lms.people.models import Account, Person, Position, RoleAssignment, Team
from lms.results import importing
from lms.results.closing import run_close
from lms.results.ranking_order import SORTS

TEAMS = 500
LAST = Month.parse("2026-03")
# Spread over people and months without a generator: what is measured is not the spreading.
FIGURES = {
    "frt": "15 + (p.id * 7919 + :m) % 40",
    "fcr": "0.80 + ((p.id * 10473 + :m) % 2000) / 10000.0",
    "csat": "4.0 + ((p.id * 12997 + :m) % 100) / 100.0",
    "feedback": "60 + ((p.id * 15486 + :m) % 400) / 10.0",
    "exam": "50 + ((p.id * 32453 + :m) % 500) / 10.0",
    "case_analysis": "50 + ((p.id * 19979 + :m) % 500) / 10.0",
}
NOW = datetime(2026, 4, 2, tzinfo=UTC)


def timed(what: str, work: Callable[[], object]) -> float:
    began, busy = perf_counter(), process_time()
    work()
    took = perf_counter() - began
    print(f"{what:48} {took:8.2f} s  ({process_time() - busy:.2f} s of CPU)", flush=True)
    return took


def organisation(count: int) -> None:
    session = db.session()
    session.add_all(Team(name=f"T{number:03d}") for number in range(TEAMS))
    session.flush()
    teams = session.scalars(select(Team.id)).all()
    first = date(2024, 1, 1)
    for begin in range(0, count, 10_000):
        ids = range(begin, min(begin + 10_000, count))
        session.execute(
            insert(Person),
            [
                {"staff_no": f"B{i:07d}", "name": f"员工{i}", "team_id": teams[i % TEAMS],
                 "level": "agent", "channel": "online", "employment": "regular",
                 "hired_on": first, "created_at": NOW}
                for i in ids
            ],
        )  # fmt: skip
    session.execute(
        insert(Position).from_select(
            ["person_id", "from_day", "team_id", "level", "channel"],
            select(Person.id, Person.hired_on, Person.team_id, Person.level, Person.channel),
        )
    )
    session.execute(
        text(
            "INSERT INTO clearance (person_id, from_day, source, reason, granted_at,"
            " revoked_reason) SELECT id, hired_on, 'history', '', created_at, '' FROM person"
        )
    )
    for month in (LAST.plus(-2), LAST.plus(-1), LAST):
        values = {"m": month.index}
        session.execute(
            text("INSERT INTO kpi_row (month, person_id) SELECT :m, p.id FROM person p"), values
        )
        for metric, value in FIGURES.items():
            session.execute(
                text(
                    "INSERT INTO kpi_value (month, person_id, metric, value)"
                    f" SELECT :m, p.id, '{metric}', {value} FROM person p"
                ),
                values,
            )
    session.commit()


def bare_sql() -> str:
    """Per person and month the score, half up, and both ranks; then who was in the top three times
    in a row. The same arithmetic as lms.results.scoring, without its evidence."""

    def part(metric: str, measured: str) -> str:
        return f"max(CASE WHEN metric = '{metric}' THEN {measured} END) AS {metric}"

    whole = "CAST({} AS INTEGER)" if db.engine.dialect.name == "sqlite" else "floor({})"
    least = "min" if db.engine.dialect.name == "sqlite" else "least"
    parts = ", ".join(
        [
            part("frt", f"{least}(1.0, 30.0 / value)"), part("fcr", f"{least}(1.0, value / 0.9)"),
            part("csat", f"{least}(1.0, value / 4.5)"), part("feedback", "value / 100.0"),
            part("exam", "value / 100.0"), part("case_analysis", "value / 100.0"),
            "max(CASE WHEN metric = 'csat' THEN value END) AS stars",
        ]
    )  # fmt: skip
    score = "60 * (frt + fcr + csat) / 3 + 20 * feedback + 20 * (exam + case_analysis) / 2"
    hundredths = whole.format(f"100 * ({score}) + 0.5 + 1e-7")
    return f"""
        WITH attained AS (SELECT month, person_id, {parts} FROM kpi_value
            WHERE month BETWEEN :first AND :last GROUP BY month, person_id),
        scored AS (SELECT month, person_id, stars, {hundredths} AS score FROM attained),
        placed AS (SELECT month, person_id, score, stars,
            rank() OVER (PARTITION BY month ORDER BY score DESC) AS place,
            rank() OVER (PARTITION BY month ORDER BY stars DESC) AS star_place,
            count(*) OVER (PARTITION BY month) AS n FROM scored)
        SELECT person_id, month, score, place, star_place,
            min(CASE WHEN star_place <= n / 5 THEN 1 ELSE 0 END) OVER (PARTITION BY person_id
                ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS streak
        FROM placed"""


def bare() -> None:
    session, months = db.session(), {"first": LAST.index - 2, "last": LAST.index}
    names = "person_id", "month", "score", "place", "star_place", "streak"
    columns = ", ".join(f"{name} INTEGER" for name in names)
    session.execute(text(f"CREATE TABLE bare_result ({columns})"))
    found = f"SELECT * FROM ({bare_sql()}) AS found WHERE month = :last"
    session.execute(text(f"INSERT INTO bare_result {found}"), months)
    session.commit()


def agrees() -> None:
    differing = db.session.scalar(
        text(
            "SELECT count(*) FROM bare_result b JOIN month_result r ON r.person_id = b.person_id"
            " JOIN month_close c ON c.id = r.close_id AND c.month = b.month AND c.is_current"
            " WHERE r.score <> b.score OR r.rank <> b.place OR r.csat_rank <> b.star_place"
        )
    )
    db.session.rollback()
    print(f"{'people on whom the two differ':48} {differing:8}")


def pages(client: FlaskClient, count: int) -> None:
    first, took = [], []
    last = count // 25
    numbers = [1, 2, last // 2, last - 1, last, *range(1, last, max(1, last // 20))]
    orders = [f"&sort={way}{sort}" for sort in SORTS for way in ("", "-")]
    for query in (*orders, "&show=all", "&team=7", "&team=7&sort=-score", f"&q=B{count // 2:07d}"):
        for visit, number in enumerate(numbers):
            began = perf_counter()
            answer = client.get(f"/results/months/{LAST}?page={number}{query}")
            (took if visit else first).append(perf_counter() - began)
            if answer.status_code != 200:
                sys.exit(f"page {number}: {answer.status_code}")
    took.sort()
    print(f"{'a page of the ranking, p50 and p99':48} {1000 * took[len(took) // 2]:8.0f} ms"
          f" {1000 * took[int(len(took) * 0.99)]:8.0f} ms  (aim: p99 100 ms)")  # fmt: skip
    print(f"{'the first page of an order, which sorts, at most':48} {1000 * max(first):8.0f} ms")


def import_rows(count: int) -> None:
    lines = ["工号,月份,首次响应时长,一次性解决率,满意度,客户反馈"]
    lines += [
        f"B{i:07d},2026-04,{15 + i % 30},0.9{i % 10},4.{i % 10},8{i % 10}" for i in range(count)
    ]
    content = "\n".join(lines).encode()
    now = datetime(2026, 5, 2, tzinfo=UTC)
    run = importing.prepare(db.session(), "kpi", content, "april.csv", actor=OPERATOR, now=now)
    importing.confirm(db.session(), run, accept_valid=False, actor=OPERATOR, now=now)
    db.session.commit()


def megabytes() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def signed_in(app) -> FlaskClient:  # type: ignore[no-untyped-def]
    person = Person(
        staff_no="HR1", name="HR", level="manager", channel="online", employment="regular",
        hired_on=date(2024, 1, 1), created_at=NOW,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, session_version=1))
    db.session.add(RoleAssignment(person_id=person.id, role="hr"))
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{person.id}.1", True
    return client


def main(count: int, url: str | None) -> None:
    with tempfile.TemporaryDirectory() as home:
        url = url or f"sqlite:///{home}/lms.sqlite3"
        app = create_app(Settings(home=Path(home), database_url=url, rate_limits=False))
        with app.app_context():
            prepare_site()
            print(f"{count} people on {db.engine.dialect.name}")
            timed("people and three months of figures", lambda: organisation(count))

            def close(month: Month) -> None:
                run_close(db.session(), month, assign=False, actor=OPERATOR, now=NOW)
                db.session.commit()

            for month in (LAST.plus(-2), LAST.plus(-1)):
                timed(f"closing {month}", lambda month=month: close(month))
            before = megabytes()
            closing = timed(f"closing {LAST}, the rules with it", lambda: close(LAST))
            print(f"{'memory it grew by':48} {megabytes() - before:8.0f} MB")
            plain = timed("the bare SQL", bare)
            print(f"{'ratio':48} {closing / plain:8.2f}  (aim: 1.20)")
            agrees()
            client = signed_in(app)
            pages(client, count)
            timed(f"import of {count} rows (aim: 20 s)", lambda: import_rows(count))


if __name__ == "__main__":
    url = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("BENCH_POSTGRES_URL")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, url)
