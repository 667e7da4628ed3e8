"""A bank goes out and comes in again as it was, in every format, and nothing is lost unsaid."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from flask_babel import force_locale

import lms
from lms.clock import now
from lms.db import Localized, db
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.exporting import plain_of, tables
from lms.plugins.exams.exporting.holding import FORMATS, Held, held
from lms.plugins.exams.importing import reading, storing
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.models import Bank
from lms.web.lists import download

LOCALES = {"zh": "zh_Hans", "en": "en"}
# Pictures are in tests/plugins/exams/test_media.py.
STARTER = [
    {name: value for name, value in question.items() if name != "media"}
    for path in sorted((Path(lms.__file__).parent / "content" / "questions").glob("*.yaml"))
    for question in yaml.safe_load(path.read_text("utf-8"))["questions"]
]
# Texts that look like marks of one format or the other.
TRICKY = [
    {"type": "blank", "gaps": [{"accept": ["km/h", "a；b", "|", r"\n"]}, {"accept": ["1220"]}],
     "stem": "___ = ~ # : {x} ___\\"},
    {"type": "blank", "gaps": [{"accept": ["=a", "3.5:0.1", "*", "(1) b", "±2"]}], "stem": "___?"},
    {"type": "blank", "gaps": [{"number": 0, "tolerance": 0.05}], "stem": "zero ___"},
    {"type": "blank", "gaps": [{"number": -3}, {"accept": ["-x"]}], "stem": "no gap in the text"},
    {"type": "matching", "stem": "pairs", "others": ["c = d", "it's; |"],
     "pairs": [{"left": "a=b", "right": "x\\"}, {"left": "(2) b;", "right": "1-A"}]},
    {"type": "ordering", "stem": "order", "options": ["a\nb", "> c", "=d"]},
    {"type": "short_answer", "stem": "say", "reference": "1. first\n2. second\nA. third"},
    {"type": "case_analysis", "stem": "case", "reference": "so\nand so",
     "criteria": [{"title": "one: a", "points": 60, "expected": "b\nc"},
                  {"title": "two", "points": 40}]},
    {"type": "single", "stem": "-> a?", "options": ["a -> b", "c"], "answer": [1]},
]  # fmt: skip


def in_one(value: Any, side: str) -> Any:
    """An entry with each of its texts in one language; a file's are in one already."""
    if isinstance(value, dict) and value and set(value) <= {"zh", "en"}:
        return Localized.of(value).pick(side)
    if isinstance(value, dict):
        return {name: in_one(each, side) for name, each in value.items()}
    return [in_one(each, side) for each in value] if isinstance(value, list) else value


def entries_of(kind: str, done: Held) -> list[dict[str, Any]]:
    """The questions in the file that a person gets."""
    form, letters = FORMATS[kind], tables.widest(done.questions)
    if form.write is None:
        rows = tables.rows(done.questions, letters)
        content = download("b", tables.header(letters), rows, kind, names_nobody=True).data
    else:
        written = form.write(done.questions)
        content = written.encode() if isinstance(written, str) else written
    found = reading.read(content, f"b.{form.suffix}")
    entries = [entry_of(draft) for draft in found.drafts]
    assert not [draft.reasons for draft in found.drafts if draft.reasons]
    return entries


@pytest.mark.parametrize("side", LOCALES)
def test_the_starter_bank_comes_back_from_every_format(app, side: str) -> None:
    """Compared with the content files themselves, question by question."""
    assert len(STARTER) > 200
    plains = [plain_of(entry, lambda text: Localized.of(text).pick(side)) for entry in STARTER]
    by_stem = {entry["stem"][side]: in_one(entry, side) for entry in STARTER}
    several = {e["stem"][side] for e in STARTER if len(e.get("gaps", ())) > 1}
    cases = {e["stem"][side] for e in STARTER if e["type"] == "case_analysis"}
    no_single = {e["stem"][side] for e in STARTER if e["type"] != "single"}
    cannot = {"gift": several | cases, "aiken": no_single}
    loses = {
        "gift": {"reference"},
        "aiken": {"explanation", "difficulty", "tags"},
    }
    for kind in FORMATS:
        with app.test_request_context(), force_locale(LOCALES[side]):
            done = held(kind, plains)
            assert {question.stem for question in done.left_out} == cannot.get(kind, set())
            assert set(done.lost) - {"media"} == loses.get(kind, set())
            pictured = [question for question in done.questions if question.media]
            assert done.lost.get("media", []) == pictured
            entries = entries_of(kind, done)
        assert len(entries) == len(STARTER) - len(done.left_out)
        for entry in entries:
            said = in_one(entry, side if side in entry["stem"] else "zh")
            wanted = by_stem[said["stem"]]
            gone = {"key", "case", "media", *done.lost}
            names = (said.keys() | wanted.keys()) - gone
            assert {name: squeezed(said.get(name)) for name in names} == {
                name: squeezed(wanted.get(name)) for name in names
            }, kind


