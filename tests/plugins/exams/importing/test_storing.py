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


KINDS = (
    "题型,题干,选项A,选项B,选项C,答案,评分标准\n"
    "填空题,首响 ___ 秒。,,,,10/十,\n"
    "连线题,谁管？,退货=仓库,退款=财务,=法务,,\n"
    "排序题,先后？,安抚,核实,回访,ABC,\n"
    "简答题,怎么道歉？,,,,先说抱歉,\n"
    "案例题,分析。,,,,参考,错在哪里（60分）：没查；\n"
)


def test_the_further_types_come_in_once_and_are_corrected(app, write, capsys) -> None:
    assert imported(app, write(KINDS), "--bank", "b") == 0
    assert imported(app, write(KINDS), "--bank", "b") == 0
    assert "5 questions read (5 the same)" in capsys.readouterr().out
    other_order = KINDS.replace("退货=仓库,退款=财务", "退款=财务,退货＝仓库")
    other_order = other_order.replace("安抚,核实,回访,ABC", "核实,安抚,回访,B>A>C")
    assert imported(app, write(other_order), "--bank", "b") == 0
    assert "5 questions read (5 the same)" in capsys.readouterr().out
    corrected = (
        KINDS.replace("10/十", "15").replace("退款=财务,=法务", "退款=法务,=财务")
        .replace("ABC", "BAC").replace("先说抱歉", "先道歉").replace("（60分）", "（40分）")
    )  # fmt: skip
    assert imported(app, write(corrected), "--bank", "b") == 0
    assert "(5 changed)" in capsys.readouterr().out
    assert count() == 5 and count(QuestionVersion) == 10
    assert current("首响").answer == [{"number": 15}]
    pairs = current("谁管")
    assert [pairs.options[n]["zh"] for n in pairs.answer] == ["仓库", "法务"]
    assert [option["zh"] for option in current("先后").options] == ["核实", "安抚", "回访"]
    assert current("怎么道歉").answer == [{"zh": "先道歉"}]
    assert current("分析").parts == [{"title": {"zh": "错在哪里"}, "points": 40}]


def test_the_same_words_on_the_right_do_not_make_the_same_matching(app, write, capsys) -> None:
    one = "连线题,归到等级。,晚到=一级,起火=三级,,,\n"
    other = "连线题,归到等级。,不耐烦=一级,漏电=三级,,,\n"
    spelt = "连线题,归到等级,起火 = 三级,晚到 = 一级,,,\n"
    header = KINDS.partition("\n")[0] + "\n"
    assert imported(app, write(header + one + other + spelt), "--bank", "b", "--accept-valid") == 0
    assert "row 4: refused: The same question stands at row 2." in capsys.readouterr().err
    assert count() == 2


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def test_a_file_in_one_language_leaves_the_other_and_what_it_cannot_say(app, write, capsys) -> None:
    from lms.clock import now
    from lms.plugins.exams.content import load_bank

    case = {
        "key": "case",
        "type": "case_analysis",
        "stem": both("分析这次服务。", "Analyse this contact."),
        "criteria": [{"title": both("改法", "Remedy"), "points": 10}],
        "reference": both("先查", "Look first"),
    }
    pairs = {
        "key": "pairs",
        "type": "matching",
        "stem": both("谁管？", "Who does it?"),
        "pairs": [
            {"left": both("退货", "Returns"), "right": both("仓库", "Warehouse")},
            {"left": both("退款", "Refunds"), "right": both("财务", "Finance")},
        ],
    }
    load_bank(db.session(), {"bank": "b", "title": "b", "questions": [case, pairs]}, "b", now())
    db.session.commit()
    gift = (
        "Analyse this contact. {}\n\nWho does it? {=Returns -> Finance =Refunds -> Finance "
        "= -> Warehouse}\n"
    )
    assert imported(app, write(gift, "q.gift.txt"), "--bank", "b") == 0
    assert "(1 changed, 1 the same)" in capsys.readouterr().out
    assert current("分析这次").type == "case_analysis"
    version = current("谁管")
    assert [version.options[n] for n in version.answer] == [both("财务", "Finance")] * 2
    assert version.parts == [both("退货", "Returns"), both("退款", "Refunds")]


def test_a_dry_run_stores_nothing(app, write, capsys) -> None:
    assert imported(app, write(FIRST), "--bank", "b", "--dry-run") == 0
    assert "2 new" in capsys.readouterr().out and count(Bank) == 0


def test_wrong_usage_is_told_apart_from_a_refusal(app, write) -> None:
    assert imported(app, write(FIRST)) == 2
    assert imported(app, write(FIRST), "--bank", "b", "--format", "gift") == 1
    assert imported(app, write("", "leer.csv"), "--bank", "b") == 1
