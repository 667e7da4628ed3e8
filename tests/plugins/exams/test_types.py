"""The types of question: what they accept, and a sitting of all of them."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms.content_yaml import as_yaml
from lms.db import Localized, db
from lms.errors import DomainError
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.dumping import current_versions, entry_of_version
from lms.plugins.exams.types import FULL, KINDS, Sent, Shape, Wrong
from tests.conftest import NOW
from tests.plugins.exams.conftest import World
from tests.plugins.exams.written_kit import (
    BLANK,
    CASE,
    ENTRIES,
    MATCHING,
    ORDERING,
    SECRETS,
    SHORT,
    responses,
    right_form,
    with_types,
)

FETCH = {"X-Requested-With": "fetch", "HX-Request": "true"}


@pytest.mark.parametrize(
    ("given", "share"),
    [
        (["73", "zebra day"], 10000),
        (["７２．５", "ＺＥＢＲＡ　ＤＡＹ。"], 10000),
        (["+73.50", "斑马日"], 10000),
        (["72.49", "zebra day"], 5000),
        (["73 s", "斑马 日"], 5000),
        (["", "斑马"], 0),
        (None, 0),
    ],
)
def test_gaps(given: list[str] | None, share: int) -> None:
    kind = KINDS["blank"]
    assert kind.share(given, kind.wording(BLANK)) == share


@pytest.mark.parametrize(
    ("text", "number", "fits"),
    [("1,000", 1000, True), ("1,00", 100, False), (".5", 0.5, True), ("−3", -3, True),
     ("0.30", 0.3, True), ("NaN", 1, False), ("1e3", 1000, False), ("三", 3, False)],
)  # fmt: skip
def test_numbers_are_compared_as_written(text: str, number: float, fits: bool) -> None:
    kind = KINDS["blank"]
    wording = kind.wording({"stem": {"en": "How many?"}, "gaps": [{"number": number}]})
    assert (kind.share([text], wording) == FULL) is fits


@pytest.mark.parametrize(
    ("given", "share"),
    [([0, 1], 10000), ([0, 2], 5000), ([1, 0], 0), ([None, 1], 5000), (None, 0)],
)
def test_pairs(given: list[int | None] | None, share: int) -> None:
    kind = KINDS["matching"]
    assert kind.share(given, kind.wording(MATCHING)) == share


@pytest.mark.parametrize(
    ("places", "share"),
    [
        ([0, 1, 2, 3], 10000),
        ([3, 0, 1, 2], 6667),  # the first put last: all others still follow one another
        ([1, 0, 3, 2], 0),
        ([0, 1, 1, None], 0),
        ([0, 1, None, None], 3333),
        (None, 0),
    ],
)
def test_order_is_marked_by_neighbours(places: list[int | None] | None, share: int) -> None:
    kind = KINDS["ordering"]
    assert kind.share(places, kind.wording(ORDERING)) == share


def test_words_wait_for_a_person_unless_there_are_none() -> None:
    for entry in (SHORT, CASE):
        kind = KINDS[str(entry["type"])]
        wording = kind.wording(entry)
        assert kind.share(["something"], wording) is None
        assert kind.share(None, wording) == 0


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({**BLANK, "gaps": []}, "gaps"),
        ({**BLANK, "gaps": [{"accept": ["x"]}]}, "gaps"),  # two gaps in the stem
        ({**BLANK, "gaps": [{"accept": [" "]}, {"accept": ["x"]}]}, "gaps"),
        ({**BLANK, "gaps": [{"number": True}, {"accept": ["x"]}]}, "gaps"),
        ({**BLANK, "gaps": [{"number": 1, "tolerance": -1}, {"accept": ["x"]}]}, "gaps"),
        ({**BLANK, "gaps": [{"number": float("nan")}, {"accept": ["x"]}]}, "gaps"),
        ({**MATCHING, "pairs": MATCHING["pairs"][:1]}, "pairs"),
        ({**MATCHING, "others": "x"}, "others"),
        ({**ORDERING, "options": ORDERING["options"][:2]}, "options"),
        ({**SHORT, "reference": ["x"]}, "reference"),
        ({**CASE, "criteria": []}, "criteria"),
        ({**CASE, "criteria": [{"title": {"en": "x"}, "points": 0}]}, "criteria"),
    ],
)
def test_what_an_entry_lacks(entry: dict[str, Any], field: str) -> None:
    with pytest.raises(Wrong) as wrong:
        KINDS[entry["type"]].wording(entry)
    assert wrong.value.field == field


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("matching", Sent(pieces={0: "9"})),
        ("matching", Sent(pieces={0: "x"})),
        ("ordering", Sent(pieces={0: "4"})),
        ("short_answer", Sent(("x" * 10_001,))),
    ],
)
def test_what_no_page_sends_is_refused(kind: str, sent: Sent) -> None:
    with pytest.raises(DomainError):
        KINDS[kind].read(sent, Shape([2, 0, 1, 3], ["a", "b"]))


def test_content_comes_out_as_it_went_in(both_worlds: World) -> None:
    with_types(both_worlds)
    versions = current_versions(db.session(), both_worlds.exam.bank_id)
    for entry, version in zip(ENTRIES, versions, strict=True):
        dumped = entry_of_version(version)
        assert as_yaml(dumped) == as_yaml({name: entry[name] for name in dumped})
        assert dumped.keys() == entry.keys()
    again = {"bank": "written", "title": {"en": "Written"}, "questions": ENTRIES}
    assert load_bank(db.session(), again, "written.yaml", NOW) == 0
    reworded = [{**e, "stem": {"zh": Localized.of(e["stem"]).zh + "！"}} for e in ENTRIES[1:]]
    assert load_bank(db.session(), {**again, "questions": reworded}, "w.yaml", NOW) == 4


def _send(client: FlaskClient, attempt_id: int, form: dict[str, str]) -> Any:
    db.session.rollback()
    return client.post(f"/exams/attempts/{attempt_id}/answers", data=form, headers=FETCH)


def test_sitting_all_types(both_worlds: World) -> None:
    world = with_types(both_worlds)
    client = world.client()
    attempt = world.start(client)
    base = f"/exams/attempts/{attempt.id}"
    for kind, response in responses(attempt).items():
        form = right_form(response, kind)
        assert _send(client, attempt.id, form).json["older"] == []
        # Answered on every page that asks again, and marked as such on the map.
        page = client.get(f"{base}?q={response.position}").text
        assert re.search(rf'exam-dot is-answered"[^>]*value="{response.position}"', page), kind
    db.session.rollback()
    kept = responses(attempt)
    assert kept["blank"].answer == ["７３.５", "Zebra  DAY."]
    assert kept["matching"].answer == [0, 1]
    assert kept["ordering"].answer == [0, 1, 2, 3]
    shown = client.get(f"{base}?view=all").text
    assert "７３.５" in shown
    assert "First the feelings." in shown
    assert shown.count(" selected>") == 2 + 4
    pages = [shown, client.get(f"{base}/check").text, client.get(world.step_url()).text]
    db.session.rollback()
    client.post(f"{base}/submit")
    # Two of five wait for a marker: no score, no key, nothing right or wrong.
    attempt = world.again(attempt)
    assert (attempt.submitted_at is None, attempt.score, attempt.passed) == (False, None, None)
    assert [r.share for r in responses(attempt).values()].count(None) == 2
    result = client.get(f"{base}/result").text
    assert "Waiting for marking" in result
    step = client.get(world.step_url()).text
    assert "Waiting for marking" in step
    assert "Sit the resit" not in step
    assert client.post(world.step_url()).status_code in (400, 409)
    for page in [*pages, result, step]:
        page = re.sub(r"[A-Za-z0-9_.-]{24,}", "", page)  # tokens: any two digits stand in some
        assert not [s for s in SECRETS if s in page.replace("７３.５", "").replace("Zebra", "")]


def test_a_piece_can_be_cleared(world: World) -> None:
    with_types(world, [MATCHING])
    client = world.client()
    attempt = world.start(client)
    _send(client, attempt.id, {"s1": "1", "a1.0": "1", "a1.1": ""})
    assert responses(attempt)["matching"].answer is not None
    _send(client, attempt.id, {"s1": "2", "a1.0": "", "a1.1": ""})
    assert responses(attempt)["matching"].answer is None


def test_the_result_shows_the_key_and_parts_of_points(world: World) -> None:
    with_types(world, ENTRIES[:3])
    client = world.client()
    attempt = world.start(client)
    for kind, response in responses(attempt).items():
        form = right_form(response, kind)
        if kind == "blank":
            form[f"a{response.position}.1"] = "<i>lion</i>"
        _send(client, attempt.id, form)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert "83.33%" in client.get(f"/exams/attempts/{attempt.id}/result").text
    page = client.get(f"/exams/attempts/{attempt.id}/review").text
    assert "50% of the points" in page
    assert "zebra day / 斑马日" in page
    assert "&lt;i&gt;lion" in page
    assert world.again(attempt).passed


def test_the_bank_shows_every_key(world: World) -> None:
    with_types(world)
    trainer = world.client(world.persons.add("trainer"))
    page = trainer.get("/exams/banks/written").text
    for said in ("73 ± 0.5", "zebra day / 斑马日", "→ right 2", "hippo", "giraffe", "step d"):
        assert said in page
