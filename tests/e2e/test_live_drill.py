"""A live drill in two windows: both write, one reloads in the middle, the times are measured."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lms.cases.models import Drill
from lms.db import db
from tests.conftest import People
from tests.e2e.conftest import SIZES, Site, Windows

pytestmark = pytest.mark.browser


def test_a_live_drill(browser: Browser, site: Site, persons: People) -> None:
    trainer, agent = persons.add("trainer"), persons.add()
    drill = db.session.scalars(select(Drill).order_by(Drill.id)).first()
    assert drill is not None
    drill_id = drill.id
    names = [trainer.staff_no, agent.staff_no]
    db.session.remove()
    windows = Windows(browser, site, SIZES["desktop"])
    host, learner = (windows.sign_in(staff_no) for staff_no in names)

    host.goto(f"/drills/{drill_id}/rooms/new")
    host.fill("[name=agent]", names[1])
    host.click("main form .btn-primary")
    host.wait_for_url("**/drills/rooms/*")
    learner.goto(host.url)
    learner.click(".room-join button")
    host.fill("[name=text]", "Where is my parcel?")
    host.click("[data-room-composer] button")

    expect(learner.locator("#room-lines")).to_contain_text("Where is my parcel?")
    expect(learner.locator("#room-times [data-clock] svg")).to_be_visible()
    site.clock.advance(seconds=7)
    learner.fill("[name=text]", "I am looking for it")
    learner.reload()  # in the middle of it: nothing that was said is gone
    expect(learner.locator("#room-lines")).to_contain_text("Where is my parcel?")
    learner.fill("[name=text]", "I am looking for it")
    learner.click("[data-room-composer] button")
    expect(host.locator("#room-lines")).to_contain_text("I am looking for it")

    host.click("form[action$='/end'] button")
    host.click("dialog[open] button[value=yes]")
    expect(learner.locator("#room-over")).to_be_visible()
    learner.click("#room-over a")
    learner.wait_for_url("**/drills/**")
    learner.goto("/drills/rooms")
    learner.locator("main a[href*='/result']").first.click()
    expect(learner.locator("main")).to_contain_text("7 s")
    for context in browser.contexts:
        context.close()
    assert not windows.complaints
