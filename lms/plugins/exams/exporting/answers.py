"""Answers as tables and papers have them; `importing.kinds` reads them back."""

from collections.abc import Mapping
from typing import Any

from lms.plugins.exams.bank.escapes import ESCAPE, written
from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.importing.kinds.gaps import GAP_SIGNS, is_range, number_of
from lms.plugins.exams.importing.kinds.items import numbered
from lms.plugins.exams.importing.kinds.pairs import EQUALS
from lms.plugins.exams.importing.words import is_chinese
from lms.plugins.exams.models import LETTERS
from lms.plugins.exams.types.base import exact


def letters_of(question: Plain) -> str:
    """The key to options: which are right, or their order."""
    right = range(len(question.options)) if question.type == "ordering" else question.right
    return "".join(LETTERS[number] for number in right)


def gaps_text(question: Plain) -> str:
    """`10；15±0.5；心情/情绪`."""
    return "；".join(_gap(gap) for gap in question.gaps)


def _gap(gap: dict[str, Any]) -> str:
    if "number" in gap:
        return "±".join(numbers(gap))
    line = "/".join(written(text, GAP_SIGNS) for text in gap["accept"])
    return ESCAPE + line if number_of(line) or is_range(line) or numbered(line) else line


def numbers(gap: Mapping[str, Any]) -> list[str]:
    """A number and its tolerance, if it has one, as they were written."""
    tolerance = [gap["tolerance"]] if gap.get("tolerance") else []
    return [f"{exact(number):f}" for number in (gap["number"], *tolerance)]


def pairs_text(question: Plain) -> str:
    """`左 = 右` on a line each."""
    return "\n".join(
        f"{written(left, EQUALS)} = {written(right, EQUALS)}".strip()
        for left, right in question.pairs
    )


def criteria_text(question: Plain) -> str:
    """`标题（40分）：要点` on a line each."""
    form = "{}（{}分）：{}" if is_chinese(question.stem) else "{} ({} points): {}"
    return "\n".join(form.format(c.title, c.points, c.expected).strip() for c in question.criteria)


def tags_of(question: Plain) -> list[str]:
    """With the difficulty, where a format has tags alone; `importing.words` takes it out again."""
    name = "难度" if is_chinese(question.stem) else "difficulty"
    return [*question.tags, f"{name}:{question.difficulty}"]


def for_markers(question: Plain) -> str:
    """What markers look at, in one text."""
    if not question.criteria:
        return question.reference
    name = "参考答案：" if is_chinese(question.stem) else "Reference answer: "
    reference = [name + question.reference] if question.reference else []
    return "\n".join([criteria_text(question), *reference])
