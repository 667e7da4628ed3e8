"""A real database for every test: SQLite by default, PostgreSQL where a test asks for `both_apps`.

Databases are made by the real migrations once per worker, then copied per test.
"""

import gc
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import CodeType
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, sync_playwright

from lms.app import create_app
from lms.audit import OPERATOR
from lms.cli.site import upgrade_database
from lms.clock import Month, SettableClock
from lms.config import Settings
from lms.db import db
from lms.people import services as people
from lms.people.models import Account, Channel, Employment, Level, Person, RoleAssignment
from lms.results.models import MonthClose, MonthFigure, MonthResult
from lms.results.scoring_policy import SCORING
from tests.reused import app_as_new

# A Monday in Shanghai, 10:00.
NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@sa.event.listens_for(sa.engine.Engine, "connect")
def _no_waiting_for_the_disk(connection: object, _record: object) -> None:
    """Thousands of commits need not outlast a power cut; servers that tests kill keep FULL."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long runs as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long runs are left out, and counted as deselected, unless asked for."""
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again takes as long
    as every seventh test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


def _settings(home: Path, url: str | None = None) -> Settings:
    return Settings(
        home=home,
        database_url=url or f"sqlite:///{home / 'lms.sqlite3'}",
        secret_key="test",
        plugins_strict=True,
        rate_limits=False,
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template")
    app = create_app(_settings(home), SettableClock(NOW))
    with app.app_context():
        upgrade_database()
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return home / "lms.sqlite3"


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> sa.URL:
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        pytest.fail("TEST_POSTGRES_URL is not set: run `make test`, which starts a PostgreSQL.")
    target = sa.make_url(url).set(database=f"lms_template_{uuid4().hex[:8]}")
    _admin(url, f'CREATE DATABASE "{target.database}"')
    home = tmp_path_factory.mktemp("pg")
    app = create_app(
        _settings(home, target.render_as_string(hide_password=False)), SettableClock(NOW)
    )
    with app.app_context():
        upgrade_database()
        db.engine.dispose()
    return target


def _admin(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


@pytest.fixture
def app(tmp_path: Path, clock: SettableClock, sqlite_template: Path) -> Iterator[Flask]:
    shutil.copy(sqlite_template, tmp_path / "lms.sqlite3")
    yield from _running(app_as_new(_settings(tmp_path), clock))


@pytest.fixture
def postgres_app(
    tmp_path: Path, clock: SettableClock, postgres_template: sa.URL
) -> Iterator[Flask]:
    url = os.environ["TEST_POSTGRES_URL"]
    target = postgres_template.set(database=f"lms_{uuid4().hex[:12]}")
    _admin(url, f'CREATE DATABASE "{target.database}" TEMPLATE "{postgres_template.database}"')
    settings = _settings(tmp_path, target.render_as_string(hide_password=False))
    yield from _running(app_as_new(settings, clock))
    _admin(url, f'DROP DATABASE "{target.database}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def both_apps(request: pytest.FixtureRequest) -> Flask:
    """The test runs twice, once on each database."""
    name = "app" if request.param == "sqlite" else "postgres_app"
    return request.getfixturevalue(name)


class _Compiled(BytecodeCache):
    """Templates compiled once for all the apps of a worker, not once for each test."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _running(app: Flask) -> Iterator[Flask]:
    app.testing = True
    app.jinja_env.bytecode_cache = _COMPILED
    app.config["WTF_CSRF_ENABLED"] = False
    before = app.before_request_funcs.setdefault(None, [])
    if _forget_the_last_request not in before:
        before.insert(0, _forget_the_last_request)
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()
        engine = db.engine
    # What is written at the end of the context (failures, timings) opens a connection again.
    engine.dispose()


def _forget_the_last_request() -> None:
    """All requests of a test share the context pushed here; a second person is not the first."""
    for name in list(g):
        g.pop(name)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass
class Auth:
    """Signs people in without the third of a second that a password costs."""

    app: Flask

    def login(self, person: Person, locale: str = "en") -> FlaskClient:
        account = db.session.get(Account, person.id)
        if account is None:
            account = Account(person_id=person.id, session_version=1)
            db.session.add(account)
            db.session.commit()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{person.id}.{account.session_version}"
            session["_fresh"] = True
            session["locale"] = locale
        return client


@pytest.fixture
def auth(app: Flask) -> Auth:
    return Auth(app)


@dataclass
class People:
    """Makes people through the service that HR's form uses."""

    now: datetime
    count: int = 0

    def add(self, *roles: str, **fields: object) -> Person:
        self.count += 1
        defaults = people.NewPerson(
            staff_no=f"T{self.count:04d}",
            name=f"测试{self.count}",
            team="一组",
            level=Level.AGENT,
            channel=Channel.ONLINE,
            employment=Employment.REGULAR,
            hired_on=date(2025, 1, 6),
        )
        person = people.add_person(
            db.session(), replace(defaults, **fields), actor=OPERATOR, now=self.now
        )
        db.session.add_all(RoleAssignment(person_id=person.id, role=role) for role in roles)
        db.session.commit()
        return person


@pytest.fixture
def persons(clock: SettableClock) -> People:
    return People(clock.now())


@dataclass
class Facts:
    """Month closes made by hand, for what reads them."""

    now: datetime

    def close(
        self,
        month: Month,
        scores: Mapping[int, int | None],
        figures: Mapping[int, Mapping[str, tuple[float, int]]] | None = None,
        kpi_met: Collection[int] = (),
        revision: int = 1,
    ) -> MonthClose:
        """`scores`: hundredths by person, None not ranked; figures: value, attainment in 1e-12."""
        session = db.session()
        session.execute(
            sa.update(MonthClose).where(MonthClose.month == month).values(is_current=False)
        )
        close = MonthClose(
            month=month, revision=revision, is_current=True, closed_at=self.now,
            policy=SCORING.defaults(), policy_number=0, ranked=0,
        )  # fmt: skip
        session.add(close)
        session.flush()
        figures = figures or {i: {} for i in scores}
        csat = {i: f["csat"][0] for i, f in figures.items() if "csat" in f and scores[i]}
        ranked = [score for score in scores.values() if score is not None]
        close.ranked = len(ranked)
        for person_id, score in scores.items():
            session.add(
                MonthResult(
                    close_id=close.id, person_id=person_id, level="agent", channel="online",
                    leave_days=0, has_row=True, score=score, is_partial=False,
                    kpi_met=person_id in kpi_met,
                    not_ranked=None if score is not None else "leave",
                    rank=None if score is None else 1 + sum(s > score for s in ranked),
                    csat_rank=1 + sum(v > csat[person_id] for v in csat.values())
                    if person_id in csat
                    else None,
                )
            )  # fmt: skip
            session.add_all(
                MonthFigure(
                    close_id=close.id, person_id=person_id, metric=metric, value=value,
                    target=4.5 if metric == "csat" else 0.9, attainment=attained,
                    is_met=attained >= 10**12,
                )
                for metric, (value, attained) in figures[person_id].items()
            )  # fmt: skip
        session.flush()
        return close


@pytest.fixture
def facts(clock: SettableClock) -> Facts:
    return Facts(clock.now())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, one for each worker."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing: run `make test`, which installs it.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
