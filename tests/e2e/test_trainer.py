"""A trainer's case: written, published by a colleague, found, made into a drill, scored."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.cases.models import DrillRun
from lms.db import db
from tests.conftest import People
from tests.e2e.conftest import Windows, each, fits

pytestmark = pytest.mark.browser

TEXTS = {
    "title_zh": "净水器滤芯装反导致漏水",
    "title_en": "Water purifier leaks: the cartridge was fitted upside down",
    "scenario_zh": "客户换滤芯后漏水，担心地板受损。",
    "scenario_en": "The purifier leaks after a cartridge change; the floor is at risk.",
    "category_zh": "净水器",
    "category_en": "Purifiers",
    "tags_zh": "漏水，滤芯",
    "tags_en": "leak, cartridge",
    "result_zh": "十分钟内止漏，客户给了五星。",
    "result_en": "The leak stopped within ten minutes; five stars.",
    "lessons_zh": "- 先关水再排查",
    "lessons_en": "- Water off first, questions second",
    "dialogue-0-zh": "地板上全是水！",
    "dialogue-0-en": "There is water all over the floor!",
    "dialogue-1-zh": "请先关掉进水阀，我陪您一步一步来。",
    "dialogue-1-en": "Please close the inlet valve first; we will go step by step.",
    "handling-0-zh": "请客户关水",
    "handling-0-en": "Ask the customer to close the valve",
}


def write_case(page: Page) -> None:
    page.goto("/cases/new")
    for name, text in TEXTS.items():
        page.fill(f"[name={name}]", text)
    page.get_by_role("button", name="Save and send for review").click()
    expect(page.locator("main")).to_contain_text("Waiting for review")
    assert page.get_by_role("button", name="Publish").count() == 0


def find(page: Page, word: str) -> None:
    page.goto("/cases")
    page.locator("main [name=q], .topsearch [name=q]").first.fill(word)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(TEXTS["title_en"])


def test_from_a_case_to_a_scored_run(office: Windows, persons: People) -> None:
    writer_no, reviewer_no = persons.add("trainer").staff_no, persons.add("trainer").staff_no
    agent = persons.add()
    agent_no, agent_id = agent.staff_no, agent.id
    writer = office.sign_in(writer_no)
    write_case(writer)
    assert fits(writer)

    # a second trainer publishes it
    reviewer = office.sign_in(reviewer_no)
    reviewer.goto("/cases/desk")
    reviewer.get_by_role("link", name=re.compile("Water purifier")).first.click()
    reviewer.get_by_role("button", name="Publish").click()

    # everybody finds it, by two Chinese characters and by an English word
    learner = office.sign_in(agent_no)
    find(learner, "漏水")
    find(learner, "cartridge")
    assert fits(learner)

    # the writer makes a drill of it
    find(writer, "滤芯")
    writer.get_by_role("link", name=re.compile("Water purifier")).first.click()
    writer.get_by_role("link", name="Make a drill").first.click()
    writer.get_by_role("button", name="Save the drill").click()
    writer.wait_for_url(re.compile(r"/drills/\d+$"))
    drill = writer.url
    assert fits(writer)

    # the agent runs it, the reviewer scores it
    learner.goto(drill)
    learner.locator("main form button[type=submit]").first.click()
    learner.fill("[name=text]", "Please close the valve; I am with you.")
    learner.get_by_role("button", name="Send").click()
    expect(learner.locator("#room-log")).to_contain_text("I am with you")
    learner.get_by_role("button", name="Hand in").click()
    learner.locator("dialog[open] button.btn-primary, dialog[open] [value=ok]").first.click()
    learner.wait_for_url(re.compile("/result$"))
    reviewer.goto("/scoring")
    reviewer.locator("main .card-next a.btn-primary").first.click()
    for number, fieldset in enumerate(each(reviewer, "fieldset.crit[data-weight]")):
        fieldset.locator(f"input[type=radio][value='{5 if number else 2}']").check()
    reviewer.get_by_role("button", name="Submit the scoring").click()
    expect(reviewer.locator("main")).to_contain_text("this level needs a comment")
    reviewer.locator("fieldset.crit textarea").first.fill("Name the feeling before the fix.")
    reviewer.get_by_role("button", name="Submit the scoring").click()
    expect(reviewer.locator("main")).to_contain_text("Scored")
    learner.reload()
    expect(learner.locator("main")).to_contain_text("Name the feeling before the fix.")
    assert fits(learner)
    assert db.session.scalars(select(DrillRun.passed).where(DrillRun.person_id == agent_id)).one()
