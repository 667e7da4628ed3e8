"""Scripts: refused when they cannot be played, written and read back, heard in both languages."""

from typing import Any

import pytest

from lms.cases.scripts import checking, drafting, notation
from lms.cases.scripts.hearing import fold, has
from lms.cases.scripts.nodes import nodes_of
from lms.db import Localized
from lms.errors import DomainError


def line(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "zh": "好", "en": "Well", **more}


def cue(to: str = "", **more: Any) -> dict[str, Any]:
    return {"zh": "点", "en": "Point", "to": to, **more}


@pytest.mark.parametrize(
    ("script", "triggers", "named"),
    [
        ([line("a", next="end"), line("lonely")], [], "never comes to “lonely”"),
        ([line("a"), line("b", next="a")], [], "From “start” the conversation never comes to an"),
        ([line("a", points=[cue("nowhere")])], [], "“a” leads to “nowhere”"),
        ([line("a", next="nowhere")], [], "“a” leads to “nowhere”"),
        ([line("a", choices=[cue("start")])], [], "“a” leads to “start”"),
        ([line("a")], [cue("nowhere")], "leads to “nowhere”"),
        ([line("a"), line("a")], [], "Two lines are called “a”"),
        ([{"key": "a"}], [], "Line “a” says nothing"),
        ([line("<script>")], [], "is no name"),
        ([line("end")], [], "is no name"),
        ([line(f"n{n}") for n in range(61)], [], "60 lines at most"),
        ([line("a", points=[cue()] * 13)], [], "more than 12"),
    ],
)
def test_what_cannot_be_played(
    script: list[dict[str, Any]], triggers: list[dict[str, Any]], named: str
) -> None:
    with pytest.raises(DomainError) as refused:
        checking.check(script, triggers)
    assert named in str(refused.value) and refused.value.field == "script"


def test_what_can_be_played() -> None:
    checking.check([], [])
    checking.check([{"zh": "一", "en": ""}, {"zh": "二", "en": ""}], [cue("2")])
    # Asked again until the answer is there: a loop that has a way out.
    checking.check([line("a", next="a", points=[cue("end")])], [])
    checking.check([line("a"), line("escalated", next="end")], [])
    assert list(nodes_of([{"zh": "一"}, line("b")])) == ["start", "1", "b"]


def test_notation() -> None:
    text = "道歉 / Apologises = 抱歉, sorry ; +1 ; > calm\n问清 / Asks\nNo; really ; -2"
    rows = notation.read(text, field="script", with_words=True)
    assert rows[0] == {
        "zh": "道歉", "en": "Apologises", "words": ["抱歉", "sorry"], "mood": 1, "to": "calm"
    }  # fmt: skip
    assert rows[2] == {"zh": "No; really", "en": "No; really", "mood": -2}
    assert notation.write(rows) == text
    assert notation.read("a = b", field="x", with_words=False)[0]["zh"] == "a = b"
    assert notation.read("有；没有 ；+1", field="x", with_words=False)[0]["zh"] == "有；没有"
    for wrong in ("= 抱歉", "x" * 600, "; +1"):
        with pytest.raises(DomainError):
            notation.read(wrong, field="script", with_words=True)


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("非常抱歉让您久等", ["抱歉"], True),
        ("I do APOLOGISE", ["apolog"], True),
        ("unsorry", ["sorry"], False),
        ("ｓｏｒｒｙ　about that", ["sorry about"], True),
        ("今天 18 点前", ["18 点"], True),
        ("<b>sorry</b>", ["sorry"], True),
        ("", ["a"], False),
        ("(a+)+$ [", ["(a+)+$"], True),
        ("anything", [""], False),
        ("这单不能退", ["能退"], False),
        ("我不敢给您保证", ["保证"], False),
        ("不用您联系快递", ["联系快递"], False),
        ("别的不能退，这单能退", ["能退"], True),
        ("能不能退，我来查", ["能退", "退"], True),
        ("对不起，保证办好", ["保证"], True),
        ("周六我不能保证", ["不能保证"], True),
        ("I can’t really guarantee it", ["guarantee"], False),
        ("We won't be able to promise that", ["promise"], False),
        ("Don't worry, I'll call you", ["i'll call"], True),
        ("No problem, we can refund it", ["we can refund"], True),
        ("我帮您查一下库存", ["查…库存"], True),
        ("我查了。库存不归我管", ["查…库存"], False),
        ("I'm placing your order", ["placing...order"], True),
        ("给不了您保证", ["保证"], False),
        ("…", ["…"], False),
    ],
)
def test_hearing(text: str, words: list[str], found: bool) -> None:
    assert has(fold(text), words) is found


def drafted(
    dialogue: list[dict[str, str]], *, went_well: bool, level: int = 0, lessons: str = ""
) -> list[tuple[str, list[str]]]:
    """Each line of the draft with its key points, in English."""
    rows = drafting.script(
        dialogue, went_well=went_well, complaint_level=level, lessons=Localized(lessons, "")
    )
    checking.check(rows, drafting.triggers())
    return [(row["key"], [point["en"] for point in row.get("points", [])]) for row in rows]


def test_a_draft_from_a_case() -> None:
    dialogue = [
        {"who": "customer", "zh": "快递呢", "en": "Where is it"},
        {"who": "agent", "zh": "抱歉，订单尾号是多少？", "en": "Sorry, which order?"},
        {"who": "customer", "zh": "4471", "en": "4471"},
        {"who": "agent", "zh": "抱歉，今晚八点前回复您", "en": "Sorry, I will call you by eight"},
    ]
    # what the agent did well, each where it was first done
    assert drafted(dialogue, went_well=True) == [
        ("start", ["Apologises", "Checks the details"]),
        ("line-1", ["Gives a time", "Says what happens next"]),
    ]
    assert drafting.hidden_facts(dialogue) == [{"zh": "4471", "en": "4471"}]
    assert len(drafted([dialogue[0]] * 80, went_well=True)) == checking.MAX_NODES


def test_a_draft_from_a_case_that_failed() -> None:
    """Few key points: what a complaint needs, and what the lessons speak of."""
    talk = [
        {"who": who, "zh": "抱歉，订单", "en": "Sorry"}
        for _ in range(5)
        for who in ("customer", "agent")
    ]
    assert drafted(talk, went_well=False, level=2, lessons="先核对订单，再说几小时内办好") == [
        ("start", ["Apologises"]),
        ("line-1", ["Checks the details"]),
        ("line-2", ["Gives a time"]),
        ("line-3", []),
        ("line-4", ["Says what happens next"]),
    ]
    # an enquiry needs no apology; a case without a dialogue is a draft all the same
    assert drafted(talk[:2], went_well=False) == [("start", ["Says what happens next"])]
    assert drafted([], went_well=True, level=1) == [
        ("start", ["Apologises", "Says what happens next"])
    ]
