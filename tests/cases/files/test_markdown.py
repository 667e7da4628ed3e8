"""Cases out as Markdown and in again: to the byte, whatever they say; faults by file and line."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.cases import content
from lms.cases.content import CaseContent, Line
from lms.cases.files import folders
from lms.cases.files.reading import parse, read
from lms.cases.files.writing import as_markdown
from lms.cases.models import CaseVersion
from lms.content_files import starter_content
from lms.db import Localized, db
from lms.errors import DomainError
from tests.backup.conftest import Command, files, lms
from tests.cases import kit
from tests.conftest import NOW

__all__ = ["lms"]

NASTY = (
    "---", "## 对话", "### 中文", "\\## x", "- 中文：x", "- English: y", "  two", "x\n\n  y",
    "x\n \nz", '`"x"`', '`"', "\r\nx", "a\u2028b", "\x85", "\x1b[0m", "“”：# | * _", "{zh: x}",
    "\ufeffx", "…\n", "null", "1", "：", "# 1", "\u200d", "\u3000x", "x\t", "'\"\\", "%(x)s", "<b>",
    "a: b # c", "@x", "!y",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=20),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=3).map("\n".join),
)


def sides(**some: str) -> dict[str, str]:
    """Texts of which one at least says something."""
    return {side: text for side, text in some.items() if text.rstrip("\n")} or {"zh": "x"}


pairs = st.builds(sides, zh=texts, en=texts).filter(lambda t: any(v.strip() for v in t.values()))
documents = st.fixed_dictionaries(
    {
        "key": st.just("a-case"), "stage": st.just("complaint"), "channel": st.just("phone"),
        "complaint_level": st.just(3), "outcome": st.just("failure"), "title": pairs,
        "category": pairs, "scenario": pairs, "result": pairs, "lessons": pairs,
        "tags": st.fixed_dictionaries({s: st.lists(texts, max_size=2) for s in ("zh", "en")}),
        "dialogue": st.lists(pairs.map(lambda t: {"who": "customer", **t}), min_size=1, max_size=2),
        "handling": st.lists(pairs, min_size=1, max_size=2),
    }
)  # fmt: skip


def trimmed(value: Any) -> Any:
    """Without what a file does not keep: line breaks at the end of a section's text."""
    if isinstance(value, dict):
        return {k: trimmed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [trimmed(v) for v in value]
    return value.rstrip("\n") if isinstance(value, str) else value


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents)
def test_whatever_it_says_it_comes_back(document: dict[str, Any]) -> None:
    text = as_markdown(document)
    raw, _places = parse("a-case.md", text)
    assert trimmed(raw) == trimmed(document)
    assert as_markdown(raw) == text


def test_export_import_export_is_the_same_to_the_byte(
    app: Flask, postgres_app: Flask, tmp_path: Path
) -> None:
    """All starter cases and one of nasty texts; out of one database, into another kind of one."""
    from lms.cli import run

    first, second = tmp_path / "first", tmp_path / "second"
    with app.app_context():
        assert run(app, ["content", "load", str(starter_content())]) == 0
        lines = [Line("agent", *pair) for pair in zip(NASTY, reversed(NASTY), strict=True)]
        kit.published_case(NOW, dialogue=lines, lessons=Localized("\n## x\n", "- a\n\n- b\n"))
        db.session.commit()
        assert run(app, ["cases", "export", str(first)]) == 0
        versions = db.session.scalar(select(func.count(CaseVersion.id)))
        db.session.rollback()
        assert run(app, ["cases", "import", str(first)]) == 0  # what is the same stays as it is
        assert db.session.scalar(select(func.count(CaseVersion.id))) == versions
        db.session.rollback()
    with postgres_app.app_context():
        assert run(postgres_app, ["cases", "import", str(first)]) == 0
        assert run(postgres_app, ["cases", "export", str(second)]) == 0
    assert len(files(first)) >= 34
    assert files(first) == files(second)


