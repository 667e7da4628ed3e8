"""GIFT. It has no difficulty; one tag goes along as the category."""

import re
from collections.abc import Iterable

from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.models import QuestionType


def as_gift(questions: Iterable[Plain]) -> str:
    blocks, category = [], ""
    for question in questions:
        first = question.tags[0] if question.tags else ""
        if first != category:
            blocks.append(f"$CATEGORY: $course$/{first}" if first else "$CATEGORY: $course$")
            category = first
        blocks.append(_question(question))
    return "\n\n".join(blocks) + "\n"


def _question(question: Plain) -> str:
    if question.type == QuestionType.TRUE_FALSE:
        inside = "TRUE" if question.is_true else "FALSE"
    elif question.type == QuestionType.SINGLE:
        inside = _answers(question, lambda is_right: "=" if is_right else "~")
    else:
        share = f"{100 / len(question.right):.5g}"
        inside = _answers(question, lambda is_right: f"~%{share if is_right else -100}%")
    if question.explanation:
        inside += f"\n####{_escaped(question.explanation)}"
    return f"{_escaped(question.stem)} {{{inside}\n}}"


def _answers(question: Plain, mark) -> str:  # type: ignore[no-untyped-def]
    return "".join(
        f"\n{mark(number in question.right)}{_escaped(option)}"
        for number, option in enumerate(question.options)
    )


def _escaped(text: str) -> str:
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\r", "").replace("\n", "\\n")
