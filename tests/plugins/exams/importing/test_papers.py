"""Papers as people paste them: what they hold, and what is refused rather than guessed."""

import pytest

from tests.plugins.exams.importing.reader_kit import read, warnings

AB = "A. 甲\nB. 乙\n"


@pytest.mark.parametrize(
    "options",
    [
        "A、甲    B、乙\nC、丙    D、丁",
        "A. 甲\tB. 乙\nC. 丙\tD. 丁",
        "A. 甲　C. 丙\nB. 乙　D. 丁",
        "（Ａ）甲 （Ｂ）乙\n（Ｃ）丙 （Ｄ）丁",
        "A.甲B.乙C.丙D.丁",
    ],
)
def test_options_stand_on_lines_as_they_fit(options: str) -> None:
    assert read(f"1、谁？\n{options}\n答案：C\n") == ["单 谁？ 甲|乙|丙|丁 = 3"]


@pytest.mark.parametrize(
    ("mark", "kind"),
    [("【多选】", "多"), ("（多选题）", "多"), ("[多选题, 5.0分]", "多"), ("(单选)", "单")],
)
def test_the_kind_may_be_named_before_or_behind_the_question(mark: str, kind: str) -> None:
    text = f"1. {mark}谁？\n{AB}答案：B\n2. 谁呢{mark}？\n{AB}答案：B\n3. 谁来（B）{mark}\n{AB}"
    expected = [f"{kind} 谁？ 甲|乙 = 2", f"{kind} 谁呢？ 甲|乙 = 2", f"{kind} 谁来（ ） 甲|乙 = 2"]
    assert read(text) == expected


def test_a_kind_that_does_not_fit_its_key_or_is_not_asked_here_is_refused() -> None:
    assert read(f"1. 【单选】谁？（AB）\n{AB}2. 打分[量表题]\n1\n2\n{AB}") == [
        "line 1: A single choice has one right option, not several.",
        "line 4: Questions of the type “量表题” cannot be asked here yet.",
    ]


def test_words_in_brackets_that_are_no_kind_stay() -> None:
    assert read(f"1. 怎么答（常见问题）\n{AB}答案：A\n") == ["单 怎么答（常见问题） 甲|乙 = 1"]


def test_what_an_exam_site_prints_of_the_person_is_no_part_of_the_question() -> None:
    text = (
        f"1. 谁？\n{AB}我的答案：A 正确答案：B 得分：0.0分\n答案解析：因为乙。\n第 1 页 共 2 页\n"
    )
    assert read(text) == ["单 谁？ 甲|乙 = 2 # 因为乙。"]
    assert read(f"1. 谁？\n{AB}我的答案：A\n") == ["line 1: The answer is missing."]
    figures = f"1. 数据如下：\n正确率：95%\n谁好？\n{AB}正确率：12%\n答案：A\n"
    assert read(figures) == ["单 数据如下：/正确率：95%/谁好？ 甲|乙 = 1"]


def test_the_right_option_may_be_marked() -> None:
    assert read("1. 谁[单选题]\nA. 甲\nB. 乙(正确答案)\n2. 谁？\nA. 甲 √\nB. 乙（√）\n") == [
        "单 谁 甲|乙 = 2",
        "多 谁？ 甲|乙 = 1,2",
    ]
    assert read("1. 谁[单选题]\n甲\n乙(正确答案)\n2. 可以。[判断题]\n对\n错\n答案：错\n") == [
        "单 谁 甲|乙 = 2",
        "判 可以。 = False",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. 谁？\nA. 甲\nB. 乙(正确答案)\n答案：A\n",
        f"1. 谁？（B）\n{AB}答案：A\n",
        f"1. 谁？\n{AB}参考答案：1.A\n1.B\n",
        f"1. 谁？\n{AB}答案：A\n解析：因为\n没有题号的一题？\n{AB}答案：A\n",
        "1. 可以。（√）\n没有题号的一题。（√）\n",
    ],
)
def test_a_key_given_twice_is_refused(text: str) -> None:
    (said,) = read(text)
    assert "The answer is given twice: “" in said


