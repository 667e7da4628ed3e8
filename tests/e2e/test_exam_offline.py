"""An exam in the browser without a connection, with a wrong clock, in two tabs and on two devices:
what the screen says is saved is what is stored."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.courses.services import enrol
from lms.db import db
from lms.plugins.exams.attempts import start
from lms.plugins.exams.models import Attempt, Response
from tests.conftest import People
from tests.e2e.conftest import Site, Windows
from tests.e2e.test_exam_breaks import phone, sitting, tick  # noqa: F401  fixtures
from tests.plugins.exams.conftest import programme_with_exam
from tests.plugins.exams.faults.test_killed import Server, served

pytestmark = pytest.mark.browser

SAVED = "Saved"


def begun(persons: People, at: datetime) -> tuple[str, int]:
    """Staff number, and an attempt by the real clock."""
    person = persons.add()
    programme, (step,) = programme_with_exam("topic", "a-topic")
    step.config = {"exam": "peak-logistics-quiz"}
    enrolled = enrol(
        db.session(), person.id, programme.id, starts_on=at.date(), actor=OPERATOR, now=at
    )
    attempt = start(
        db.session(), "peak-logistics-quiz", person.id, enrolled.id, step.id, now=at, seed=5
    )
    db.session.commit()
    return person.staff_no, attempt.id


@pytest.fixture
def process(browser: Browser, site: Site, tmp_path: Path) -> Iterator[tuple[Server, Windows]]:
    """A server process of its own, that can be killed, on the site's database."""
    with served(tmp_path) as (server, port):
        there = Site(site.app, f"http://127.0.0.1:{port}", site.clock)
        windows = Windows(browser, there, (390, 844))
        wait_for(there.url)
        yield server, windows
        for context in browser.contexts:
            context.close()
        assert not windows.complaints


def wait_for(url: str) -> None:
    """Until each thread of the process answers: the first opening of the file may be refused."""

    def answers(_number: int) -> bool:
        with suppress(OSError), urlopen(f"{url}/sign-in"):
            return True
        return False

    with ThreadPoolExecutor(8) as clients:
        while not all(clients.map(answers, range(8))):
            time.sleep(0.2)


def ticked(page: Page, position: int) -> list[int]:
    boxes = page.locator(f"input[name=a{position}]").all()
    return [number for number, box in enumerate(boxes) if box.is_checked()]


def on_screen(page: Page, attempt_id: int) -> dict[int, list[int]]:
    """What a page that is opened anew shows as given."""
    page.goto(f"/exams/attempts/{attempt_id}?view=all")
    return {
        position: found
        for position in range(1, page.locator("[data-question]").count() + 1)
        if (found := ticked(page, position))
    }


def stored(attempt_id: int) -> dict[int, list[int]]:
    rows = db.session.execute(
        select(Response.position, Response.answer, Response.option_order)
        .where(Response.attempt_id == attempt_id, Response.answer.is_not(None))
        .order_by(Response.position)
    ).all()
    db.session.rollback()
    return {place: sorted(order.index(n) for n in answer) for place, answer, order in rows}


def minutes_left(page: Page) -> float:
    minutes, seconds = (page.locator("#exam-left").text_content() or "").split(":")
    return int(minutes) + int(seconds) / 60


@pytest.mark.full
def test_three_minutes_without_a_connection_and_a_server_killed_meanwhile(
    process: tuple[Server, Windows], persons: People
) -> None:
    server, windows = process
    staff_no, attempt_id = begun(persons, datetime.now(UTC))
    page = windows.sign_in(staff_no)
    page.clock.install()
    page.goto(f"/exams/attempts/{attempt_id}?q=1")
    with page.expect_response("**?view=all"):  # soon after, the page keeps all the questions
        page.clock.fast_forward(61_000)
    while not page.evaluate("Object.keys(sessionStorage).some((k) => k.startsWith('exam-paper'))"):
        page.wait_for_timeout(50)
    sent: list[str] = []
    page.on("request", lambda r: sent.append((r.post_data or "").split("=")[0]))

    page.context.set_offline(True)
    server.kill()
    saved = page.locator("#exam-saved")
    expect(saved).to_contain_text("No connection. Go on answering")
    page.get_by_role("button", name="Next question").click()
    expect(page.locator("[data-question='2']")).to_be_visible()
    tick(page, 2, 1)
    expect(saved).to_contain_text("Not saved yet")
    page.locator("[data-dot='4']").click()
    tick(page, 4, 0)
    page.get_by_role("button", name="Previous question").click()
    tick(page, 3, 1)
    page.locator("[data-dot='2']").click()
    assert ticked(page, 2) == [1]
    expect(page.locator("[data-dot].is-answered")).to_have_count(3)
    before = minutes_left(page)
    page.clock.fast_forward(180_000)
    expect(saved).to_contain_text("Not saved yet")
    assert 2.9 < before - minutes_left(page) < 3.5
    assert stored(attempt_id) == {}

    server.start()
    sent.clear()
    page.context.set_offline(False)
    expect(saved).to_have_text(SAVED)
    tries = [name for name in sent if name in ("s2", "s3", "s4")]
    assert list(dict.fromkeys(tries)) == ["s2", "s4", "s3"]  # as they were given
    page.get_by_role("button", name="Next question").click()
    page.wait_for_url("**?q=3")
    assert stored(attempt_id) == {2: [1], 3: [1], 4: [0]} == on_screen(page, attempt_id)


