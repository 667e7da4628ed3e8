"""Aiken, GIFT, Moodle XML and tables where people write them their own way."""

import pytest

from tests.plugins.exams.importing.reader_kit import read, warnings


def test_aiken_takes_a_key_in_small_letters() -> None:
    assert read("Who?\nA) me\nB) you\nanswer: b\n\nWhen?\nA) now\nB) later\nAnswer: A\n") == [
        "单 Who? me|you = 2",
        "单 When? now|later = 1",
    ]


@pytest.mark.parametrize("between", ["\n", ""])
def test_an_aiken_question_without_a_key_leaves_the_next_alone(between: str) -> None:
    text = f"Who?\nA) me\nB) you\n{between}When\nis it?\nA) now\nB) later\nANSWER: A\n"
    assert read(text) == ["line 1: The answer is missing.", "单 When/is it? now|later = 1"]


def test_an_aiken_text_behind_a_blank_line_is_no_more_of_the_option_before() -> None:
    assert [said[:7] for said in read("Who?\nA) me\nB) you\n\nWhen is it?\nANSWER: A\n")] == [
        "line 1:",
        "line 5:",
    ]


def test_aiken_with_several_letters_long_options_and_an_explanation() -> None:
    text = "Who?\nA) me\nB) you\nANSWER: A, B\n\nWhen?\nA) now\nor then\nB) later\nANSWER: B\n"
    assert read(text + "Explanation: so\n") == [
        "line 1: Question 1 is a multiple choice, of several right options; "
        "Aiken has single choice alone.",
        "单 When? now/or then|later = 2 # so",
    ]


def test_aiken_refuses_other_types_by_number_and_name() -> None:
    text = (
        "Who?\nA. me\nB. you\nANSWER: A\n\nIt is late.\nANSWER: FALSE\n\nIn ___ s\nANSWER: 10\n\n"
        "Say sorry.\nANSWER:\n\nWhich?\nA. one\nC. three\nANSWER: C\n"
    )
    _first, *refused = read(text)
    for said, told in zip(refused, (
        "line 6: Question 2 is a true or false one",
        "line 9: Question 3 is to be filled in",
        "line 12: Question 4 is answered in words",
        "line 15: Question 5: option C does not follow",
    ), strict=True):  # fmt: skip
        assert said.startswith(told)


@pytest.mark.parametrize("gap", ["{1:sa:=us}", "{ 1:SA:=us}", "{<b>1:SA</b>:=us}"])
def test_no_key_stays_in_a_text_with_gaps(gap: str) -> None:
    xml = f"<p>By {{1:SA:=hand}} and {gap}</p>".replace("<", "&lt;")
    (said,) = read(
        f'<quiz><question type="cloze"><questiontext><text>{xml}</text></questiontext>'
        "</question></quiz>"
    )
    (also,) = read("By {1:SA:=hand} and {=us}\n")
    assert said.endswith("It has no gap, or one that does not end.")
    assert also.endswith("It has no gap, or one that does not end.")


def test_what_is_said_of_single_answers_is_kept() -> None:
    gift = "谁？{=甲#对 ~乙#不是\n####见手册}\n\n可以。{F#不可以#很好}\n\n行。{T#行的}\n"
    assert read(gift) == [
        "单 谁？ 甲|乙 = 1 # 见手册/甲：对/乙：不是",
        "判 可以。 = False # 对：不可以/错：很好",
        "判 行。 = True # 行的",
    ]
    xml = (
        '<quiz><question type="multichoice"><questiontext><text>Who?</text></questiontext>'
        '<answer fraction="100"><text>me</text><feedback><text>yes</text></feedback></answer>'
        '<answer fraction="0"><text>you</text></answer></question></quiz>'
    )
    assert read(xml, "q.xml") == ["单 Who? me|you = 1 # me: yes"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("题目,选项,选项内容,是否正确", "谁？,A,甲,否\n,B,乙,是"),
        ("题目,选项,选项内容,答案", "谁？,B,乙,B\n,A,甲,"),
        ("Question,Answer 1,Answer 2,Correct answer(s)", "谁？,甲,乙,2"),
        ("题干,备选项,答案", "谁？,Ａ．甲　Ｂ．乙,B"),
        ("题干,备选项,答案", "谁？,A.甲B.乙,B"),
    ],
)
def test_layouts_of_tables(header: str, cells: str) -> None:
    assert read(f"{header}\n{cells}\n", "q.csv") == ["单 谁？ 甲|乙 = 2"]


@pytest.mark.parametrize(
    "name", ["试题分析", "答题解析", "答案说明", "题解", "本题解析", "题目说明"]
)
def test_names_of_the_column_for_the_explanation(name: str) -> None:
    assert read(f"题干,A,B,答案,{name}\n谁？,甲,乙,B,因为\n", "q.csv") == [
        "单 谁？ 甲|乙 = 2 # 因为"
    ]


def test_the_kind_named_in_the_question_counts_where_no_column_has_it() -> None:
    assert read("题干,A,B,答案\n【多选】谁？,甲,乙,B\n", "q.csv") == ["多 谁？ 甲|乙 = 2"]
    assert read("题型,题干,A,B,答案\n单选,谁（多选）,甲,乙,B\n", "q.csv") == [
        "单 谁（多选） 甲|乙 = 2"
    ]


def test_a_number_that_is_the_text_of_another_option_is_no_answer() -> None:
    rows = "几个？,3,1,2,2\n几天？,1,2,3,2\n几时？,7,8,9,8\n谁？,7,8,9,0\n"
    assert [said.split(":")[0] for said in read("题干,A,B,C,答案\n" + rows, "q.csv")] == [
        "row 2",
        "单 几天？ 1|2|3 = 2",
        "单 几时？ 7|8|9 = 2",
        "row 5",
    ]


def test_a_share_of_right_answers_is_a_difficulty() -> None:
    from lms.plugins.exams.importing.words import difficulty

    shares = ["0.95", "0.9", "0.8", ".65", "0.5", "0.3", "0.1", "1.0", "适中(0.65)", "0", "1.5"]
    assert [difficulty(share) for share in shares] == [1, 1, 2, 3, 3, 4, 5, 1, 3, None, None]
    (warning,) = warnings("题干,A,B,答案,难度系数\n谁？,甲,乙,B,0.3\n谁来？,甲,乙,B,\n", "q.csv")
    assert "share of right answers" in warning


def test_a_web_page_named_as_a_workbook_is_told_apart() -> None:
    from lms.errors import DomainError

    with pytest.raises(DomainError, match="is a web page by another name"):
        read("<html><table><tr><td>题干</td></tr></table></html>", "题.xls")


def test_a_declaration_that_is_none_is_text_like_other() -> None:
    stem = '&lt;p&gt;Who &amp;amp; &lt;![foo[ why?&lt;/p&gt;&lt;img src="@@PLUGINFILE@@/a.png"&gt;'
    answers = "".join(
        f'<answer fraction="{share}"><text>{said}</text></answer>'
        for share, said in ((100, "me"), (0, "you"))
    )
    text = (
        f'<quiz><question type="multichoice"><questiontext format="html"><text>{stem}</text>'
        f"</questiontext><single>true</single>{answers}</question></quiz>"
    )
    (said,) = read(text, "q.xml")
    assert said.startswith("单 Who & ") and said.endswith("me|you = 1")
