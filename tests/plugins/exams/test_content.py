"""Question banks and exams from files."""

from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select

from lms.content_files import starter_content
from lms.db import db
from lms.errors import DomainError
from lms.plugins.exams.content import load_entries, load_exams, load_questions
from lms.plugins.exams.dumping import dump_questions
from lms.plugins.exams.models import Exam, Question, QuestionTag, QuestionVersion
from tests.conftest import NOW
from tests.plugins.exams.conftest import question

EXAM = {
    "key": "theory",
    "title": {"zh": "理论", "en": "Theory"},
    "bank": "b",
    "tags": ["even"],
    "count": 2,
    "minutes": 10,
    "pass_mark": 80,
}


def write(folder: Path, kind: str, document: object) -> Path:
    into = folder / kind
    into.mkdir(exist_ok=True)
    (into / "file.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return into


def load(folder: Path, *questions: object) -> int:
    document = {"bank": "b", "title": {"zh": "库", "en": "Bank"}, "questions": list(questions)}
    changed = load_questions(db.session(), write(folder, "questions", document), NOW)
    db.session.commit()
    return changed


def test_starter_content_loads_and_again_changes_nothing(both_apps: Flask) -> None:
    folder = starter_content()
    assert load_questions(db.session(), folder / "questions", NOW) > 40
    exams = len(list((folder / "exams").glob("*.yaml")))
    assert load_exams(db.session(), folder / "exams", NOW) == exams
    db.session.commit()
    assert load_questions(db.session(), folder / "questions", NOW) == 0
    assert load_exams(db.session(), folder / "exams", NOW) == 0


def test_a_file_loaded_before_undoes_no_change_made_on_screen(app: Flask, tmp_path: Path) -> None:
    load(tmp_path, question(1))
    bank = db.session.scalars(select(Question.bank_id)).one()
    on_screen = question(1, stem={"zh": "改过的题", "en": "Changed"})
    load_entries(db.session(), bank, [on_screen], "", NOW)
    db.session.commit()
    assert load(tmp_path, question(1)) == 0
    assert load(tmp_path, question(1, stem={"zh": "又一题", "en": "Another"})) == 1


def test_what_is_withdrawn_stays_so_in_files(app: Flask, tmp_path: Path) -> None:
    load(tmp_path, question(1, withdrawn=True), question(2))
    first, second = db.session.scalars(select(Question).order_by(Question.key))
    assert (first.withdrawn_at, second.withdrawn_at) == (NOW, None)
    second.withdrawn_at = NOW  # on screen
    db.session.commit()
    assert load(tmp_path, question(1, withdrawn=False), question(2, difficulty=5)) == 2
    assert (first.withdrawn_at, second.withdrawn_at) == (None, NOW)
    into = tmp_path / "dump"
    into.mkdir()
    dump_questions(db.session(), into)
    (file,) = into.iterdir()
    entries = yaml.safe_load(file.read_text("utf-8"))["questions"]
    assert [entry.get("withdrawn") for entry in entries] == [None, True]
    with pytest.raises(DomainError, match="withdrawn"):
        load(tmp_path, question(3, withdrawn="yes"))


def test_a_key_twice_in_a_file_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        load(tmp_path, question(1), question(1))


def test_new_wording_is_a_new_version_and_tags_are_not(app: Flask, tmp_path: Path) -> None:
    assert load(tmp_path, question(1), question(2)) == 3  # the bank itself counts as one
    assert load(tmp_path, question(1), question(2)) == 0
    assert load(tmp_path, question(1, stem={"zh": "新题", "en": "New"}), question(2)) == 1
    assert load(tmp_path, question(2, tags=["other"], difficulty=5)) == 1
    numbers = db.session.execute(
        select(Question.key, Question.current_number, func.count(QuestionVersion.id))
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .group_by(Question.id)
        .order_by(Question.id)
    ).all()
    assert [tuple(row) for row in numbers] == [("q-1", 2, 2), ("q-2", 1, 1)]
    assert set(db.session.scalars(select(QuestionTag.tag))) == {"odd", "other"}


def test_a_bad_question_names_file_and_field(app: Flask, tmp_path: Path) -> None:
    bad: list[tuple[dict[str, object], str]] = [
        ({"type": "essay"}, "type"),
        ({"stem": {}}, "stem"),
        ({"options": []}, "options"),
        ({"answer": [5]}, "answer"),
        ({"answer": [1, 2]}, "answer"),
        ({"answer": []}, "answer"),
        ({"answer": [True]}, "answer"),
        ({"difficulty": 9}, "difficulty"),
        ({"key": None}, "key"),
    ]
    for changes, field in bad:
        with pytest.raises(DomainError) as refused:
            load(tmp_path, question(1, **changes))
        assert (refused.value.field, "file.yaml" in str(refused.value)) == (field, True), changes
        db.session.rollback()


def test_a_bad_exam_is_refused(app: Flask, tmp_path: Path) -> None:
    load(tmp_path, *(question(n) for n in range(1, 6)))
    for changes in (
        {"bank": "none"}, {"count": 3}, {"count": 0}, {"pass_mark": 101}, {"max_attempts": 0},
    ):  # fmt: skip
        with pytest.raises(DomainError, match=r"file\.yaml"):
            load_exams(db.session(), write(tmp_path, "exams", EXAM | changes), NOW)
        db.session.rollback()
        assert db.session.scalar(select(func.count(Exam.id))) == 0
        db.session.rollback()
