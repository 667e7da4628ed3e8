"""Picking questions without a mouse: after each press focus goes on from where it was."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import People
from tests.e2e.conftest import Windows

pytestmark = pytest.mark.browser


def tab_to(page: Page, name: str) -> str:
    """Presses Tab until something of this name has focus; its whole name."""
    for _ in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const e = document.activeElement; "
            "return (e.getAttribute('aria-label') ?? e.innerText ?? '').trim() }"
        )
        if found.startswith(name):
            return str(found)
    raise AssertionError(f"Tab does not come to {name}")


def is_seen(page: Page) -> bool:
    """What has focus shows it, and lies beneath nothing that sticks."""
    page.wait_for_timeout(600)  # smooth scrolling
    return bool(
        page.evaluate(
            "() => { const e = document.activeElement, r = e.getBoundingClientRect();"
            " const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);"
            " return getComputedStyle(e).outlineStyle !== 'none' && e.contains(top) }"
        )
    )


def test_questions_are_picked_by_keyboard(office: Windows, persons: People) -> None:
    page = office.sign_in(persons.add("trainer").staff_no)
    page.goto("/exams/handbook-practice/sections/1")
    for added in range(1, 4):
        tab_to(page, "Add: ")
        assert is_seen(page)
        page.keyboard.press("Enter")
        expect(page.locator(".exam-picked li")).to_have_count(added)
        expect(page.locator("summary:focus")).to_have_count(1)
    page.locator("#picked-title").focus()
    first = tab_to(page, "Move down: ").removeprefix("Move down: ")
    places = page.locator(".exam-picked li")
    for at, direction in ((1, "down"), (2, "up")):  # at the end it cannot go further down
        page.keyboard.press("Enter")
        expect(places.nth(at).locator(f"button[id^={direction}-]")).to_be_focused()
    assert is_seen(page)
    tab_to(page, f"Take out: {first}")
    page.keyboard.press("Enter")
    expect(places).to_have_count(2)
    expect(places.nth(1).locator("button[id^=out-]")).to_be_focused()
