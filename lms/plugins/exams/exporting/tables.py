"""The rows of an Excel or CSV file that the import reads; also its template."""

from collections.abc import Iterable

from lms.plugins.api import Localized, pick
from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.models import LETTERS, QuestionType

_TYPES = {
    QuestionType.SINGLE: Localized("单选题", "single"),
    QuestionType.MULTIPLE: Localized("多选题", "multiple"),
    QuestionType.TRUE_FALSE: Localized("判断题", "true/false"),
}
_TRUE, _FALSE = Localized("对", "true"), Localized("错", "false")
_EXAMPLE_ANSWERS = (("single", [1], 1), ("multiple", [0, 2], 3), ("true_false", [0], 2))
_EXAMPLE_TEXTS = (
    (
        Localized("在线渠道首次回复的时限是？", "How fast is the first reply online?"),
        (Localized("5 秒", "5 s"), Localized("10 秒", "10 s"), Localized("30 秒", "30 s")),
        Localized("服务手册：在线 10 秒内首次回复。", "The handbook: within 10 seconds."),
    ),
    (
        Localized("下列哪些是红线？", "Which of these are red lines?"),
        (
            Localized("泄露客户信息", "Passing on customer data"),
            Localized("先道歉再解释", "Saying sorry first"),
            Localized("承诺不存在的优惠", "Promising offers that do not exist"),
        ),
        Localized(),
    ),
    (
        Localized(
            "一级投诉须在 1 小时内回复。", "A level 1 complaint is answered within one hour."
        ),
        (),
        Localized(),
    ),
)

_EXAMPLES = tuple(zip(_EXAMPLE_ANSWERS, _EXAMPLE_TEXTS, strict=True))


def header(letters: int) -> list[str]:
    names = [
        Localized("题型", "type"),
        Localized("题干", "question"),
        *(Localized(f"选项{letter}", f"option {letter}") for letter in LETTERS[:letters]),
        Localized("答案", "answer"),
        Localized("解析", "explanation"),
        Localized("难度", "difficulty"),
        Localized("标签", "tags"),
    ]
    return [pick(name) for name in names]


def rows(questions: Iterable[Plain], letters: int) -> list[list[object]]:
    """As many option columns as `letters`."""
    return [_row(question, letters) for question in questions]


def _row(question: Plain, letters: int) -> list[object]:
    if question.type == QuestionType.TRUE_FALSE:
        answer = pick(_TRUE if question.is_true else _FALSE)
    else:
        answer = "".join(LETTERS[number] for number in question.right)
    blank = [""] * (letters - len(question.options))
    return [
        pick(_TYPES[QuestionType(question.type)]), question.stem, *question.options, *blank, answer,
        question.explanation, question.difficulty, ";".join(question.tags),
    ]  # fmt: skip


def widest(questions: Iterable[Plain]) -> int:
    return max([4, *(len(question.options) for question in questions)])


def examples() -> list[Plain]:
    """One question of each type, in the reader's language, for the template."""
    return [
        Plain(kind, pick(stem), [pick(o) for o in options], right, pick(why), difficulty, [])
        for (kind, right, difficulty), (stem, options, why) in _EXAMPLES
    ]
