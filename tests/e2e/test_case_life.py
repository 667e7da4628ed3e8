"""The life of a case, by mouse and keyboard: reviewed, published, changed, compared, archived."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import People
from tests.e2e.conftest import Windows, fits

pytestmark = pytest.mark.browser

TITLE = "A kettle that would not switch itself off"
TEXTS = {
    "title_zh": "不会自动断电的电水壶",
    "title_en": TITLE,
    "scenario_zh": "客户说新买的电水壶烧开后不断电，担心着火。",
    "scenario_en": "The new kettle boils on and on; the customer fears a fire.",
    "category_zh": "小家电",
    "category_en": "Small appliances",
    "tags_zh": "安全，电器",
    "tags_en": "safety, appliances",
    "result_zh": "当天换货，客户安心了。",
    "result_en": "Exchanged the same day; the customer is at ease.",
    "lessons_zh": "- 先说安全",
    "lessons_en": "- Safety comes first",
    "dialogue-0-zh": "水开了还在烧，会不会着火？",
    "dialogue-0-en": "It boils on and on. Will it catch fire?",
    "dialogue-1-zh": "请先拔掉插头。",
    "dialogue-1-en": "Have you read the manual?",
    "handling-0-zh": "请客户断电",
    "handling-0-en": "Had the customer unplug it",
}


def wrote(page: Page, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        page.fill(f"[name={name}]", text)


def open_from_desk(page: Page, title: str) -> None:
    page.goto("/cases/desk")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    assert fits(page)


def test_a_case_is_reviewed_published_changed_and_archived(
    office: Windows, persons: People
) -> None:
    writer_no, reviewer_no = persons.add("trainer").staff_no, persons.add("trainer").staff_no
    writer, reviewer = office.sign_in(writer_no), office.sign_in(reviewer_no, "zh_Hans")
    writer.goto("/cases/new")
    wrote(writer, TEXTS)
    writer.get_by_role("button", name="Save and send for review").click()
    expect(writer.locator("main")).to_contain_text("Waiting for review")

    # the reviewer comments on one line and asks for changes, in Chinese
    open_from_desk(reviewer, "不会自动断电的电水壶")
    line = reviewer.locator("#dialogue-1")
    line.locator("summary").click()
    line.locator("textarea").fill("先让客户拔插头，再问说明书。")
    line.locator("form button").click()
    expect(reviewer.locator("#dialogue-1 .remark")).to_contain_text("先让客户拔插头")
    reviewer.fill("[name=note]", "第二句请改。")
    reviewer.locator("button[value=changes]").click()
    expect(reviewer.locator("main")).to_contain_text("第二句请改。")
    assert fits(reviewer)

    # the writer finds the comment beside the line, changes it and sends it again
    open_from_desk(writer, TITLE)
    expect(writer.locator("#dialogue-1 .remark")).to_contain_text("先让客户拔插头")
    writer.get_by_role("link", name="Go on writing").click()
    expect(writer.locator(".builder-row", has_text="先让客户拔插头")).to_have_count(1)
    writer.fill("[name=dialogue-1-en]", "Please pull the plug first.")
    writer.get_by_role("button", name="Save and send for review").click()
    expect(writer.locator("#dialogue-1 .remark-was")).to_contain_text("请先拔掉插头")
    writer.locator("#dialogue-1 summary", has_text="Answer").click()
    writer.locator("#dialogue-1 [name=text]").first.fill("Done so.")
    writer.locator("#dialogue-1 button[value=done]").click()
    expect(writer.locator("#dialogue-1 .remark.is-done")).to_contain_text("Done so.")

    open_from_desk(reviewer, "不会自动断电的电水壶")
    reviewer.locator("button[value=publish]").click()
    reviewer.wait_for_url(re.compile(r"/cases/\d+$"))
    case = reviewer.url

    # a staged edit: readers keep the old text until the second version is published
    writer.goto(case)
    writer.get_by_role("button", name="New draft").click()
    writer.fill("[name=result_en]", "Exchanged within three hours, with a call the next day.")
    writer.get_by_role("button", name="Save and send for review").click()
    expect(writer.locator("main")).to_contain_text("Waiting for review")
    reviewer.goto(case)
    expect(reviewer.locator("main")).to_contain_text("当天换货")
    open_from_desk(reviewer, "不会自动断电的电水壶")
    reviewer.locator("main form a[href*='/compare']").click()
    expect(reviewer.locator(".compare ins", has_text="three")).to_be_visible()
    reviewer.go_back()
    reviewer.locator("input[name=is_major][value='1']").check()
    reviewer.fill("[name=change]", "换货时限改为三小时")
    reviewer.locator("button[value=publish]").click()
    reviewer.wait_for_url(re.compile(r"/cases/\d+$"))

    # both versions side by side
    writer.goto(case)
    expect(writer.locator("main")).to_contain_text("three hours")
    writer.get_by_role("link", name="Compare").first.click()
    expect(writer.get_by_role("heading", level=1)).to_contain_text("Version 1 and version 2")
    expect(writer.locator(".compare del", has_text="same")).to_be_visible()
    expect(writer.locator(".compare ins", has_text="three")).to_be_visible()
    assert fits(writer)

    # archived: gone from the library, still there by its address
    writer.goto(case)
    writer.get_by_role("link", name="Look after this case").click()
    writer.fill("[name=reason]", "The kettle is not sold any more.")
    writer.get_by_role("button", name="Archive").click()
    writer.goto("/cases?q=kettle")
    expect(writer.locator("#found")).not_to_contain_text(TITLE)
    reviewer.goto(case)
    expect(reviewer.locator("main")).to_contain_text("The kettle is not sold any more.")
    assert fits(reviewer)
