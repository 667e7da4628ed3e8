"""A paper as text: sections by type, options by letter, and the key below each question."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from lms.plugins.api import Localized, pick
from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.exporting.answers import criteria_text
from lms.plugins.exams.exporting.tables import answer, type_name
from lms.plugins.exams.models import LETTERS, QuestionType
from lms.plugins.exams.types import KINDS

_ORDER = list(KINDS)
_NUMERALS = "一二三四五六七八"
_ANSWER = Localized("答案：", "Answer: ")
_CRITERIA = Localized("评分标准：", "Criteria:")
_EXPLANATION = Localized("解析：", "Explanation: ")
_DIFFICULTY = Localized("难度：", "Difficulty: ")
_TAGS = Localized("知识点：", "Tags: ")
# A plain “multiple choice” may have one right option or several.
_HEADINGS = {
    "single": "single answer",
    "multiple": "multiple answers",
    "true/false": "true or false",
}


def as_paper(questions: Iterable[Plain]) -> str:
    sections = groupby(in_order(questions), key=lambda question: question.type)
    blocks, number = [], 0
    for part, (_type, found) in enumerate(sections):
        section = list(found)
        name = type_name(section[0])
        heading = Localized(f"{_NUMERALS[part]}、{name}", f"Part {part + 1}. {_heading(name)}")
        blocks.append(pick(heading))
        for question in section:
            number += 1
            blocks.append(f"{number}. " + "\n".join(_lines(question)))
    return "\n\n".join(blocks) + "\n"


def in_order(questions: Iterable[Plain]) -> list[Plain]:
    """By type, those of a type in the order they came."""
    return sorted(questions, key=lambda question: _ORDER.index(question.type))


def _heading(name: str) -> str:
    return _HEADINGS.get(name, name).capitalize()


def _lines(question: Plain) -> list[str]:
    lines, said = [question.stem], answer(question)
    options: Sequence[str] = question.options
    if question.type == QuestionType.MATCHING:
        lefts = [left for left, _ in question.pairs if left]
        rights = list(dict.fromkeys(right for _, right in question.pairs))
        if len(rights) <= len(LETTERS):
            lines += [f"({number}) {left}" for number, left in enumerate(lefts, 1)]
            key = [LETTERS[rights.index(right)] for left, right in question.pairs if left]
            said = "；".join(f"{number}-{letter}" for number, letter in enumerate(key, 1))
            options = rights
    lines += [f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False)]
    lines += [pick(_ANSWER) + said] if said else []
    if question.criteria:
        lines += [pick(_CRITERIA), criteria_text(question)]
    if question.explanation:
        lines.append(pick(_EXPLANATION) + question.explanation)
    lines.append(f"{pick(_DIFFICULTY)}{question.difficulty}")
    if question.tags:
        lines.append(pick(_TAGS) + ", ".join(question.tags))
    return lines
