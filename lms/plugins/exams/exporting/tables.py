"""The rows of an Excel or CSV file that the import reads; also its template."""

from collections.abc import Iterable

from lms.plugins.api import Localized, pick
from lms.plugins.exams.exporting import Criterion, Plain
from lms.plugins.exams.exporting.answers import criteria_text, gaps_text, letters_of, pairs_text
from lms.plugins.exams.models import LETTERS, QuestionType

_TYPES = {
    QuestionType.SINGLE: Localized("单选题", "single"),
    QuestionType.MULTIPLE: Localized("多选题", "multiple"),
    QuestionType.TRUE_FALSE: Localized("判断题", "true/false"),
    QuestionType.BLANK: Localized("填空题", "fill in"),
    QuestionType.MATCHING: Localized("匹配题", "matching"),
    QuestionType.ORDERING: Localized("排序题", "ordering"),
    QuestionType.SHORT_ANSWER: Localized("简答题", "short answer"),
    QuestionType.CASE_ANALYSIS: Localized("案例分析题", "case analysis"),
}
_TRUE, _FALSE = Localized("对", "true"), Localized("错", "false")


def header(letters: int) -> list[str]:
    names = [
        Localized("题型", "type"),
        Localized("题干", "question"),
        *(Localized(f"选项{letter}", f"option {letter}") for letter in LETTERS[:letters]),
        Localized("答案", "answer"),
        Localized("评分标准", "criteria"),
        Localized("解析", "explanation"),
        Localized("难度", "difficulty"),
        Localized("标签", "tags"),
    ]
    return [pick(name) for name in names]


def rows(questions: Iterable[Plain], letters: int) -> list[list[object]]:
    """As many option columns as `letters`."""
    return [_row(question, letters) for question in questions]


def _row(question: Plain, letters: int) -> list[object]:
    blank = [""] * (letters - len(question.options))
    return [
        pick(_TYPES[QuestionType(question.type)]), question.stem, *question.options, *blank,
        answer(question), criteria_text(question), question.explanation, question.difficulty,
        ";".join(question.tags),
    ]  # fmt: skip


def answer(question: Plain) -> str:
    """In the words of tables and papers, without its criteria."""
    if question.type == QuestionType.TRUE_FALSE:
        return pick(_TRUE if question.is_true else _FALSE)
    if question.type == QuestionType.BLANK:
        return gaps_text(question)
    if question.type == QuestionType.MATCHING:
        return pairs_text(question)
    return letters_of(question) if question.options else question.reference


def type_name(question: Plain) -> str:
    return pick(_TYPES[QuestionType(question.type)])


def widest(questions: Iterable[Plain]) -> int:
    return max([4, *(len(question.options) for question in questions)])


def examples() -> list[Plain]:
    """One question of each type, in the reader's language, for the template."""

    def both(zh: str, en: str) -> str:
        return pick(Localized(zh, en))

    return [
        Plain(
            QuestionType.SINGLE,
            both("在线渠道首次回复的时限是？", "How fast is the first reply online?"),
            options=[both("5 秒", "5 s"), both("10 秒", "10 s"), both("30 秒", "30 s")],
            right=[1],
            explanation=both("手册：在线 10 秒内首次回复。", "The handbook: within 10 seconds."),
            difficulty=1,
        ),
        Plain(
            QuestionType.MULTIPLE,
            both("下列哪些是红线？", "Which of these are red lines?"),
            options=[
                both("泄露客户信息", "Passing on customer data"),
                both("先道歉再解释", "Saying sorry first"),
                both("承诺不存在的优惠", "Promising offers that do not exist"),
            ],
            right=[0, 2],
        ),
        Plain(
            QuestionType.TRUE_FALSE,
            both("一级投诉须在 1 小时内回复。", "A level 1 complaint is answered within one hour."),
            is_true=True,
        ),
        Plain(
            QuestionType.BLANK,
            both("在线 ___ 秒内回复；先处理 ___。", "Online we reply in ___ s. First come ___."),
            gaps=[{"number": 10}, {"accept": [both("心情", "feelings"), both("情绪", "emotions")]}],
        ),
        Plain(
            QuestionType.MATCHING,
            both("谁来办理？", "Who does it?"),
            pairs=[
                (both("退货入库", "Returns"), both("仓库", "The warehouse")),
                (both("退款", "Refunds"), both("财务", "Finance")),
                ("", both("法务", "Legal")),
            ],
        ),
        Plain(
            QuestionType.ORDERING,
            both("受理投诉的顺序是？", "In what order is a complaint handled?"),
            options=[both("安抚", "Calm"), both("核实", "Check"), both("回访", "Call back")],
        ),
        Plain(
            QuestionType.SHORT_ANSWER,
            both("写一句道歉的话。", "Write one sentence of apology."),
            reference=both("先道歉，再说怎么办。", "Sorry first, then what is done."),
        ),
        Plain(
            QuestionType.CASE_ANALYSIS,
            both("客服没查就答“有货”，请分析。", "“In stock,” said without a look. Analyse."),
            criteria=[
                Criterion(
                    both("错在哪里", "What was wrong"), 60,
                    both("没查库存就承诺", "A promise without a look"),
                ),
                Criterion(both("怎么改", "The remedy"), 40, both("先查再答", "Look, then answer")),
            ],
        ),
    ]  # fmt: skip
