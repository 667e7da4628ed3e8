"""Gaps, pairs, orders and answers in words, in the ways people write them into files."""

import pytest

from tests.plugins.exams.importing.reader_kit import read, warnings

TWO_GAPS = "首响 ___ 秒，电话 ___ 秒。"


def row(kind: str, stem: str, answer: str, options: tuple[str, ...] = (), rubric: str = "") -> str:
    """What comes of one row of a table."""
    cells = [kind, stem, *(*options, *[""] * 6)[:6], answer, rubric]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    header = "题型,题干,选项A,选项B,选项C,选项D,选项E,选项F,答案,评分标准\n"
    (said,) = read(header + quoted + "\n", "题.csv")
    return said


@pytest.mark.parametrize(
    "answer",
    ["10；15", "10;15", "10|15", "(1)10 (2)15", "（1）10；（2）15", "①10②15", "1、10 2、15",
     "第1空：10；第2空：15", "10\n15", "10，15", "10、15", "10 15", "１０；１５"],
)  # fmt: skip
def test_answers_of_several_gaps(answer: str) -> None:
    assert row("填空题", TWO_GAPS, answer) == f"空 {TWO_GAPS} = 10|15"


@pytest.mark.parametrize(
    ("answer", "read_as"),
    [
        ("心情/情绪；事情", "心情/情绪|事情"),
        ("心情;情绪|事情;问题", "心情/情绪|事情/问题"),
        (r"km\/h；12:20", "“km/h”|“12:20”"),
        ("4.5±0.1；3.5:0.1", "4.5±0.1|3.5±0.1"),
        ("100(±5)；3+/-1", "100±5|3±1"),
        ("95%；-3", "“95%”|-3"),
        (r"\1220；3:1", "“1220”|“3:1”"),
    ],
)
def test_words_numbers_and_tolerances(answer: str, read_as: str) -> None:
    assert row("填空", TWO_GAPS, answer) == f"空 {TWO_GAPS} = {read_as}"


@pytest.mark.parametrize(
    ("stem", "answer", "reason"),
    [
        (TWO_GAPS, "10", "The text has 2 gaps, the answer is for 1."),
        (TWO_GAPS, "1；2；3", "The text has 2 gaps, the answer is for 3."),
        (TWO_GAPS, "甲|乙；丙", "Which answer is for which gap cannot be told"),
        (TWO_GAPS, "4±几；3", "Behind ± stands a number."),
        ("___", "", "The answer is missing."),
    ],
)
def test_gaps_that_cannot_be_told_are_refused(stem: str, answer: str, reason: str) -> None:
    assert reason in row("填空题", stem, answer)


def test_gaps_may_be_brackets_lines_or_columns() -> None:
    assert row("填空题", "首响（ ）秒，电话(　)秒", "10；15") == "空 首响___秒，电话___秒 = 10|15"
    assert row("填空题", "首响＿＿秒", "10") == "空 首响___秒 = 10"
    assert (
        row("填空题", "首响__秒，电话__秒", "", ("10", "15")) == "空 首响___秒，电话___秒 = 10|15"
    )
    assert row("填空题", "先处理___。", "", ("心情", "情绪")) == "空 先处理___。 = 心情/情绪"
    assert row("填空题", "没有空的题", "甲；乙") == "空 没有空的题 = 甲|乙"
    assert row("", "先处理___。", "心情") == "空 先处理___。 = 心情"
    assert "has no options" in row("填空题", "___", "A", ("心情", "情绪"))


LISTED = "谁管？\n1. 退货 2. 退款"


@pytest.mark.parametrize(
    ("stem", "options", "answer"),
    [
        (LISTED, ("仓库", "财务", "法务"), "1-A；2-B"),
        (LISTED, ("仓库", "财务", "法务"), "A-1, B-2"),
        (LISTED, ("仓库", "财务", "法务"), "1A 2B"),
        (LISTED, ("仓库", "财务", "法务"), "①→A；②→B"),
        (LISTED, ("仓库", "财务", "法务"), "AB"),
        ("谁管？", ("退货=仓库", "退款＝财务", "=法务"), ""),
        ("谁管？", (), "退货=仓库；退款=财务；=法务"),
        ("谁管？", (), "退货 = 仓库\n退款 = 财务\n= 法务"),
    ],
)
def test_pairs(stem: str, options: tuple[str, ...], answer: str) -> None:
    assert row("连线题", stem, answer, options) == "连 谁管？ = 退货→仓库|退款→财务|→法务"


def test_pairs_between_options_and_in_other_words() -> None:
    said = "连 谁管？ = 退货→仓库|退款→财务"
    assert row("匹配题", "谁管？", "A-C;B-D", ("退货", "退款", "仓库", "财务")) == said
    for answer in ("退货→仓库；退款→财务", "退货——仓库\n退款——财务", "退货：仓库；退款：财务"):
        assert row("配对题", "谁管？", answer) == said
    assert (
        row("匹配", LISTED, "1-A；2-A", ("仓库", "财务")) == "连 谁管？ = 退货→仓库|退款→仓库|→财务"
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("1-A", "cannot be told"),
        ("1-A；1-B", "cannot be told"),
        ("1-A；2-F", "cannot be told"),
        ("", "The answer is missing."),
        ("见解析", "cannot be told"),
    ],
)
def test_pairs_that_cannot_be_told_are_refused(answer: str, reason: str) -> None:
    assert reason in row("连线题", LISTED, answer, ("仓库", "财务"))