def test_a_clock_that_is_wrong_by_a_day(
    phone: Windows,  # noqa: F811
    site: Site,
    sitting: tuple[str, int],  # noqa: F811
) -> None:
    """Ahead from the start, and set back in the middle: the time that is left is the server's."""
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    page.clock.install(time=datetime.now(UTC) + timedelta(days=1))
    page.goto(f"/exams/attempts/{attempt_id}?view=all")
    assert 14 < minutes_left(page) <= 15
    tick(page, 1, 0)
    expect(page.locator("#exam-saved")).to_have_text(SAVED)
    page.clock.set_system_time(datetime.now(UTC) - timedelta(days=1))
    page.wait_for_timeout(1200)
    assert 14 < minutes_left(page) <= 15
    tick(page, 2, 1)
    expect(page.locator("#exam-saved")).to_have_text(SAVED)
    tick(page, 1, 1)
    expect(page.locator("#exam-saved")).to_have_text(SAVED)
    assert stored(attempt_id) == {1: [1], 2: [1]}
    # By the server's clock as well, whatever the browser thinks of the day.
    latest = db.session.scalars(
        select(Response.sequence).where(Response.attempt_id == attempt_id, Response.position == 1)
    ).one()
    assert abs(latest / 1000 - site.clock.now().timestamp()) < 60
    db.session.rollback()


@pytest.mark.full
def test_two_tabs_and_two_devices(
    phone: Windows,  # noqa: F811
    site: Site,
    sitting: tuple[str, int],  # noqa: F811
) -> None:
    staff_no, attempt_id = sitting
    url = f"/exams/attempts/{attempt_id}?view=all"
    first = phone.sign_in(staff_no)
    second = phone.sign_in(staff_no)  # a device of its own
    tab = first.context.new_page()
    for page in (first, second, tab):
        page.goto(url)
    tick(first, 1, 0)
    tick(tab, 2, 1)
    tick(second, 3, 0)
    for page in (first, second, tab):
        expect(page.locator("#exam-saved")).to_have_text(SAVED)
    assert stored(attempt_id) == {1: [0], 2: [1], 3: [0]}

    # Held up on its way, an earlier answer comes in after a later one: it is told so.
    held: list[Route] = []
    first.route("**/answers", lambda route: held.append(route))
    with first.expect_request("**/answers"):
        tick(first, 4, 0)
    site.clock.advance(seconds=60)
    tick(second, 3, 1)
    expect(second.locator("#exam-saved")).to_have_text(SAVED)
    tick(second, 4, 1)
    expect(second.locator("#exam-saved")).to_have_text(SAVED)
    with first.expect_navigation():  # to what the other device gave
        held[0].continue_()
    first.unroute("**/answers")
    assert ticked(first, 4) == [1]
    for page in (first, second, tab):
        assert on_screen(page, attempt_id) == stored(attempt_id) == {1: [0], 2: [1], 3: [1], 4: [1]}


def test_the_end_comes_while_there_is_no_connection(
    phone: Windows,  # noqa: F811
    site: Site,
    sitting: tuple[str, int],  # noqa: F811
) -> None:
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    deadline = db.session.get_one(Attempt, attempt_id).deadline
    db.session.rollback()
    site.clock.at = deadline - timedelta(seconds=3)
    page.goto(f"/exams/attempts/{attempt_id}?view=all")
    tick(page, 1, 0)
    expect(page.locator("#exam-saved")).to_have_text(SAVED)
    page.context.set_offline(True)
    tick(page, 2, 0)
    expect(page.locator("#exam-saved")).to_contain_text("Not saved yet")
    expect(page.locator("#exam-stop")).to_contain_text("The time is up, and there is no connection")
    expect(page.locator("input[name=a2]").first).to_be_disabled()
    site.clock.at = deadline + timedelta(seconds=1)
    page.context.set_offline(False)
    expect(page.locator("#exam-stop")).to_contain_text("question 2 did not arrive before the end")
    page.get_by_role("link", name="To the result").click()
    page.wait_for_url(f"**/exams/attempts/{attempt_id}/result")
    assert stored(attempt_id) == {1: [0]}
