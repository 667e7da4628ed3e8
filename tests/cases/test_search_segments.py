"""The index is many parts that come, go and are put together: what is found stays the same."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms.cases import publishing, search
from lms.cases.models import CaseVersion
from lms.cases.search import Search, looking, moving, segments, windows
from lms.cases.search.tokens import Token
from lms.cli.site import upgrade_database
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.errors import Conflict
from lms.plugins import migrations
from lms.plugins.manager import plugins
from tests.cases import kit
from tests.conftest import People

WORDS = ["parcel", "delay", "refund", "refuse", "plan", "planet", "包裹", "延误", "裹延", "退款"]


class Shelf:
    """Cases as they are published, and what a reader of all of them would find."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock, self.chance = clock, random.Random(5)
        self.cases: list[CaseVersion] = []  # the newest last

    def _content(self) -> dict[str, object]:
        def text(size: int) -> str:
            return " ".join(self.chance.choices(WORDS, k=size))

        return {
            "title": Localized(text(1), text(1)),
            "tags": {"zh": [text(1)], "en": [text(1)]},
            "category": Localized(),
            "scenario": Localized(text(3), text(2)),
            "stage": self.chance.choice(["complaint", "in_sales"]),
        }

    def publish(self, **other: object) -> None:
        self.cases.append(kit.published_case(self.clock.now(), **self._content() | other))

    def next_version(self) -> None:
        old = self.cases.pop(self.chance.randrange(len(self.cases)))
        now = self.clock.now()
        new = CaseVersion(case_id=old.case_id, number=old.number + 1, state="draft", created_at=now)
        kit.some_content(**self._content()).write_to(new)
        db.session.add(new)
        publishing.make_public(db.session(), new, now)
        self.cases.append(new)

    def forget(self) -> None:
        gone = self.cases.pop(self.chance.randrange(len(self.cases)))
        gone.state = "archived"
        search.forget(db.session(), [gone.case_id])

    def expected(self, text: str, stage: str) -> list[int]:
        """By the plainest of means: title, then tags, then anywhere; the newest first."""

        def stands(where: list[str]) -> bool:
            joined = " ".join(where)
            return all(
                word in joined if not word.isascii() else f" {word}" in f" {joined}"
                for word in text.split()
            )

        found = [(v, *_texts(v)) for v in reversed(self.cases) if not stage or v.stage == stage]
        ranked = [
            (0 if stands(title) else 1 if stands([*title, *tags]) else 2, v.id)
            for v, title, tags, rest in found
            if stands([*title, *tags, *rest])
        ]
        return [version_id for _, version_id in sorted(ranked, key=lambda one: one[0])]

    def check(self) -> None:
        for text in (*WORDS, "包", "误", "pl", "ref", "refu", "parcel 延误", "plan refund", "x"):
            for stage in ("", "complaint"):
                found = search.find(db.session(), Search(text, stage=stage), "en")
                expected = self.expected(text, stage)
                assert [v.id for v in found.versions] == expected[: search.PAGE_SIZE], text
                assert found.total == len(expected)
                assert sum(found.counts["outcome"].values()) == len(expected)


def _texts(version: CaseVersion) -> tuple[list[str], list[str], list[str]]:
    tags = [tag for side in version.tags.values() for tag in side]
    lines = [line[side] for line in (*version.dialogue, *version.handling) for side in ("zh", "en")]
    parts = (version.scenario, version.result, version.lessons)
    rest = [side for part in parts for side in (part.zh, part.en)]
    return [version.title.zh, version.title.en], tags, [*rest, *lines]


