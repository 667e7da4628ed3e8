"""`lms questions import`: into a bank, all or nothing, nothing twice."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.cli.commands import run
from lms.db import db
from lms.plugins.exams.models import Bank, Question, QuestionVersion

HEADER = "题型,题干,选项A,选项B,选项C,答案,解析\n"
FIRST = HEADER + "单选题,首次回复时限？,10 秒,15 秒,30 秒,A,\n判断题,退款最晚 72 小时。,,,,对,\n"


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, name: str = "题库.csv") -> str:
        path = tmp_path / name
        path.write_text(text, "utf-8-sig")
        return str(path)

    return write


def imported(app, *arguments: str) -> int:
    db.session.rollback()  # what the test has read holds the database's lock
    return run(app, ["questions", "import", *arguments])


def current(stem: str) -> QuestionVersion:
    db.session.expire_all()
    found = select(QuestionVersion).join(QuestionVersion.question)
    is_now = QuestionVersion.number == Question.current_number
    return next(v for v in db.session.scalars(found.where(is_now)) if stem in v.stem.zh)


def count(model=Question) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_bank_by_name_and_the_same_file_twice_adds_nothing(both_apps, write, capsys) -> None:
    file = write(FIRST)
    assert imported(both_apps, file, "--bank", "上岗题库") == 0
    assert "2 questions read (2 new)" in capsys.readouterr().out
    bank = db.session.scalars(select(Bank)).one()
    assert bank.title.zh == "上岗题库"
    assert imported(both_apps, file, "--bank", "上岗题库") == 0
    assert "2 questions read (2 the same)" in capsys.readouterr().out
    assert (count(Bank), count(Question), count(QuestionVersion)) == (1, 2, 2)


def test_other_punctuation_and_order_are_the_same_question(app, write, capsys) -> None:
    imported(app, write(FIRST), "--bank", "b")
    again = HEADER + "单选题,首次回复时限?,30 秒,10秒,15 秒,B,\n"
    assert imported(app, write(again), "--bank", "b") == 0
    assert "(1 the same)" in capsys.readouterr().out and count() == 2


def test_another_key_makes_a_new_version_of_the_same_question(app, write, capsys) -> None:
    imported(app, write(FIRST), "--bank", "b")
    corrected = FIRST.replace("30 秒,A,", "30 秒,B,改正")
    assert imported(app, write(corrected), "--bank", "b") == 0
    assert "(1 changed, 1 the same)" in capsys.readouterr().out
    now = current("首次回复")
    assert (now.number, now.answer, now.explanation.zh) == (2, [1], "改正")
    assert count() == 2 and count(QuestionVersion) == 3


def test_what_a_bank_holds_in_two_languages_is_known_and_kept(app, write, capsys) -> None:
    from lms.clock import now
    from lms.plugins.exams.content import load_bank

    two = {"zh": "谁处理一级投诉？", "en": "Who handles level 1?"}
    options = [{"zh": "客服", "en": "The agent"}, {"zh": "主管", "en": "The supervisor"}]
    known = {"key": "known", "type": "single", "stem": two, "options": options, "answer": [1]}
    load_bank(db.session(), {"bank": "b", "title": "b", "questions": [known]}, "b.yaml", now())
    db.session.commit()
    in_english = "question,A,B,answer\nWho handles level 1?,The supervisor,The agent,A\n"
    assert imported(app, write(in_english), "--bank", "b") == 0
    assert "(1 changed)" in capsys.readouterr().out
    version = current("谁处理")
    assert version.answer == [1] and version.stem.en == "Who handles level 1?"
    assert version.question.key == "known"


def test_a_refused_question_changes_nothing_unless_the_good_are_chosen(app, write, capsys) -> None:
    file = write(FIRST + "单选题,缺答案？,甲,乙,,,\n单选题,首次回复时限？,10 秒,15 秒,30 秒,A,\n")
    assert imported(app, file, "--bank", "b") == 1
    said = capsys.readouterr().err
    assert "row 4: refused: The answer is missing." in said
    assert "row 5: refused: The same question stands at row 2." in said
    assert "2 questions are refused; nothing was imported." in said
    assert count(Bank) == count() == 0
    assert imported(app, file, "--bank", "b", "--accept-valid") == 0
    assert count() == 2


def test_a_dry_run_stores_nothing(app, write, capsys) -> None:
    assert imported(app, write(FIRST), "--bank", "b", "--dry-run") == 0
    assert "2 new" in capsys.readouterr().out and count(Bank) == 0


def test_wrong_usage_is_told_apart_from_a_refusal(app, write) -> None:
    assert imported(app, write(FIRST)) == 2
    assert imported(app, write(FIRST), "--bank", "b", "--format", "gift") == 1
    assert imported(app, write("", "leer.csv"), "--bank", "b") == 1