def document() -> str:
    return as_markdown(
        {
            "key": "late", "stage": "after_sales", "channel": "online", "complaint_level": 1,
            "outcome": "success", "title": {"zh": "迟到"}, "tags": {"zh": [], "en": []},
            "scenario": {"zh": "大促后\n\n三天没动"},
            "dialogue": [
                {"who": "customer", "zh": "在哪", "en": "Where?"}, {"who": "agent", "zh": "查"},
            ],
            "handling": [{"zh": "查单"}], "lessons": {"zh": "- 先处理心情"},
        }
    )  # fmt: skip


def test_a_person_can_read_and_edit_it() -> None:
    text = document()
    assert "### 客户 Customer\n\n- 中文：在哪\n- English: Where?\n" in text
    assert "## 情景 Scenario\n\n### 中文\n\n大促后\n\n三天没动\n" in text
    edited = text.replace("## 情景 Scenario", "## scenario").replace("- English: ", "* en：")
    edited = edited.replace("\n", "\r\n").replace("### 客户 Customer", "###  客户")
    key, found, _pictures = read("late.md", b"\xef\xbb\xbf" + edited.encode())
    assert (key, found.scenario.zh, found.dialogue[0].en) == (
        "late",
        "大促后\n\n三天没动",
        "Where?",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stage: after_sales", "stage: after", "line 3 (stage): This must be one of"),
        ("## 处理过程 What was done", "## 处理", "(处理): There is no such section."),
        ("### 客服 Agent", "### 小李", "(dialogue): Here stands who speaks"),
        ("- 中文：在哪", "在哪", "(dialogue[1]): A line begins with"),
        ("title: {zh: 迟到}", "title: {zh: 迟到", "line 8: This is no YAML."),
        ("---\n\n##", "---\n\n乱写\n\n##", "A section comes first"),
        ("- 中文：查单", '- 中文：`"a"b"`', "(handling[1]): The quotes hold no text."),
        ("key: late", "key: Late!", "line 2 (key): A key is"),
        ("## 经验 Lessons\n\n### 中文", "## 经验 Lessons\n\n### 日本語", "(lessons): Here stands"),
        ("## 经验 Lessons", "## 对话", "(dialogue): This section stands here twice."),
    ],
)
def test_faults_name_file_line_and_field(old: str, new: str, said: str) -> None:
    text = document()
    assert old in text
    with pytest.raises(DomainError) as error:
        read("late.md", text.replace(old, new).encode())
    assert str(error.value).startswith("late.md, line ") and said in str(error.value)


def test_a_faulty_folder_changes_nothing(lms: Command, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(document())
    (tmp_path / "b.md").write_text(document())
    (tmp_path / "c.md").write_text(
        document().replace("key: late", "key: c").replace("- 中文：查单", "x")
    )
    (tmp_path / "README.md").write_text("How to")
    result = lms("cases", "import", tmp_path)
    assert result.code == 1
    assert "b.md: the key late stands in a.md too" in result.err and "c.md, line " in result.err
    assert db.session.scalar(select(func.count(CaseVersion.id))) == 0


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return made.getvalue()


def test_a_zip_is_read_without_trusting_it(app: Flask) -> None:
    body = zipped(**{"../../etc/late.md": document().encode(), "x/README.md": b"x", "p.png": b"x"})
    found = folders.read_zip(db.session(), body, "cases.zip")
    assert [(case.file, case.key) for case in found.cases] == [("late.md", "late")]
    for bad in (b"no zip", zipped(**{"a.txt": b"x"}), body[:-30], zipped(**{"a.md": b"0" * 2**21})):
        with pytest.raises(DomainError):
            folders.read_zip(db.session(), bad, "bad.zip")


def test_the_zip_that_goes_out_comes_in_again(app: Flask) -> None:
    version = kit.published_case(NOW)
    db.session.commit()
    found = folders.read_zip(db.session(), kit.exported(), "cases.zip")
    (case,) = found.cases
    assert case.key == version.case.key and case.content.says_the_same(content.of(version))
    assert isinstance(case.content, CaseContent)