@pytest.mark.parametrize(
    "answer",
    ["BAC", "b,a,c", "B→A→C", "2>1>3", "213", "②①③", "Ｂ、Ａ、Ｃ", "安抚→核实→回访",
     "安抚；核实；回访"],
)  # fmt: skip
def test_orders(answer: str) -> None:
    said = "序 先后？ = 安抚>核实>回访"
    assert row("排序题", "先后？", answer, ("核实", "安抚", "回访")) == said
    if answer.isascii() or "②" in answer:
        return
    assert row("排序题", "先后？", "安抚→核实→回访") == said


def test_an_order_listed_in_the_text_and_orders_that_are_none() -> None:
    listed = "正确的顺序是：①核实 ②安抚 ③回访"
    assert row("排序", listed, "②①③") == "序 正确的顺序是： = 安抚>核实>回访"
    options = ("核实", "安抚", "回访")
    for answer in ("BA", "BAD", "BAA", "安抚→核实→下单"):
        assert "does not name each of the 3 things once" in row("排序题", "先后？", answer, options)
    assert "The answer is missing." in row("排序题", "先后？", "", options)
    assert "three things at least" in row("排序题", "先后？", "BA", ("核实", "安抚"))


def test_answers_in_words() -> None:
    for kind in ("简答题", "问答题", "主观题", "论述题", "名词解释"):
        assert row(kind, "说说。", "先道歉") == "答 说说。 = 先道歉"
    assert row("简答题", "说说。", "略") == row("简答题", "说说。", "") == "答 说说。 ="
    assert row("简答题", "说说。", "先道歉", rubric="要点齐全 5 分") == (
        "答 说说。 = 先道歉/要点齐全 5 分"
    )
    assert "has no options" in row("简答题", "说说。", "A", ("甲", "乙"))


@pytest.mark.parametrize(
    ("answer", "rubric", "read_as"),
    [
        ("参考", "错在哪里（60分）：没查\n再改\n改法（40分）：",
         "错在哪里(60)：没查/再改|改法(40)： = 参考"),
        ("错在哪里 | 60 | 没查\n改法 | 40", "", "错在哪里(60)：没查|改法(40)： ="),
        ("1. 错在哪里（60 分）：没查\n2. 改法（40 分）：\n参考答案：参考", "",
         "错在哪里(60)：没查|改法(40)： = 参考"),
        # points without a title are no titles: everybody sees those
        ("", "没查库存（3分）；没道歉（2分）", "要点 1(3)：没查库存|要点 2(2)：没道歉 ="),
        ("只有答案", "", "案例分析(100)： = 只有答案"),
    ],
)  # fmt: skip
def test_cases_with_criteria(answer: str, rubric: str, read_as: str) -> None:
    assert row("案例分析题", "分析。", answer, rubric=rubric) == f"案 分析。 {read_as}"


def test_what_is_strange_about_a_case_is_said() -> None:
    assert "points are whole numbers" in row("案例题", "分析。", "错在哪里（1.5分）：没查")
    file = "题型,题干,答案\n案例题,分析。,只有答案\n"
    assert warnings(file, "题.csv") == [
        "It names no criteria with points: it is marked as a whole."
    ]


def test_moodles_numbers_words_and_marks() -> None:
    text = (
        "几？ {#3.4..3.6}\n\n几个？ {#=72:2#对 =%50%72:5}\n\n谁？ {=甲\\=乙 =%100%丙 =%50%丁}\n\n"
        "都行 {=*}\n\n几何 {#=1 =2}\n"
    )
    assert read(text) == [
        "空 几？ = 3.5±0.1",
        "空 几个？ = 72±2 # 72:2：对",
        "空 谁？ = 甲=乙/丙",
        "line 7: “*”: a * that stands for any text cannot be marked here.",
        "line 9: A gap has one right number, not several.",
    ]
    assert len(warnings(text)) == 2


PAPER = """一、填空题
1. 首响 ___ 秒。
答案：10
二、简答题
2. 怎么道歉？
参考答案：
1. 先说抱歉
2. 再说原因
一、不找借口
3. 怎么回访？
答：先问好
解析：因为
三、案例分析题
4. 分析这次服务：
(1) 错在哪里？
评分标准：
错在哪里（60分）：没查
改法（40分）：
四、排序题
5. 先后（BAC）
A. 核实 B. 安抚 C. 回访
五、连线题
6. 谁管？
(1) 退货 (2) 退款
A. 仓库
B. 财务
答案：1-A 2-B
"""


def test_a_paper_with_answers_of_several_lines() -> None:
    assert read(PAPER) == [
        "空 首响 ___ 秒。 = 10",
        "答 怎么道歉？ = 1. 先说抱歉/2. 再说原因/一、不找借口",
        "答 怎么回访？ = 先问好 # 因为",
        "案 分析这次服务：/(1) 错在哪里？ 错在哪里(60)：没查|改法(40)： =",
        "序 先后（ ） = 安抚>核实>回访",
        "连 谁管？ = 退货→仓库|退款→财务",
    ]


def test_a_key_at_the_end_of_a_paper_in_words() -> None:
    text = (
        "一、填空题\n1. 首响 ___ 秒，电话 ___ 秒。\n2. 先处理___。\n二、简答题\n3. 怎么道歉？\n"
        "参考答案\n1. 10；15\n2. 心情/情绪\n3. 先说抱歉\n再说原因\n"
    )
    assert read(text) == [
        "空 首响 ___ 秒，电话 ___ 秒。 = 10|15",
        "空 先处理___。 = 心情/情绪",
        "答 怎么道歉？ = 先说抱歉/再说原因",
    ]
    assert not warnings(text)
