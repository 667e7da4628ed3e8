"""The library in Chromium: doubles, what names customers, files in and out, and the search."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import People
from tests.e2e.conftest import Windows, fits
from tests.e2e.test_case_life import TEXTS, open_from_desk, wrote
from tests.results.files import workbook

pytestmark = pytest.mark.browser


def published(writer: Page, reviewer: Page, texts: dict[str, str]) -> str:
    """The address of a case that the one wrote and the other published."""
    writer.goto("/cases/new")
    wrote(writer, texts)
    writer.locator("#editor .save-bar button[value=review]").click()
    writer.wait_for_url(re.compile(r"/cases/draft/\d+$"))
    reviewer.goto(writer.url)
    reviewer.locator("button[value=publish]").click()
    reviewer.wait_for_url(re.compile(r"/cases/\d+$"))
    return reviewer.url


def test_a_double_is_suggested_while_it_is_written_and_merged(
    office: Windows, persons: People
) -> None:
    writer, reviewer = (
        office.sign_in(persons.add("trainer").staff_no, locale) for locale in ("zh_Hans", "en")
    )
    told = published(writer, reviewer, TEXTS)
    writer.goto("/cases/new")
    wrote(writer, {
        "title_zh": "电水壶不会自动断电",
        "scenario_zh": "客户说新买的电水壶烧开后不断电，担心着火，要求换货。",
    })  # fmt: skip
    writer.locator("[name=scenario_zh]").blur()
    expect(writer.locator("#similar")).to_contain_text(TEXTS["title_zh"])
    assert fits(writer)
    twice = {k: v.replace("customer", "buyer") for k, v in TEXTS.items()}
    second = published(writer, reviewer, twice | {"title_en": "Told twice", "title_zh": "重复的"})

    reviewer.goto(second)
    reviewer.get_by_role("link", name="Look after this case").click()
    reviewer.get_by_role("link", name="Find duplicates").click()
    assert fits(reviewer)
    reviewer.locator("li", has_text=TEXTS["title_en"]).get_by_role(
        "link", name="Compare and merge"
    ).click()
    expect(reviewer.locator(".compare")).to_contain_text("buyer")
    assert fits(reviewer)
    reviewer.get_by_role("radio", name=TEXTS["title_en"]).check()
    reviewer.get_by_role("button", name="Merge").click()
    writer.goto(second)  # an old link leads to the one that was kept
    writer.wait_for_url(re.compile(rf"{re.escape(told)}\b"))
    expect(writer.locator("main")).to_contain_text("您要查看的案例已并入本案例")
    writer.goto("/cases?q=电水壶")
    expect(writer.locator("#found .case-link")).to_have_count(1)


def test_what_names_a_customer_is_found_in_both_languages(office: Windows, persons: People) -> None:
    writer, reviewer = (
        office.sign_in(persons.add("trainer").staff_no, locale) for locale in ("zh_Hans", "en")
    )
    writer.goto("/cases/new")
    wrote(writer, TEXTS | {
        "dialogue-0-zh": "我是张伟，电话13812345678，住上海市浦东新区世纪大道100号",
        "dialogue-0-en": "I am Mr Robert Miller, order #A1234567, 12 Baker Street",
        "result_en": "Wrote to rob@example.com.",
    })  # fmt: skip
    send = writer.locator("#editor .save-bar button[value=review]")
    send.click()
    panel = writer.locator("#identities")
    for text in ("张伟", "13812345678", "浦东新区", "Miller", "A1234567", "Baker", "rob@"):
        expect(panel).to_contain_text(text)
    assert fits(writer)
    miller = panel.locator("li", has_text="Miller")
    miller.get_by_role("button", name="是虚构的").click()
    expect(panel.locator("li.is-done")).to_contain_text("Miller")
    panel.locator("li", has_text="13812345678").get_by_role("button", name="替换").click()
    expect(writer.locator("[name=dialogue-0-zh]")).to_have_value(re.compile(r"电话\[电话\]"))
    panel.get_by_role("button", name="全部替换").click()
    expect(panel.locator("li:not(.is-done)")).to_have_count(0)
    writer.locator("#editor .save-bar button[value=review]").click()
    writer.wait_for_url(re.compile(r"/cases/draft/\d+$"))

    open_from_desk(reviewer, TEXTS["title_en"])
    expect(reviewer.locator("#identities li.is-done")).to_contain_text("Miller")
    reviewer.locator("button[value=publish]").click()
    reviewer.wait_for_url(re.compile(r"/cases/\d+$"))
    expect(reviewer.locator("main")).to_contain_text("Miller")
    for gone in ("A1234567", "Baker", "rob@"):
        expect(reviewer.locator("main")).not_to_contain_text(gone)


def exported(page: Page) -> bytes:
    page.goto("/cases/desk")
    page.locator("summary", has_text="Files").click()
    with page.expect_download() as got:
        page.get_by_role("link", name="All published cases as Markdown").click()
    return Path(got.value.path()).read_bytes()


def sent(page: Page, name: str, body: bytes) -> None:
    page.goto("/cases/import")
    page.set_input_files("input[type=file]", {
        "name": name, "mimeType": "application/octet-stream", "buffer": body,
    })  # fmt: skip
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/cases/imports/\d+$"))


def test_a_folder_of_markdown_comes_back_to_the_byte(office: Windows, persons: People) -> None:
    writer, reviewer = (
        office.sign_in(persons.add("trainer").staff_no, locale) for locale in ("en", "zh_Hans")
    )
    first = exported(writer)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sent(writer, "cases.zip", first)
    expect(writer.locator("main")).to_contain_text("Every case of the file is here already.")

    name = next(name for name in sorted(files) if name.endswith(".md"))
    changed = files[name].replace(b"title: {zh: ", "title: {zh: 重讲".encode())
    changed = changed.replace(
        b"### English\n\n", b"### English\n\nTold anew, <b>1</b> & {{2}}: ", 1
    )
    assert changed.count(b"Told anew") == 1
    broken = b"---\nkey: broken\n---\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, body in {**files, name: changed, "cases/broken.md": broken}.items():
            archive.writestr(path, body)
    sent(writer, "cases.zip", packed.getvalue())
    expect(writer.locator("#refused")).to_contain_text("broken.md")
    assert fits(writer)
    writer.get_by_role("button", name="Make drafts").click()  # a refused one: nothing happens yet
    expect(writer.locator("main")).to_contain_text("Take the good cases")
    writer.locator("[name=accept_valid]").check()
    writer.get_by_role("button", name="Make drafts").click()
    writer.wait_for_url(re.compile(r"/cases/desk$"))
    writer.locator("main a[href*='/cases/draft/']").first.click()
    expect(writer.locator("main")).to_contain_text("Told anew, <b>1</b> & {{2}}: ")
    writer.get_by_role("button", name="Send for review").click()
    open_from_desk(reviewer, "重讲")
    reviewer.locator("button[value=publish]").click()
    reviewer.wait_for_url(re.compile(r"/cases/\d+$"))
    with zipfile.ZipFile(io.BytesIO(exported(writer))) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {**files, name: changed}


def test_cases_come_from_a_sheet(office: Windows, persons: People) -> None:
    page = office.sign_in(persons.add("trainer").staff_no)
    head = ["标题", "服务阶段", "渠道", "投诉级别", "案例类型", "情景", "对话", "处理过程"]
    said = "客户：鼓起来了！\n客服专员：请先停用。"
    rows = [
        ["充电宝鼓包", "售后", "在线", "一级投诉", "成功案例", "充电宝鼓包了。", said, "请停用"],
        ["另一个", "哪里", "在线", "非投诉", "失败案例", "无", said, "无"],
    ]  # with the words that stand on our pages
    sent(page, "cases.xlsx", workbook([head, *rows]))
    expect(page.locator("#refused tbody tr")).to_have_count(1)
    expect(page.locator("#refused")).to_contain_text("“哪里”")
    page.locator("[name=accept_valid]").check()
    page.get_by_role("button", name="Make drafts").click()
    page.wait_for_url(re.compile(r"/cases/desk$"))
    page.get_by_role("link", name="充电宝鼓包").click()
    expect(page.locator(".dialogue")).to_contain_text("请先停用")
    assert fits(page)


@pytest.mark.parametrize(
    ("locale", "title", "typed"),
    [
        (
            "zh_Hans",
            "凑双袜子再退就行",
            {"袜": "袜", "袜子": "袜子", "凑双袜子再退": "凑双袜子再退"},
        ),
        ("en", "Add some socks", {"s": "", "so": "so", "soc": "soc", "refund socks": "socks"}),
    ],
)
def test_searched_as_one_types(
    office: Windows, persons: People, locale: str, title: str, typed: dict[str, str]
) -> None:
    page = office.sign_in(persons.add().staff_no, locale)
    page.goto("/cases")
    everything = page.locator(".found-count").inner_text()
    for words, marked in typed.items():
        page.fill("#case-q", "")
        expect(page.locator(".found-count")).to_have_text(everything)
        page.locator("#case-q").press_sequentially(words)
        expect(page.locator(".found-count")).to_contain_text(words)
        if marked:
            expect(page.locator("#found")).to_contain_text(title)
            expect(page.locator("#found mark", has_text=marked).first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/cases\?q=."))  # to be sent on, or gone back to
    assert fits(page)


def test_found_and_filtered_by_keyboard_alone(office: Windows, persons: People) -> None:
    page = office.sign_in(persons.add().staff_no)
    page.goto("/cases")

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"no Tab leads to {selector}")

    tab_to("#case-q")
    page.keyboard.type("refund")
    expect(page.locator("#found .found-count")).to_contain_text("refund")
    count = int(page.locator(".found-count").inner_text().split()[0])
    tab_to("#found .facets summary")
    page.keyboard.press("Enter")
    tab_to(".menu-panel a.menu-item")
    chosen = page.locator(".menu-item:focus")
    said = int(chosen.locator("small").inner_text())
    assert 0 < said < count
    page.keyboard.press("Enter")
    expect(page.locator(".found-count")).to_contain_text(f"{said} case")
    tab_to("#found .case-link")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/\d+$"))
