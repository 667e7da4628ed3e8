"""A live drill in two windows: both write, one reloads in the middle, the times are measured."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from lms.cases.models import Drill
from lms.cases.rooms.models import DrillRoomMessage
from lms.db import db
from tests.conftest import People
from tests.e2e.conftest import SIZES, Site, Windows, fits
from tests.e2e.test_exam_offline import process  # noqa: F401  a fixture
from tests.plugins.exams.faults.test_killed import Server

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
    learner.goto("/")  # where the room comes first: somebody waits in it
    learner.click("#rooms-now a")
    learner.wait_for_url(host.url)
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


def test_no_message_is_lost_or_doubled_without_a_network_and_by_a_killed_server(
    process: tuple[Server, Windows],  # noqa: F811
    persons: People,
) -> None:
    server, windows = process
    host_no, agent_no, watcher_no = (
        persons.add(*roles).staff_no for roles in (("trainer",), (), ("quality",))
    )
    drill_id = db.session.scalars(select(Drill.id).order_by(Drill.id)).first()
    db.session.remove()
    host, learner, watcher = (windows.sign_in(one) for one in (host_no, agent_no, watcher_no))
    host.goto(f"/drills/{drill_id}/rooms/new")
    host.fill("[name=agent]", agent_no)
    host.fill("[name=observers]", watcher_no)
    host.click("main form .btn-primary")
    host.wait_for_url("**/drills/rooms/*")
    learner.goto(host.url)
    learner.click(".room-join button")
    watcher.goto(host.url)
    host.fill("[name=text]", "Where is my parcel?")
    host.click("[data-room-composer] button")
    for page in (learner, watcher):
        expect(page.locator("#room-lines")).to_contain_text("Where is my parcel?")
    assert watcher.locator("[data-room-composer]").count() == 0  # who reads along is silent
    assert fits(watcher)

    learner.context.set_offline(True)
    for text in ("First I am sorry.", "Then I look for it."):
        learner.fill("[name=text]", text)
        learner.press("[name=text]", "Enter")
    expect(learner.locator("#room-unsent .is-unsent em", has_text="not sent yet")).to_have_count(2)
    expect(learner.locator("#room-offline")).to_be_visible()
    assert fits(learner)
    server.kill()
    host.fill("[name=text]", "Are you still there?")
    host.click("[data-room-composer] button")
    expect(host.locator("#room-unsent .is-unsent em", has_text="not sent yet")).to_have_count(1)
    server.start()
    expect(host.locator("#room-unsent .is-unsent")).to_have_count(0)
    learner.context.set_offline(False)
    learner.reload()
    for page in (host, learner, watcher):
        for text in ("Are you still there?", "First I am sorry.", "Then I look for it."):
            expect(page.locator("#room-lines .say-text", has_text=text)).to_have_count(1)
        expect(page.locator("#room-offline")).to_be_hidden()
    db.session.rollback()
    said = db.session.scalars(select(DrillRoomMessage.text).order_by(DrillRoomMessage.seq)).all()
    assert list(said) == [
        "Where is my parcel?", "Are you still there?", "First I am sorry.", "Then I look for it."
    ]  # fmt: skip
    assert db.session.scalar(select(func.max(DrillRoomMessage.seq))) == 4
