"""A long form is not left with something typed in it before one has been asked."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.conftest import People
from tests.e2e.conftest import Windows

pytestmark = pytest.mark.browser


def is_asked_by_the_browser(page: Page) -> bool:
    """Whether a reload asks; it stays on the page either way."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(700)
    page.remove_listener("dialog", stay)
    return asked == ["beforeunload"]


def test_a_case_is_not_left_unsaved_unasked(office: Windows, persons: People) -> None:
    writer = office.sign_in(persons.add("trainer").staff_no)
    writer.goto("/cases/new")
    away = writer.locator("main .back-link")
    assert not is_asked_by_the_browser(writer)  # nothing typed yet
    writer.fill("[name=title_en]", "A kettle that hums")
    assert is_asked_by_the_browser(writer)

    # a link asks in our words; staying keeps what was typed
    away.click()
    expect(writer.locator("dialog[open]")).to_contain_text("not saved yet")
    writer.click("dialog[open] button[value=no]")
    expect(writer.locator("[name=title_en]")).to_have_value("A kettle that hums")

    # a line added in place, and a save that was refused, are not stored either
    writer.get_by_role("button", name="Add a line").click()
    expect(writer.locator("[name=dialogue-2-en]")).to_be_visible()
    assert is_asked_by_the_browser(writer)
    writer.fill("[name=title_en]", "")
    writer.get_by_role("button", name="Save and send for review").click()
    expect(writer.locator("[name=title_zh]")).to_be_focused()  # the first field that is wrong
    away.click()
    expect(writer.locator("dialog[open]")).to_contain_text("not saved yet")
    writer.click("dialog[open] button[value=no]")

    # what is saved is left as any page
    writer.fill("[name=title_en]", "A kettle that hums")
    writer.locator(".save-bar button[value=save]").click()
    expect(writer.locator("main")).to_contain_text("Draft saved.")
    assert not is_asked_by_the_browser(writer)
    writer.fill("[name=title_en]", "A kettle that sings")
    writer.locator("main .back-link").click()
    writer.click("dialog[open] button[value=yes]")
    expect(writer.get_by_role("heading", level=1)).to_have_text("A kettle that hums")
