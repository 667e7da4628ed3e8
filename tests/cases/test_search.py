"""Search finds the same on both databases, and no query can break it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms.cases import publishing, search, usage
from lms.cases.models import CaseState, CaseVersion
from lms.cases.search import Search, asking, moving
from lms.cases.words import Highlighter, Word, index_words, query_words
from lms.clock import SettableClock
from lms.db import Localized, db
from tests.cases import kit
from tests.conftest import People


def titles(**asked: str | int) -> list[str]:
    text = str(asked.pop("text", ""))
    found = search.find(db.session(), Search(text, **asked), "en")  # type: ignore[arg-type]
    return [version.title.en for version in found.versions]


@pytest.fixture
def shelf(both_apps: Flask, clock: SettableClock) -> Flask:
    now = clock.now()
    kit.published_case(now, title=Localized("包裹迟到", "Parcel late"))
    kit.published_case(
        now + timedelta(hours=1),
        title=Localized("电饭锅", "Rice cooker"),
        tags={"zh": ["包裹"], "en": ["parcel"]},
        stage="complaint",
        complaint_level=3,
    )
    kit.published_case(
        now + timedelta(hours=2),
        title=Localized("手机套餐 5G", "5G phone plans"),
        tags={"zh": ["资费"], "en": ["price"]},
        scenario=Localized("顺便问包裹", "Asked about a parcel too, Wi-Fi's off"),
        stage="pre_sales",
        complaint_level=0,
        channel="phone",
        outcome="failure",
    )
    db.session.commit()
    return both_apps


def test_words() -> None:
    assert index_words(["包裹到了 Wi-Fi ５Ｇ"]) == sorted(
        ["包", "裹", "到", "了", "包裹", "裹到", "到了", "wi", "fi", "5g"]
    )
    # Text of ASCII alone goes another way.
    assert index_words(["It's a_B", "C3-PO,x"]) == ["a", "b", "c3", "it", "po", "s", "x"]
    assert index_words(["It's a_B，C3-PO,x"]) == ["a", "b", "c3", "it", "po", "s", "x"]
    assert query_words("包") == [Word(("包",), False)]
    assert query_words("包裹到") == [Word(("包裹",), False), Word(("裹到",), False)]
    assert query_words("Parcels parties") == [
        Word(("parcel",), True),
        Word(("partie", "party"), True),
    ]
    assert query_words('"*:^(){}[]~|&! 🙂') == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("包裹", ["Parcel late", "Rice cooker", "5G phone plans"]),  # title, tags, text
        ("parcel", ["Parcel late", "Rice cooker", "5G phone plans"]),
        ("PARCELS", ["Parcel late", "Rice cooker", "5G phone plans"]),
        ("parc", ["Parcel late", "Rice cooker", "5G phone plans"]),
        ("锅", ["Rice cooker"]),
        ("饭锅", ["Rice cooker"]),
        ("锅饭", []),
        ("５Ｇ 套餐", ["5G phone plans"]),
        ("wi-fi", ["5G phone plans"]),
        ("包裹 plan", ["5G phone plans"]),
        ("物流", ["5G phone plans", "Rice cooker", "Parcel late"]),  # category: as good as a tag
        ("", ["5G phone plans", "Rice cooker", "Parcel late"]),
        ("arcel", []),
        ("pa", ["Parcel late", "Rice cooker", "5G phone plans"]),  # as it is typed
        ("par", ["Parcel late", "Rice cooker", "5G phone plans"]),
        ("phon plan", ["5G phone plans"]),
        ("parcelx", []),
        ("到包", []),
    ],
)
def test_finds(shelf: Flask, text: str, expected: list[str]) -> None:
    assert titles(text=text) == expected


HOSTILE = [
    '"',
    "'",
    '"a',
    "a'b",
    "a AND",
    "NOT",
    "NEAR(a b)",
    "title:parcel",
    "parcel*",
    "*",
    "-parcel",
    "(",
    ")",
    "{title}",
    "a & | ! <-> b",
    "\\",
    ":*",
    "🙂",
    "😀包裹",
    "\x00",
    "%",
    "_",
    "；",
    "x" * 10_000,
    "包" * 10_000,
    "包 " * 5_000,
    "a" + "\u0301",
    "\u202e",
    "أهلا",
    "ß",
    "İ",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_breaks(app: Flask, clock: SettableClock, text: str) -> None:
    _ask_and_mark(text, clock)


def test_no_query_breaks_postgres(postgres_app: Flask, clock: SettableClock) -> None:
    for text in HOSTILE:
        _ask_and_mark(text, clock)


def _ask_and_mark(text: str, clock: SettableClock) -> None:
    search.find(db.session(), Search(text, tag="延误", stage="'"), "zh")
    Highlighter(text).mark("parcel 包裹 <b>")


def test_what_is_used_comes_first_and_the_newest_among_equals(
    both_apps: Flask, clock: SettableClock
) -> None:
    made = [kit.published_case(clock.now(), title=Localized("同样", f"Same {n}")) for n in range(3)]
    kit.published_case(
        clock.now(), title=Localized("别的", "Other"), tags={"zh": [], "en": ["same"]}
    )
    used = kit.drill(clock.now(), key="used")
    used.case_version_id = made[0].id
    person = People(clock.now()).add()
    for n in range(5):
        run = kit.run(used, person.id, clock.now())
        run.submitted_at = clock.now() - timedelta(days=n)
    db.session.flush()
    newest_first = ["Same 2", "Same 1", "Same 0", "Other"]
    assert titles(text="same") == newest_first
    assert moving.settle(db.session(), clock.now()) == 1
    assert titles(text="same") == ["Same 0", "Same 2", "Same 1", "Other"]
    assert titles(text="same", page=2) == titles(text="same")
    # A next version keeps the place of the case; after a year without a run it loses it.
    draft = CaseVersion(case_id=made[0].case_id, number=2, state="draft", created_at=clock.now())
    kit.some_content(title=Localized("同样", "Same 0 again")).write_to(draft)
    db.session.add(draft)
    publishing.make_public(db.session(), draft, clock.now())
    assert titles(text="same")[0] == "Same 0 again"
    assert moving.settle(db.session(), clock.now()) == 0
    assert search.rebuild(db.session(), clock.now()) == 5
    assert titles(text="same") == ["Same 0 again", "Same 2", "Same 1", "Other"]
    assert moving.settle(db.session(), clock.now() + usage.YEAR) == 1
    assert titles(text="same")[-2:] == ["Same 1", "Other"]


def test_many_results_are_counted_up_to_a_number(
    both_apps: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST", 4)
    monkeypatch.setattr(asking, "PAGE_SIZE", 2)
    for n in range(6):
        stage = "complaint" if n < 2 else "in_sales"
        kit.published_case(clock.now(), title=Localized("", f"Case {n}"), stage=stage)
    found = search.find(db.session(), Search("case", page=9), "en")
    assert (found.total, found.has_more, found.page, found.pages) == (4, True, 2, 2)
    assert found.counts["stage"] == {"in_sales": 4} and "stage" in found.partial
    few = search.find(db.session(), Search("case", stage="complaint"), "en")
    assert (few.total, few.has_more, few.is_cut) == (2, False, False)
    assert few.partial == {"stage"} and few.counts["outcome"] == {"success": 2}
    # While nothing is typed, every count is kept and exact.
    every = search.find(db.session(), Search(), "en")
    assert (every.total, every.pages, every.is_cut) == (6, 2, True)
    assert every.counts["stage"] == {"in_sales": 4, "complaint": 2}
    assert every.tags == [("delay", 6)]
    search.forget(db.session(), [every.versions[0].case_id])
    rest = search.find(db.session(), Search(), "en")
    assert (rest.total, rest.tags) == (5, [("delay", 5)])
    assert titles(text="case", page=1) == ["Case 4", "Case 3"]


def test_signs_alone_find_nothing(shelf: Flask) -> None:
    found = search.find(db.session(), Search("🙂 !"), "en")
    assert (found.total, found.searchable) == (0, False)


def test_facets(shelf: Flask) -> None:
    found = search.find(db.session(), Search("包裹", stage="complaint"), "en")
    assert found.total == 1
    # A facet's own counts say what choosing another value of it would give.
    assert found.counts["stage"] == {"after_sales": 1, "complaint": 1, "pre_sales": 1}
    assert found.counts["complaint_level"] == {"3": 1}
    assert found.tags == [("parcel", 1)]
    assert titles(tag="parcel") == ["Rice cooker"]
    assert titles(complaint_level="0", outcome="failure", channel="phone") == ["5G phone plans"]
    assert titles(complaint_level="x") == []


def test_pages(both_apps: Flask, clock: SettableClock) -> None:
    for number in range(23):
        kit.published_case(clock.now(), title=Localized("", f"Case {number:02d}"))
    assert titles()[0] == "Case 22"
    assert titles(page=2) == ["Case 02", "Case 01", "Case 00"]
    assert titles(page=99) == titles(page=2)
    assert titles(page=-1) == titles()


def test_only_the_published_version_is_found(both_apps: Flask, clock: SettableClock) -> None:
    old = kit.published_case(clock.now(), title=Localized("旧标题", "Old title"))
    new = CaseVersion(case_id=old.case_id, number=2, state=CaseState.DRAFT, created_at=clock.now())
    kit.some_content(title=Localized("新标题", "New title")).write_to(new)
    db.session.add(new)
    db.session.flush()
    assert titles(text="new title") == []
    publishing.make_public(db.session(), new, clock.now())
    assert titles(text="新标") == ["New title"]
    assert titles(text="旧标") == []


def test_a_failed_publication_leaves_no_trace(both_apps: Flask, clock: SettableClock) -> None:
    kit.published_case(clock.now())
    db.session.rollback()
    assert titles(text="包裹") == []
    assert db.session.execute(sa.text("SELECT count(*) FROM case_search_entry")).scalar() == 0


def test_highlights_are_escaped() -> None:
    marker = Highlighter("包裹 late <b>")
    assert marker.mark("<b>包裹 Lateness</b> plate") == (
        "&lt;<mark>b</mark>&gt;<mark>包裹</mark> <mark>Lateness</mark>&lt;/<mark>b</mark>&gt; plate"
    )
    assert marker.snippet(["nothing", "x" * 300 + " late " + "y" * 300]).count("<mark>") == 1
    assert Highlighter("🙂").snippet(["🙂"]) is None
    assert Highlighter("late").mark("\x03<\x02late") == "&lt;<mark>late</mark>"
