"""What is written is what is read, whatever people type."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.content_files import documents, sides, write_document
from lms.content_yaml import as_yaml
from lms.db import Localized

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
LINES = st.lists(TEXT, max_size=4).map("\n".join)
DOCUMENT = st.fixed_dictionaries(
    {
        "title": st.fixed_dictionaries({"zh": LINES, "en": LINES}),
        "tags": st.lists(TEXT),
        "steps": st.lists(st.dictionaries(TEXT, st.one_of(LINES, st.integers(), st.booleans()))),
    }
)


@settings(max_examples=60, deadline=None)
@given(DOCUMENT)
@example({"title": {"zh": "\x85", "en": "\u2028a\n"}, "tags": ["\ufeff", "😀"], "steps": []})
@example({"title": {"zh": "no", "en": "1:30"}, "tags": ["~", "- a", "2026-01-01"], "steps": []})
@example(
    {"title": {"zh": "一\r\n二", "en": " x\n y \n"}, "tags": ["a: b", "#"], "steps": [{"": "|"}]}
)
def test_documents_come_back(document: dict[str, object]) -> None:
    with TemporaryDirectory() as folder:
        write_document(Path(folder), "one", document)
        assert [found for _, found in documents(Path(folder))] == [document]


def test_the_form_is_easy_to_read_and_edit() -> None:
    lesson = {"zh": "- 先道歉\n- 再办事\n", "en": "- Sorry first\n- then the matter\n"}
    lines = [{"who": "agent", "zh": "您好", "en": "Hello"}]
    document = {
        "title": {"zh": "迟到", "en": "Late: 1"},
        "tags": ["a", "b"],
        "d": lines,
        "l": lesson,
    }
    assert as_yaml(document) == (
        "title: {zh: 迟到, en: 'Late: 1'}\n"
        "tags: [a, b]\n"
        "d:\n"
        "  - who: agent\n"
        "    zh: 您好\n"
        "    en: Hello\n"
        "l:\n"
        "  zh: |\n    - 先道歉\n    - 再办事\n"
        "  en: |\n    - Sorry first\n    - then the matter\n"
    )


@pytest.mark.parametrize(
    ("key", "name"),
    [("a-b", "a-b"), ("../../etc/x", "etc-x"), ("题库 一", "题库-一"), ("..", "document")],
)
def test_a_key_leads_nowhere_else(tmp_path: Path, key: str, name: str) -> None:
    write_document(tmp_path / "in", key, {"a": 1})
    write_document(tmp_path / "in", key, {"a": 2})
    assert {p.name for p in tmp_path.rglob("*.yaml")} == {f"{name}.yaml", f"{name}-2.yaml"}
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_a_text_has_the_languages_it_has() -> None:
    assert sides(Localized("一", "")) == {"zh": "一"}
    assert sides({"en": "one", "who": "agent"}) == {"en": "one"}