def squeezed(value: Any) -> Any:
    """Without line breaks, which a paper has where it likes."""
    return " ".join(value.split()) if isinstance(value, str) else value


def test_texts_that_look_like_marks_are_held_or_named(app) -> None:
    tricky = [
        {"key": f"q{n}", "difficulty": 2, "tags": ["a"], **entry} for n, entry in enumerate(TRICKY)
    ]
    plains = [plain_of(entry, lambda text: Localized.of(text).pick("en")) for entry in tricky]
    least = {"xlsx": 9, "csv": 9, "gift": 6, "xml": 9, "txt": 7}
    for kind in FORMATS:
        with app.test_request_context(), force_locale("en"):
            done = held(kind, plains)
            assert len(done.questions) >= least.get(kind, 1), (
                kind, [question.stem for question in done.left_out],
            )  # fmt: skip
            assert len(done.questions) + len(done.left_out) == len(plains)
            back = entries_of(kind, done)
        assert len(back) == len(done.questions)


@pytest.mark.parametrize("language", LOCALES.values())
def test_what_is_exported_changes_nothing_when_it_comes_back(app, persons, auth, language) -> None:
    tricky = {
        "key": "q-x",
        "type": "multiple",
        "difficulty": 2,
        "stem": {"zh": "{花括号}=~#：还有\\反斜杠", "en": "{braces} = ~ # : \\ and a line\nbreak"},
        "options": [{"zh": t, "en": t} for t in ("a=b", "~c~", "100%")],
        "answer": [1, 3],
    }
    first = {question["type"]: question for question in reversed(STARTER)}
    questions = [tricky, *first.values()]
    load_bank(db.session(), {"bank": "b", "title": "b", "questions": questions}, "b", now())
    db.session.commit()
    client = auth.login(persons.add("trainer"), language)
    for kind in FORMATS:
        db.session.rollback()
        body = client.get(f"/exams/banks/b/export.{kind}").data
        found = reading.read(body, f"b.{FORMATS[kind].suffix}")
        plan = storing.plan(db.session(), db.session.query(Bank).one(), found)
        assert not plan.refused and not plan.added and not plan.changed, kind
        assert plan.same == {"gift": 7, "aiken": 1}.get(kind, 9)
        look = client.get(f"/exams/banks/b/export/{kind}")
        if kind in ("gift", "aiken"):
            # What stays behind is named by its number in the bank, its type and its text.
            number = [*first].index("blank") + 2
            where = (
                f"Question {number} · Fill in" if language == "en" else f"第 {number} 题 · 填空题"
            )
            assert where in look.text
            assert "export.xlsx" not in look.text and f"export.{kind}" in look.text
            assert first["blank"]["stem"]["zh" if language != "en" else "en"] in look.text
        else:
            assert look.status_code == 303
    assert client.get("/exams/banks/b/export/pdf").status_code == 404


def test_the_template_is_a_file_that_can_be_imported(app, persons, auth) -> None:
    for language in LOCALES.values():
        db.session.rollback()
        body = auth.login(persons.add("trainer"), language).get("/exams/banks/template.xlsx").data
        plan = storing.plan(db.session(), None, reading.read(body, "template.xlsx"))
        assert not plan.refused
        assert len({entry["type"] for entry in plan.added}) == 8


def test_signs_that_nobody_sees_stay_behind(app) -> None:
    entries = [
        {"key": f"q{n}", "type": "single", "difficulty": 2, "stem": {"en": stem},
         "options": [{"en": "a\x01"}, {"en": "b"}], "answer": [1], "tags": ["t\x02"]}
        for n, stem in enumerate(["one\x0bline", "plain"])
    ]  # fmt: skip
    plains = [plain_of(entry, lambda text: Localized.of(text).pick("en")) for entry in entries]
    for kind in FORMATS:
        with app.test_request_context(), force_locale("en"):
            done = held(kind, plains)
            assert len(done.questions) == 2, kind
            first, _second = entries_of(kind, done)
        (stem,) = first["stem"].values()
        assert stem.split() == ["one", "line"], kind
        assert [*first["options"][0].values()] == ["a"], kind