def test_a_letter_within_the_question_is_text_beside_a_key() -> None:
    assert read(f"1. 甲级（A）客户归谁？\n{AB}答案：B\n") == ["单 甲级（A）客户归谁？ 甲|乙 = 2"]


def test_letters_of_options_that_do_not_follow_are_refused() -> None:
    assert read("1. 谁？\nA：您好\nB：退货\n" + AB + "答案：A\n") == [
        "line 1: The letters of the options are A A B B; from A on, each is needed once."
    ]


@pytest.mark.parametrize(
    "keys",
    [
        "答案：1.A 2.B 3.√",
        "参考答案\n1-2 AB\n3 对",
        "试卷答案及解析：\n1、A\n2、Ｂ\n3、√",
        "1～2：A、B　3.正确",
        "附：参考答案\n一、单项选择题：1-2 AB\n二、判断题\n3. T",
    ],
)
def test_the_key_at_the_end(keys: str) -> None:
    text = f"一、单选题\n1. 谁？\n{AB}2. 谁呢？\n{AB}二、判断题\n3. 可以。\n{keys}\n"
    assert read(text) == ["单 谁？ 甲|乙 = 1", "单 谁呢？ 甲|乙 = 2", "判 可以。 = True"]
    assert not warnings(text)


def test_a_key_in_the_list_may_be_explained() -> None:
    text = (
        f"1. 谁？\n{AB}2. 谁呢？\n{AB}答案与解析\n1.【答案】B【解析】因为\n是乙\n2、A。解析：甲\n"
    )
    assert read(text) == ["单 谁？ 甲|乙 = 2 # 因为/是乙", "单 谁呢？ 甲|乙 = 1 # 甲"]


def test_a_key_that_fits_several_questions_goes_to_none() -> None:
    paper = f"一、单选题\n1. 谁？\n{AB}二、判断题\n1. 可以。\n"
    assert read(paper + "参考答案：1.A\n") == [
        "line 2: The answer is missing.",
        "line 6: The answer is missing.",
    ]
    assert "names 1: not one question" in warnings(paper + "参考答案：1.A\n")[0]
    named = "参考答案\n一、单选题\n1.A\n二、判断题\n1.×\n"
    assert read(paper + named) == ["单 谁？ 甲|乙 = 1", "判 可以。 = False"]


def test_a_list_of_keys_below_each_section() -> None:
    text = f"一、单选题\n1. 谁？\n{AB}答案：1.B\n二、判断题\n1. 可以。\n答案：1.×\n"
    assert read(text) == ["单 谁？ 甲|乙 = 2", "判 可以。 = False"]


def test_numbers_within_a_question_are_text() -> None:
    text = f"1. 步骤是\n1. 安抚\n2. 核实\n24 小时内先做\n{AB}答案：A\n2.24小时后？\n{AB}答案：B\n"
    assert read(text) == [
        "单 步骤是/1. 安抚/2. 核实/24 小时内先做 甲|乙 = 1",
        "单 24小时后？ 甲|乙 = 2",
    ]
    only_brackets = f"（1）步骤是\n1. 安抚\n2. 核实\n{AB}答案：A\n(2) 谁？\n{AB}答案：B\n"
    assert read(only_brackets) == ["单 步骤是/1. 安抚/2. 核实 甲|乙 = 1", "单 谁？ 甲|乙 = 2"]


def test_an_explanation_may_take_the_options_one_by_one() -> None:
    text = (
        f"1. 谁？\n{AB}答案：B；难度：难 解析：如下\nA. 甲不管\nB. 乙管\n2. 谁呢？\n{AB}答案：A\n"
    )
    assert read(text)[0] == "单 谁？ 甲|乙 = 2 # 如下/A. 甲不管/B. 乙管"


def test_a_line_that_belongs_to_nothing_is_told() -> None:
    assert warnings(f"1. 谁？\n{AB}答案：B\n请交卷\n") == [
        "“请交卷” belongs to no question and was left out."
    ]
