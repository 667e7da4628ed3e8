"""From a run on a phone to its last word: blind raters by keyboard, one who decides, an appeal."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.cases import runs
from lms.cases.models import Drill, DrillRun
from lms.db import db
from tests.cases import kit
from tests.conftest import People
from tests.e2e.conftest import SIZES, Site, Windows, fits

pytestmark = pytest.mark.browser

SAID = "抱歉让您着急了，我马上查物流，今天 18 点前给您回电。"


def run_on_a_phone(page: Page, drill_id: int) -> str:
    """The address of a run that was handed in; it was typed through a reload and a lost network."""
    page.goto(f"/drills/{drill_id}")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/drills/runs/\d+$"))
    box = page.locator("[name=text]")
    box.fill(SAID)
    page.reload()
    expect(box).to_have_value(SAID)
    page.context.set_offline(True)
    box.press("Enter")
    expect(page.locator("[data-unsent]")).to_be_visible()
    page.context.set_offline(False)
    box.press("Enter")
    expect(page.locator(".say-right")).to_have_count(1)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert fits(page)

    # it shows what it recognised, and takes a correction
    expect(page.locator("#room-log")).to_contain_text("识别到")
    page.locator(".overrule summary").click()
    for box in page.locator(".overrule input[name=said]:not(:checked)").all():
        box.check()
    page.locator(".overrule button").click()
    expect(page.locator("#room-log")).to_contain_text("更正")
    run = page.url
    page.locator("form[action$='/hand-in'] button").click()
    page.locator("dialog[open] button[value=yes]").click()
    page.wait_for_url(re.compile("/result$"))
    return run


def by_keyboard(page: Page, levels: str, comment: str) -> None:
    """A level for each criterion; a low one leads to its comment by itself."""
    page.locator("fieldset.crit[data-weight] input").first.focus()
    for level in levels:
        page.keyboard.press(level)
        if level in "12":
            page.keyboard.type(comment)
            page.keyboard.press("Escape")
            page.evaluate("document.activeElement.blur()")


def test_two_blind_raters_a_third_and_an_appeal(
    browser: Browser, site: Site, persons: People
) -> None:
    agent, agent_no = (who := persons.add()).id, who.staff_no
    numbers = [persons.add(role).staff_no for role in ("trainer", "trainer", "quality", "quality")]
    drill = db.session.scalars(select(Drill).where(Drill.key.contains("late"))).first()
    assert drill is not None
    drill.raters_needed, drill_id = 2, drill.id
    criteria = len(drill.rubric.criteria)
    db.session.commit()
    db.session.remove()
    phone, desk = (Windows(browser, site, SIZES[name]) for name in ("phone", "desktop"))
    learner = phone.sign_in(agent_no, "zh_Hans")
    run = run_on_a_phone(learner, drill_id)
    sheet = run.replace("/drills/runs/", "/scoring/")

    # the first rater, by keyboard alone; left in the middle, the draft is kept
    first, second, third, fourth = (desk.sign_in(number) for number in numbers)
    first.goto(sheet)
    by_keyboard(first, "555", "")
    first.goto("/scoring")  # at once
    first.goto(sheet)
    expect(first.locator("[data-points]")).to_contain_text(f"3 / {criteria}")
    by_keyboard(first, "5" * criteria, "")
    first.keyboard.press("Control+Enter")
    first.wait_for_url(re.compile(r"/scoring$"))

    # the second sees nothing of it, by no address
    for address in (sheet, f"{run}/result", f"{sheet}/amend"):
        second.goto(address)
        expect(second.locator("body")).not_to_contain_text("100.00")
        expect(second.locator("body")).not_to_contain_text("Rater 1")
    second.goto(sheet)
    by_keyboard(second, "1" * criteria, "Nothing of it was done.")
    second.locator("[data-rubric] button.btn-primary").click()
    expect(second.locator("main")).to_contain_text("The raters are too far apart")
    learner.reload()
    expect(learner.locator("main")).not_to_contain_text("Nothing of it was done.")

    # a third decides with both before them; the learner appeals
    third.goto(sheet)
    expect(third.locator("main")).to_contain_text("Rater 1: 100.00")
    expect(third.locator("main")).to_contain_text("Rater 2: 0.00")
    by_keyboard(third, "2" * criteria, "Read line 2 again.")
    third.locator("[data-rubric] button.btn-primary").click()
    third.wait_for_url(re.compile(r"/scoring$"))
    learner.reload()
    expect(learner.locator("main")).to_contain_text("未通过")
    assert fits(learner)
    learner.locator("a[href*='/appeals/new/']").click()
    learner.fill("[name=reason]", "第二句我已经道歉，也给了时间。")
    learner.locator("main form button[type=submit]").click()
    expect(learner.locator("main")).to_contain_text("这次得分不计入")

    # who took part does not decide; a fourth does, and the learner has read it
    first.goto("/appeals")
    first.locator("main td.actions a").first.click()
    expect(first.locator("main")).to_contain_text("somebody else decides")
    assert fits(first)
    fourth.goto(first.url)
    fourth.fill("[name=reason]", "The reason was heard line by line.")
    fourth.get_by_role("button", name="Uphold the appeal").click()
    fourth.wait_for_url(re.compile(r"/scoring/\d+$"))
    by_keyboard(fourth, "4" * criteria, "")
    fourth.keyboard.press("Control+Enter")
    fourth.wait_for_url(re.compile(r"/scoring$"))
    learner.goto(f"{run}/result")
    expect(learner.locator("main")).to_contain_text("75")
    learner.locator("form[action$='/acknowledge'] button").click()
    expect(learner.locator("form[action$='/acknowledge']")).to_have_count(0)
    db.session.rollback()
    kept = db.session.scalars(select(DrillRun).where(DrillRun.person_id == agent)).one()
    assert (kept.score, kept.passed, len(kept.ratings)) == (7500, True, 4)
    for context in browser.contexts:
        context.close()
    assert not [one for one in phone.complaints + desk.complaints if "Failed to fetch" not in one]


def test_one_tap_a_criterion_on_a_tablet(browser: Browser, site: Site, persons: People) -> None:
    rater_no, agent_id = persons.add("trainer").staff_no, persons.add().id
    drill, now = kit.drill(site.clock.now()), site.clock.now()
    run = runs.start(db.session(), drill.id, agent_id, locale="en", now=now)
    runs.say(db.session(), run.id, agent_id, "At once", client_key="a", now=now)
    runs.hand_in(db.session(), run.id, agent_id, now=now)
    sheet = f"/scoring/{run.id}"
    db.session.commit()
    tablet = Windows(browser, site, (820, 1180))
    page = tablet.sign_in(rater_no)
    page.goto(sheet)
    # the conversation stands beside what is tapped, the whole of a level can be, and fits a finger
    said, levels = page.locator("#m2").bounding_box(), page.locator(".level")
    first = levels.first.bounding_box()
    assert said and first and said["x"] + said["width"] <= first["x"] and first["height"] >= 32
    page.get_by_text("Level 5").first.click()
    page.get_by_text("Level 4").last.click()
    expect(page.locator("[data-points]")).to_have_text("90.00")
    expect(page.locator("[data-draft]")).to_contain_text("Draft saved")
    assert fits(page)
    page.locator("[data-rubric] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/scoring$"))
    for context in browser.contexts:
        context.close()
    assert not tablet.complaints
