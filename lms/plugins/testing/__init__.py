"""The test kit for plugins: a pytest plugin.

In the plugin's `pyproject.toml`:

    [tool.pytest.ini_options]
    addopts = "-p lms.plugins.testing"
    lms_plugin = "visits"

Then tests may ask for `app`, `both_apps`, `clock`, `people`, `sign_in` (below), and hold the
whole plugin to `check_plugin(app, "visits") == []`.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.clock import SettableClock
from lms.people.models import Person
from lms.plugins.testing.apps import NOW, copy_of, prepare, running, sqlite_with_tables
from lms.plugins.testing.conformance import check_plugin
from lms.plugins.testing.people import People, signed_in
from lms.plugins.testing.postgres import temporary_database

__all__ = ["NOW", "People", "check_plugin"]

SignIn = Callable[..., FlaskClient]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("lms_plugin", "the plugin under test, by the name of its entry point")


@pytest.fixture
def clock() -> SettableClock:
    """Stands at Monday 2 November 2026, 10:00 in Shanghai, until it is moved."""
    return SettableClock(NOW)


@pytest.fixture(scope="session")
def lms_tables(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[str]:
    """The plugin's name, once a database with everybody's tables has been made to copy."""
    name = str(pytestconfig.getini("lms_plugin"))
    if not name:
        raise pytest.UsageError("set lms_plugin to your plugin's name in the pytest section")
    with sqlite_with_tables(tmp_path_factory.mktemp("lms"), name):
        yield name


@pytest.fixture
def app(
    tmp_path_factory: pytest.TempPathFactory, clock: SettableClock, lms_tables: str
) -> Iterator[Flask]:
    """An app on SQLite with the plugin enabled, inside its context; any plugin failure raises."""
    home = tmp_path_factory.mktemp("app")
    with running(home, copy_of(home), clock, lms_tables) as app:
        yield app


@pytest.fixture(scope="session")
def lms_postgres(
    tmp_path_factory: pytest.TempPathFactory, lms_tables: str
) -> Iterator[tuple[str, str]]:
    """The server's URL, and the database on it that has everybody's tables."""
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        pytest.skip("TEST_POSTGRES_URL is not set")
    home = tmp_path_factory.mktemp("postgres")
    with temporary_database(server) as url:
        with running(home, url, SettableClock(NOW), lms_tables):
            prepare(lms_tables)
        yield server, url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgres"])
def both_apps(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The test runs twice, once on each database; PostgreSQL needs TEST_POSTGRES_URL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    server, template = request.getfixturevalue("lms_postgres")
    home = request.getfixturevalue("tmp_path_factory").mktemp("app")
    clock, name = request.getfixturevalue("clock"), request.getfixturevalue("lms_tables")
    with temporary_database(server, template) as url, running(home, url, clock, name) as app:
        yield app


@pytest.fixture
def people(clock: SettableClock) -> People:
    """`people.add("hr")` makes a person with that role; without a role, an agent."""
    return People(clock.now())


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> SignIn:
    """`sign_in(person, locale="en")`: a client that is that person, without the password."""

    def client(person: Person, locale: str = "en") -> FlaskClient:
        name = "both_apps" if "both_apps" in request.fixturenames else "app"
        return signed_in(request.getfixturevalue(name), person, locale)

    return client