def test_finds_the_same_however_the_index_came_to_be(
    both_apps: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MOST_CASES", 16)
    monkeypatch.setattr(windows, "_FIRST_LOOK", 5)
    shelf, session = Shelf(clock), db.session()
    for number in range(60):
        shelf.publish()
        if number % 4 == 3:
            shelf.next_version()
        if number % 6 == 5:
            shelf.forget()
        if number % 20 == 19:
            shelf.check()
    many = len(segments.listed(session))
    segments.tidy_daily(session)
    assert len(segments.listed(session)) < many
    shelf.check()
    assert search.rebuild(session, clock.now()) == len(shelf.cases)
    assert len(segments.listed(session)) == -(-len(shelf.cases) // 16)
    shelf.check()
    for _ in range(len(shelf.cases)):
        shelf.forget()
    shelf.check()
    assert segments.listed(session) == []


def test_a_used_case_among_segments(
    both_apps: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MOST_CASES", 4)
    monkeypatch.setattr(windows, "_FIRST_LOOK", 1)
    made = [kit.published_case(clock.now(), title=Localized("", f"Same {n}")) for n in range(12)]
    used, person = kit.drill(clock.now(), key="used"), People(clock.now()).add()
    used.case_version_id = made[2].id
    for n in range(5):
        kit.run(used, person.id, clock.now()).submitted_at = clock.now() - timedelta(days=n)
    db.session.flush()
    assert moving.settle(db.session(), clock.now()) == 1

    def found() -> list[int]:
        versions = search.find(db.session(), Search("same"), "en").versions
        return [made.index(db.session.get_one(CaseVersion, v.id)) for v in versions]

    expected = [2, 11, 10, 9, 8, 7, 6, 5, 4, 3, 1, 0]
    assert found() == expected
    search.rebuild(db.session(), clock.now())
    assert found() == expected
    segments.tidy(db.session(), (2, 16))
    assert found() == expected


def test_a_beginning_of_very_many_words(both_apps: Flask, clock: SettableClock) -> None:
    words = [f"inter{n:03}" for n in range(90)]
    for n in range(0, 90, 30):
        kit.published_case(
            clock.now(), title=Localized("", f"Case {n}"),
            scenario=Localized("", " ".join(words[n : n + 30])),
        )  # fmt: skip
    kit.published_case(clock.now(), title=Localized("", "Other"), scenario=Localized("", "inte"))

    def titles(text: str) -> list[str]:
        return [v.title.en for v in search.find(db.session(), Search(text), "en").versions]

    assert titles("inter") == ["Case 60", "Case 30", "Case 0"]
    assert titles("inter03") == ["Case 30"]
    assert titles("interx") == []


def test_an_upgrade_indexes_what_is_published(both_apps: Flask, clock: SettableClock) -> None:
    kit.published_case(clock.now(), title=Localized("包裹迟到", "Parcel late"))
    db.session.commit()
    db.session.remove()
    core = next(h for h in migrations.histories(plugins()) if h.table_prefix is None)
    migrations.downgrade(core, "0039")
    upgrade_database()
    found = search.find(db.session(), Search("迟到"), "en")
    assert [v.title.en for v in found.versions] == ["Parcel late"]


def test_segments_put_together_meanwhile_are_missed(both_apps: Flask, clock: SettableClock) -> None:
    for _ in range(3):
        kit.published_case(clock.now(), title=Localized("", "Parcel"))
    session, wanted = db.session(), [Token("parcel")]
    before = segments.listed(session)
    assert len(looking.look_up(session.connection(), before, wanted)) == 3
    segments.tidy(session, (2, 8))
    for one in (wanted, [Token("parc", is_open=True)]):
        with pytest.raises(segments.Gone):
            looking.look_up(session.connection(), before, one)
        assert len(looking.look_up(session.connection(), segments.listed(session), one)) == 1


def test_what_a_process_keeps_is_that_of_the_index(both_apps: Flask, clock: SettableClock) -> None:
    def titles(**asked: str) -> list[str]:
        versions = search.find(db.session(), Search(**asked), "en").versions  # type: ignore[arg-type]
        return [v.title.en for v in versions]

    def publish(title: str) -> CaseVersion:
        return kit.published_case(clock.now(), title=Localized("", title))

    first = publish("Parcel one")
    db.session.commit()
    assert titles(text="parcel") == ["Parcel one"]
    # What is undone was seen by whoever did it: what comes after it is not taken for the same.
    publish("Parcel undone")
    assert titles() == ["Parcel undone", "Parcel one"]
    db.session.rollback()
    publish("Parcel two")
    db.session.commit()
    for asked in ({}, {"text": "parcel"}, {"stage": first.stage}):
        assert titles(**asked) == ["Parcel two", "Parcel one"]
    search.forget(db.session(), [first.case_id])
    for asked in ({}, {"text": "parcel"}, {"stage": first.stage}):
        assert titles(**asked) == ["Parcel two"]


def test_people_work_on_while_the_index_is_made_anew(
    both_apps: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MOST_CASES", 8)
    shelf, session = Shelf(clock), db.session()
    for _ in range(40):
        shelf.publish()
    session.commit()
    done: list[int] = []

    def work(more: int) -> None:
        with db.engine.begin() as other:  # nothing is locked
            other.execute(sa.text("UPDATE case_search_total SET cases = cases + 1"))
        shelf.publish(title=Localized("", f"zebra{len(done)}"))
        for _ in range(2):
            shelf.next_version()
        shelf.forget()
        session.commit()
        shelf.check()
        session.rollback()
        done.append(more)

    assert search.rebuild(session, clock.now(), work) == sum(done) == 40
    assert len(done) == 5
    shelf.check()
    titles = {v.title.en for v in search.find(session, Search("zebr"), "en").versions}
    assert titles == {v.title.en for v in shelf.cases if v.title.en.startswith("zebra")} != set()
    kept = session.execute(sa.text("SELECT count(*) FROM case_search_entry")).scalar_one()
    assert kept == len(shelf.cases) == search.find(session, Search(), "en").total
    assert all(any(segments.living(one)) for one in segments.listed(session))


def test_an_index_that_was_not_made_to_the_end(
    both_apps: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MOST_CASES", 4)
    shelf, session = Shelf(clock), db.session()
    for _ in range(10):
        shelf.publish()
    session.commit()

    def begin_too(more: int) -> None:
        assert search.rebuild(session, clock.now()) == 10

    with pytest.raises(Conflict):
        search.rebuild(session, clock.now(), begin_too)
    session.rollback()
    shelf.check()
    assert search.complete(session, clock.now()) == 0  # the other one was made to the end
    for table in ("entry", "segment"):
        session.execute(sa.text(f"DELETE FROM case_search_{table}"))

    def stop(more: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search.rebuild(session, clock.now(), stop)
    session.rollback()
    assert 0 < search.find(session, Search("parcel"), "en").total < 10
    assert search.complete(session, clock.now()) == 10
    shelf.check()
    assert search.complete(session, clock.now()) == 0
