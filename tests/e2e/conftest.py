"""The real server in a thread, a real Chromium, and a clock that the test moves."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    expect,
)
from sqlalchemy import select
from waitress.server import create_server

from lms.app import create_app
from lms.clock import SettableClock
from lms.content_files import load_content, starter_content
from lms.db import db, reading
from lms.people.accounts import hash_password
from lms.people.models import Account, Person
from tests.conftest import _settings

expect.set_options(timeout=20_000)  # a busy machine is slow, not broken
PASSWORD = "a-long-enough-password"
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}


@pytest.fixture(scope="session")
def content_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the starter content."""
    home = tmp_path_factory.mktemp("content")
    shutil.copy(sqlite_template, home / "lms.sqlite3")
    app = create_app(_settings(home))
    with app.app_context():
        load_content(db.session(), starter_content(), app.extensions["lms_clock"].now())
        db.session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return home / "lms.sqlite3"


def each(page: Page, selector: str) -> list[Locator]:
    """What matches, once the page it is on has come: `all()` by itself does not wait."""
    page.locator(selector).first.wait_for()
    return page.locator(selector).all()


@dataclass
class Site:
    app: Flask
    url: str
    clock: SettableClock

    def give_password(self, staff_no: str, locale: str) -> None:
        person = db.session.scalars(select(Person).where(Person.staff_no == staff_no)).one()
        person.locale = locale
        account = db.session.get(Account, person.id) or Account(
            person_id=person.id, session_version=1
        )
        account.password_hash = _hash()
        db.session.add(account)
        db.session.commit()
        db.session.remove()


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def site(tmp_path: Path, clock: SettableClock, content_template: Path) -> Iterator[Site]:
    shutil.copy(content_template, tmp_path / "lms.sqlite3")
    app = create_app(_settings(tmp_path), clock)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)

    def run() -> None:
        with suppress(OSError):  # its sockets are closed under it
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    reading.set(False)  # as a page that an earlier test asked for, in this thread, may have left it
    with app.app_context():
        yield Site(app, f"http://127.0.0.1:{server.effective_port}", clock)
        db.session.remove()
    server.close()
    thread.join(10)
    with app.app_context():
        db.engine.dispose()


@dataclass
class Windows:
    """Opens one browser window per person; any error on the console fails the test."""

    browser: Browser
    site: Site
    size: tuple[int, int]
    complaints: list[str] = field(default_factory=list)

    def open(self, locale: str = "en") -> Page:
        width, height = self.size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN" if locale == "zh_Hans" else "en-GB",
            base_url=self.site.url,
            has_touch=width < 500,
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def sign_in(self, staff_no: str, locale: str = "en") -> Page:
        self.site.give_password(staff_no, locale)
        page = self.open(locale)
        page.goto("/sign-in")
        page.fill("[name=staff_no]", staff_no)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx, which Chromium also reports; the test looks at the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture(params=list(SIZES))
def windows(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Windows]:
    yield from _opened(browser, site, SIZES[request.param])


@pytest.fixture(params=["desktop", pytest.param("phone", marks=pytest.mark.full)])
def office(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Windows]:
    """Of those who work at a desk; their phones in `make test-full`."""
    yield from _opened(browser, site, SIZES[request.param])


def _opened(browser: Browser, site: Site, size: tuple[int, int]) -> Iterator[Windows]:
    opened = Windows(browser, site, size)
    yield opened
    for context in browser.contexts:
        context.close()
    assert not opened.complaints


def fits(page: Page) -> bool:
    """Nothing scrolls sideways."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )
