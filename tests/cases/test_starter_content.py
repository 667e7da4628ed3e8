"""What ships is complete in both languages; a site's own content may have one alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.content_files import starter_content
from lms.plugins.exams.types import KINDS

FILES = sorted(starter_content().rglob("*.yaml"))


def one_sided(value: Any, place: str) -> Iterator[str]:
    """Where a text has one language without the other."""
    if isinstance(value, dict):
        if value.keys() & {"zh", "en"} and not (value.get("zh") and value.get("en")):
            yield place
        for key, inner in value.items():
            yield from one_sided(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from one_sided(inner, f"{place}[{number}]")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_in_both_languages(path: Path) -> None:
    assert list(one_sided(yaml.safe_load(path.read_text("utf-8")), path.stem)) == []


def test_every_lesson_is_in_both_languages() -> None:
    texts = {path.name for path in starter_content().rglob("*.md")}
    assert texts and {name.replace(".zh.", ".en.") for name in texts if ".zh." in name} == {
        name for name in texts if ".en." in name
    }


def test_there_is_enough_to_start_with_on_monday() -> None:
    def count(folder: str) -> int:
        return len(list((starter_content() / folder).glob("*.yaml")))

    banks = (starter_content() / "questions").glob("*.yaml")
    questions = [q for bank in banks for q in yaml.safe_load(bank.read_text("utf-8"))["questions"]]
    assert (count("cases"), count("drills"), count("rubrics")) >= (32, 12, 4)
    assert len(questions) >= 160


def test_cases_cover_what_a_team_meets() -> None:
    cases = [
        yaml.safe_load(path.read_text("utf-8")) for path in (starter_content() / "cases").glob("*")
    ]
    by_stage = {(case["stage"], case["outcome"]) for case in cases}
    assert len(by_stage) == 8  # each of the four stages, gone well and gone wrong
    by_level = {(case["complaint_level"], case["outcome"]) for case in cases}
    assert {(level, how) for level in (1, 2, 3) for how in ("success", "failure")} <= by_level
    assert {case["channel"] for case in cases} == {"online", "phone", "email"}
    tags = [tag for case in cases for tag in case["tags"]["en"]]
    assert tags.count("peak season") >= 4


def test_questions_of_every_type_name_real_cases() -> None:
    keys = {path.stem for path in (starter_content() / "cases").glob("*.yaml")}
    banks = (starter_content() / "questions").glob("*.yaml")
    questions = [q for bank in banks for q in yaml.safe_load(bank.read_text("utf-8"))["questions"]]
    assert {question["type"] for question in questions} == set(KINDS)
    assert {question["case"] for question in questions if "case" in question} <= keys
