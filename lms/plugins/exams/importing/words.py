"""How files call the kinds of question, right and wrong, and the levels of difficulty."""

import re
import unicodedata
from collections.abc import Iterable

from lms.plugins.exams.models import QuestionType

RIGHT = {
    "对", "正确", "√", "✓", "✔", "v", "是", "是的", "t", "true", "y", "yes", "right", "correct",
    "正确答案",
}  # fmt: skip
WRONG = {
    "错", "错误", "×", "╳", "✗", "✘", "✖", "x", "否", "不是", "不对", "不正确", "f", "false", "n",
    "no", "wrong", "incorrect",
}  # fmt: skip

_TYPES = {
    QuestionType.SINGLE: ("单选", "单项选择", "single", "multiplechoiceone", "radio"),
    QuestionType.MULTIPLE: ("多选", "多项选择", "不定项", "multiple", "multi", "checkbox"),
    QuestionType.TRUE_FALSE: ("判断", "是非", "对错", "truefalse", "trueorfalse", "judge", "tf"),
    QuestionType.BLANK: ("填空", "fillin", "fillintheblank", "fillintheblanks", "blank", "blanks",
                         "numerical", "numeric", "数值", "计算"),
    QuestionType.MATCHING: ("匹配", "连线", "配对", "matching", "match"),
    QuestionType.ORDERING: ("排序", "ordering", "putinorder", "sequence", "sequencing"),
    QuestionType.SHORT_ANSWER: ("简答", "问答", "论述", "主观", "名词解释", "shortanswer", "essay",
                                "openended", "longanswer"),
    QuestionType.CASE_ANALYSIS: ("案例分析", "案例", "情景分析", "情境分析", "材料分析",
                                 "caseanalysis", "casestudy"),
}  # fmt: skip
# Named like one of them, but with words to choose from.
_OTHERS = ("完形填空", "选词填空", "选择填空")
# Of a question that shares its text with others: alone it lacks that.
_PART_OF_ANOTHER = re.compile("子题|子试题|小题")
_ANY_CHOICE = ("", "选择", "客观", "choice", "multichoice", "multiplechoice")
_DIFFICULTY = {
    1: ("1", "容易", "简单", "易", "低", "easy", "low", "★"),
    2: ("2", "较易", "较简单", "偏易", "★★"),
    3: ("3", "中", "中等", "一般", "适中", "普通", "medium", "middle", "normal", "★★★"),
    4: ("4", "较难", "偏难", "★★★★"),
    5: ("5", "难", "困难", "高", "hard", "high", "difficult", "★★★★★"),
}
_NO_LEVEL = 3
_LEVEL_TAG = re.compile(r"(?:难度|difficulty)\s*[:：]\s*([1-5])", re.IGNORECASE)
_LEVEL_FROM_SHARE = ((0.9, 1), (0.75, 2), (0.5, 3), (0.25, 4), (0, 5))
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def plain(written: str) -> str:
    """In one spelling: full-width forms narrowed, small letters, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).lower()


def question_type(written: str) -> str | None:
    """The type a word stands for; empty for nothing or for a plain `选择题`, None for any other
    kind: it cannot be asked here."""
    word = re.sub(r"[\W_]+", "", plain(written)).removesuffix("题")
    if word in _ANY_CHOICE:
        return ""
    if word in _OTHERS or _PART_OF_ANOTHER.search(plain(written)):
        return None
    for kind, names in _TYPES.items():
        if any(word.startswith(name) or word.endswith(name) for name in names):
            return kind
    return None


def kind_name(written: str) -> str:
    """The same for two words for the same kind."""
    return question_type(written) or plain(written)


def is_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


def share_of_right(written: str) -> float | None:
    """A 难度系数: the share of people who are right, between 0 and 1."""
    match = re.fullmatch(r"0?\.\d+", plain(written))
    return float(match[0]) or None if match else None


def difficulty(written: str) -> int | None:
    """1 (easy) to 5; the middle where nothing is said, None for a word that says no level."""
    if share := share_of_right(written):
        return next(level for least, level in _LEVEL_FROM_SHARE if share >= least)
    word = re.sub(r"\([\d.]+\)$", "", plain(written)).removesuffix(".0")  # 适中(0.65)
    if not word:
        return _NO_LEVEL
    return next((level for level, names in _DIFFICULTY.items() if word in names), None)


def without_level(tags: Iterable[str]) -> tuple[list[str], str]:
    """Each tag once, and the difficulty that one of them says: `难度:3`, `difficulty: 3`."""
    kept, level = [], ""
    for tag in dict.fromkeys(tags):
        if match := _LEVEL_TAG.fullmatch(tag):
            level = match[1]
        else:
            kept.append(tag)
    return kept, level


def split_tags(written: str) -> list[str]:
    return [tag.strip() for tag in re.split(r"[,，、;；|\n]+", written) if tag.strip()]
