"""A site of many people with three months of figures, made by set statements."""

from datetime import UTC, date, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from lms.clock import Month
from lms.db import db
from lms.people.models import Account, Person, RoleAssignment, Team

TEAMS = 500
LAST = Month.parse("2026-03")
MONTHS = (LAST.plus(-2), LAST.plus(-1), LAST)
NOW = datetime(2026, 4, 2, tzinfo=UTC)
FIRST_NUMBER = 10_000_000
# Spread over people and months without a generator: what is measured is not the spreading.
FIGURES = {
    "frt": "15 + (CAST(p.id AS BIGINT) * 7919 + :m) % 40",
    "fcr": "0.80 + ((CAST(p.id AS BIGINT) * 10473 + :m) % 2000) / 10000.0",
    "csat": "4.0 + ((CAST(p.id AS BIGINT) * 12997 + :m) % 100) / 100.0",
    "feedback": "60 + ((CAST(p.id AS BIGINT) * 15486 + :m) % 400) / 10.0",
    "exam": "50 + ((CAST(p.id AS BIGINT) * 32453 + :m) % 500) / 10.0",
    "case_analysis": "50 + ((CAST(p.id AS BIGINT) * 19979 + :m) % 500) / 10.0",
}
PEOPLE = f"""
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
    INSERT INTO person (staff_no, name, team_id, level, channel, employment, hired_on, locale,
        created_at)
    SELECT 'B' || CAST({FIRST_NUMBER} + i AS VARCHAR(9)),
        substr('赵钱孙李周吴郑王冯陈', CAST(1 + i % 10 AS INTEGER), 1) || '员工'
            || CAST((CAST(i AS BIGINT) * 7919) % 1000003 AS VARCHAR(9)),
        :team + i % {TEAMS}, 'agent', 'online', 'regular', '2024-01-01', 'zh_Hans',
        '2026-04-02 00:00:00.000000' FROM n"""
CLEARED = (
    "INSERT INTO clearance (person_id, from_day, source, reason, granted_at, revoked_reason)"
    " SELECT id, hired_on, 'history', '', created_at, '' FROM person"
)
HELD = (
    "INSERT INTO position (person_id, from_day, team_id, level, channel)"
    " SELECT id, hired_on, team_id, level, channel FROM person"
)
IN_FILE = "INSERT INTO kpi_row (month, person_id) SELECT :m, p.id FROM person p"


def organisation(count: int) -> None:
    session = db.session()
    session.add_all(Team(name=f"T{number:03d}") for number in range(TEAMS))
    session.flush()
    first = min(session.scalars(select(Team.id)))
    session.execute(text(PEOPLE), {"count": count, "team": first})
    session.execute(text(HELD))
    session.execute(text(CLEARED))
    codes = " UNION ALL ".join(f"SELECT '{code}' AS code" for code in FIGURES)
    value = " ".join(f"WHEN '{code}' THEN {figure}" for code, figure in FIGURES.items())
    every = (
        "INSERT INTO kpi_value (month, person_id, metric, value)"
        f" SELECT :m, p.id, f.code, CASE f.code {value} END FROM person p CROSS JOIN ({codes}) f"
        " ORDER BY p.id"
    )
    for month in MONTHS:
        session.execute(text(IN_FILE), {"m": month.index})
        session.execute(text(every), {"m": month.index})
    session.commit()
    if db.engine.dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.commit()


def somebody(app: Flask, role: str, **facts: object) -> FlaskClient:
    """A browser of somebody who is signed in."""
    person = Person(
        staff_no=f"X-{role}", name=role, level="manager", channel="online", employment="regular",
        hired_on=date(2024, 1, 1), created_at=NOW, **facts,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, session_version=1))
    db.session.add(RoleAssignment(person_id=person.id, role=role))
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{person.id}.1", True
    return client
