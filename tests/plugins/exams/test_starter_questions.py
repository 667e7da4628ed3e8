"""The starter questions: whole in both languages, tied to what is taught, giving nothing away."""

from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask

import lms
from lms.db import db
from lms.plugins.exams.topics import names
from lms.plugins.exams.types import KINDS
from tests.plugins.exams.importing.test_exporting import STARTER

CONTENT = Path(lms.__file__).parent / "content"
CASES = {path.stem for path in (CONTENT / "cases").glob("*.yaml")}
# By topic, the lesson that states its facts of the handbook.
LESSONS = {
    "basics": "onboarding/handbook-review",
    "frt": "onboarding/response-standards",
    "complaints": "onboarding/complaint-levels",
    "emotions": "onboarding/feelings-first",
    "case-analysis": "onboarding/complaint-conversation",
    "privacy": "onboarding/privacy-and-promises",
    "promises": "onboarding/privacy-and-promises",
    "returns": "onboarding/returns-and-refunds",
    "logistics": "onboarding/delivery-problems",
    "orders": "onboarding/order-handling",
    "crm": "onboarding/crm-and-tickets",
    "fcr": "retraining-fcr/fcr-finish-the-job",
    "feedback": "onboarding/records-and-follow-up",
    "csat": "retraining-csat/csat-feelings-first",
    "peak": "peak-logistics/telling-a-batch",
    "telecom": "onboarding/product-knowledge",
}


def both(text: Any) -> bool:
    return isinstance(text, dict) and bool(
        text.get("zh", "").strip() and text.get("en", "").strip()
    )


def texts(question: dict[str, Any]) -> list[Any]:
    pairs = question.get("pairs", ())
    criteria = question.get("criteria", ())
    return [
        question["stem"], question["explanation"], *question.get("options", ()),
        *question.get("others", ()), *(pair[side] for pair in pairs for side in ("left", "right")),
        *(c[name] for c in criteria for name in ("title", "expected")),
        *([question["reference"]] if question["type"] == "short_answer" else []),
    ]  # fmt: skip


def test_there_are_enough_of_every_type_whole_in_both_languages() -> None:
    assert len(STARTER) >= 160
    assert {question["type"] for question in STARTER} == KINDS.keys()
    assert not [q["key"] for q in STARTER if not all(both(text) for text in texts(q))]
    asked = Counter(question["stem"][side] for question in STARTER for side in ("zh", "en"))
    assert max(asked.values()) == 1


def test_each_is_tied_to_a_lesson_of_the_handbook_or_a_case() -> None:
    for lesson in LESSONS.values():
        for side in ("zh", "en"):
            assert (CONTENT / "programmes" / f"{lesson}.{side}.md").is_file(), lesson
    assert {question["case"] for question in STARTER if "case" in question} <= CASES
    known = LESSONS.keys() | CASES
    assert not [q["key"] for q in STARTER if "case" not in q and not known & set(q["tags"])]


def test_neither_length_nor_place_tells_which_option_is_right() -> None:
    single = [question for question in STARTER if question["type"] == "single"]
    for side in ("zh", "en"):
        longest = shortest = 0
        for question in single:
            lengths = [len(option[side]) for option in question["options"]]
            right = lengths.pop(question["answer"][0] - 1)
            longest += right > max(lengths)
            shortest += right < min(lengths)
        assert max(longest, shortest) < 0.45 * len(single), side
    places = Counter(question["answer"][0] for question in single)
    assert max(places.values()) < 0.45 * len(single)
    judged = Counter(q["answer"][0] for q in STARTER if q["type"] == "true_false")
    assert max(judged.values()) < 0.65 * judged.total()


def test_how_many_options_are_right_cannot_be_guessed() -> None:
    several = [question for question in STARTER if question["type"] == "multiple"]
    many = Counter(len(question["answer"]) for question in several)
    assert max(many.values()) < 0.45 * len(several) and len(many) > 2
    assert all(2 <= len(question["answer"]) <= len(question["options"]) for question in several)


def test_its_topics_have_names_in_both_languages(app: Flask) -> None:
    tags = {tag for question in STARTER for tag in question["tags"]} - CASES
    named = names(db.session(), [*tags, "自己写的"])
    assert not [tag for tag in tags if tag in (named[tag].zh, named[tag].en)]
    assert named["自己写的"].pick("en") == "自己写的"
