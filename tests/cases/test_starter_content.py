"""What ships is complete in both languages; a site's own content may have one alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.content_files import starter_content

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
