"""What breaks during an exam loses nothing: the network, the browser, the session, the time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select, update

from lms.audit import OPERATOR, Actor
from lms.courses.services import enrol
from lms.db import db
from lms.people.models import Account, Person
from lms.plugins.exams.attempts import start
from lms.plugins.exams.models import Attempt, Response
from lms.plugins.exams.papers.grants import add_time
from tests.conftest import People
from tests.e2e.conftest import Site, Windows
from tests.plugins.exams.conftest import programme_with_exam

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Windows]:
    opened = Windows(browser, site, (390, 844))
    yield opened
    for context in browser.contexts:
        context.close()
    assert not opened.complaints


@pytest.fixture
def sitting(site: Site, persons: People) -> tuple[str, int]:
    """Staff number, and the attempt just begun: 8 questions, 15 minutes."""
    person: Person = persons.add()
    person.locale = "en"
    programme, (step,) = programme_with_exam("topic", "a-topic")
    step.config = {"exam": "peak-logistics-quiz"}
    now = site.clock.now()
    enrolment = enrol(
        db.session(), person.id, programme.id, starts_on=now.date(), actor=OPERATOR, now=now
    )
    attempt = start(
        db.session(), "peak-logistics-quiz", person.id, enrolment.id, step.id, now=now, seed=5
    )
    db.session.commit()
    return person.staff_no, attempt.id


def chosen(attempt_id: int, position: int) -> list[int] | None:
    """The stored answer, as numbered on the page."""
    answer, order = db.session.execute(
        select(Response.answer, Response.option_order).where(
            Response.attempt_id == attempt_id, Response.position == position
        )
    ).one()
    db.session.rollback()  # or the server waits for the write lock that reading took here
    return None if answer is None else [order.index(n) for n in answer]


def tick(page: Page, position: int, option: int) -> None:
    page.locator(f"input[name=a{position}][value='{option}']").locator("xpath=..").click()


def test_an_answer_is_saved_as_it_is_given(phone: Windows, sitting: tuple[str, int]) -> None:
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    page.goto(f"/exams/attempts/{attempt_id}?view=all")
    tick(page, 3, 1)
    expect(page.locator("#exam-saved")).to_have_attribute("data-state", "saved")
    expect(page.locator("#exam-saved")).to_have_text("Saved")
    expect(page.locator("#exam-answered")).to_have_text("1")
    expect(page.locator("[data-dot='3']")).to_have_class("exam-dot is-answered")
    assert chosen(attempt_id, 3) == [1]
    page.reload()
    expect(page.locator("input[name=a3][value='1']")).to_be_checked()


def test_no_network_then_a_crash(phone: Windows, sitting: tuple[str, int]) -> None:
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    page.goto(f"/exams/attempts/{attempt_id}?q=2")
    page.context.set_offline(True)
    tick(page, 2, 0)
    expect(page.locator("#exam-saved")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#exam-saved")).to_contain_text("Not saved yet")
    context = page.context
    page.close()
    assert chosen(attempt_id, 2) is None

    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/exams/attempts/{attempt_id}?q=2")
    expect(again.locator("input[name=a2][value='0']")).to_be_checked()
    expect(again.locator("#exam-saved")).to_have_text("Saved")
    assert chosen(attempt_id, 2) == [0]


def test_the_session_ends_meanwhile(phone: Windows, sitting: tuple[str, int]) -> None:
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    page.goto(f"/exams/attempts/{attempt_id}?q=1")
    db.session.execute(update(Account).values(session_version=Account.session_version + 1))
    db.session.commit()
    tick(page, 1, 1)
    expect(page.locator("#exam-stop")).to_contain_text("Your session has ended")
    page.get_by_role("link", name="Sign in again").click()
    page.wait_for_url("**/sign-in**")
    page.fill("[name=staff_no]", staff_no)
    page.fill("[name=password]", "a-long-enough-password")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/exams/attempts/{attempt_id}?q=1")
    expect(page.locator("#exam-saved")).to_have_text("Saved")
    assert chosen(attempt_id, 1) == [1]


def test_the_time_runs_out_while_looking_at_it(
    phone: Windows, site: Site, sitting: tuple[str, int]
) -> None:
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    deadline = db.session.get_one(Attempt, attempt_id).deadline
    db.session.rollback()
    site.clock.at = deadline - timedelta(seconds=2)
    page.goto(f"/exams/attempts/{attempt_id}?q=1")
    tick(page, 1, 0)
    expect(page.locator("#exam-saved")).to_have_text("Saved")
    site.clock.at = deadline + timedelta(seconds=1)
    page.wait_for_url(f"**/exams/attempts/{attempt_id}/result")
    expect(page.locator("main")).to_contain_text("of 8 right")
    assert chosen(attempt_id, 1) == [0]


def test_more_time_given_meanwhile_keeps_what_was_not_sent(
    phone: Windows, site: Site, sitting: tuple[str, int]
) -> None:
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    deadline = db.session.get_one(Attempt, attempt_id).deadline
    db.session.rollback()
    site.clock.at = deadline - timedelta(seconds=4)
    page.goto(f"/exams/attempts/{attempt_id}?q=1")
    page.context.route("**/answers", lambda route: route.abort())
    tick(page, 1, 1)
    expect(page.locator("#exam-saved")).to_contain_text("Not saved yet")
    db.session.execute(update(Attempt).values(deadline=deadline + timedelta(minutes=10)))
    db.session.commit()
    expect(page.locator("#exam-left")).to_contain_text("10:0")
    assert chosen(attempt_id, 1) is None
    page.context.unroute("**/answers")
    expect(page.locator("#exam-saved")).to_have_text("Saved")
    assert chosen(attempt_id, 1) == [1]
    # In the middle of it, the next answer that is saved brings the news.
    db.session.execute(update(Attempt).values(deadline=deadline + timedelta(minutes=30)))
    db.session.commit()
    tick(page, 1, 0)
    expect(page.locator("#exam-saved")).to_contain_text("You were given more time")
    expect(page.locator("#exam-left")).to_contain_text("30:0")


def test_who_only_reads_hears_of_more_time_too(
    phone: Windows, site: Site, persons: People, sitting: tuple[str, int]
) -> None:
    staff_no, attempt_id = sitting
    examiner, at = persons.add("trainer").id, site.clock.now()
    page = phone.sign_in(staff_no)
    page.clock.install(time=at)
    page.goto(f"/exams/attempts/{attempt_id}?q=1")
    expect(page.locator("#exam-left")).to_have_text("15:00")
    saved: list[str] = []
    page.on("request", lambda r: saved.append(r.url) if "/answers" in r.url else None)
    attempt = db.session.get_one(Attempt, attempt_id)
    add_time(
        db.session(), attempt.exam_id, attempt.person_id, 10, reason="A fire drill.",
        actor=Actor(examiner), now=at,
    )  # fmt: skip
    db.session.commit()
    site.clock.advance(seconds=60)
    page.clock.fast_forward(60_000)
    expect(page.locator("#exam-left")).to_contain_text("24:0")
    expect(page.locator("#exam-saved")).to_contain_text("You were given more time")
    expect(page.locator("#exam-say")).to_contain_text("You were given more time")
    assert not saved


def test_an_answer_that_is_refused_is_kept_and_holds_up_no_other(
    phone: Windows, sitting: tuple[str, int]
) -> None:
    """In two windows of the same sitting: neither forgets what the other still has to send."""
    staff_no, attempt_id = sitting
    page = phone.sign_in(staff_no)
    page.goto(f"/exams/attempts/{attempt_id}?view=all")

    def refuse_the_first(route: Route) -> None:
        is_first = (route.request.post_data or "").startswith("s1=")
        route.fulfill(status=413, body="too large") if is_first else route.continue_()

    page.context.route("**/answers", refuse_the_first)
    tick(page, 1, 0)
    expect(page.locator("#exam-stop")).to_contain_text("Not saved: question 1.")
    expect(page.get_by_role("link", name="Sign in again")).to_be_hidden()
    other = page.context.new_page()
    other.goto(f"/exams/attempts/{attempt_id}?q=2")
    tick(other, 2, 0)
    tick(page, 3, 1)
    expect(page.locator("#exam-saved")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#exam-stop")).to_contain_text("Not saved: question 1.")
    assert (chosen(attempt_id, 1), chosen(attempt_id, 3)) == (None, [1])
    page.context.unroute("**/answers")
    page.goto(f"/exams/attempts/{attempt_id}?q=1")
    expect(page.locator("#exam-saved")).to_have_text("Saved")
    assert (chosen(attempt_id, 1), chosen(attempt_id, 2)) == ([0], [0])
