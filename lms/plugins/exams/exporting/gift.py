"""GIFT. It has no notes for markers; tags, and the difficulty as one, go along in a comment, as
Moodle has them, and the first tag is the category as well."""

import re
from collections.abc import Iterable

from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.exporting.answers import numbers, tags_of
from lms.plugins.exams.models import QuestionType

_CLOSED = "\\]"


def can_hold(question: Plain) -> bool:
    """One gap; no criteria."""
    return question.type != QuestionType.CASE_ANALYSIS and len(question.gaps) < 2


def as_gift(questions: Iterable[Plain]) -> str:
    blocks, category = [], ""
    for question in questions:
        first = question.tags[0] if question.tags else ""
        if first != category:
            blocks.append(f"$CATEGORY: $course$/{first}" if first else "$CATEGORY: $course$")
            category = first
        blocks.append(f"{_tags(question)}\n{_question(question)}")
    return "\n\n".join(blocks) + "\n"


def _tags(question: Plain) -> str:
    return " ".join(["//", *(f"[tag:{tag.replace(']', _CLOSED)}]" for tag in tags_of(question))])


def _question(question: Plain) -> str:
    inside = _inside(question)
    if question.explanation:
        inside += f"\n####{_escaped(question.explanation)}"
    return f"{_escaped(question.stem)} {{{inside}\n}}"


def _inside(question: Plain) -> str:
    kind = question.type
    if kind == QuestionType.TRUE_FALSE:
        return "TRUE" if question.is_true else "FALSE"
    if kind == QuestionType.SHORT_ANSWER:
        return ""
    if kind == QuestionType.BLANK:
        return _gap(question)
    if kind == QuestionType.MATCHING:
        return "".join(f"\n={_escaped(a)} -> {_escaped(b)}" for a, b in question.pairs)
    if kind == QuestionType.ORDERING:
        items = "".join(f"\n{_escaped(option)}" for option in question.options)
        return f">{len(question.options)} ALL VERTICAL{items}"
    if kind == QuestionType.SINGLE:
        return _answers(question, lambda is_right: "=" if is_right else "~")
    share = f"{100 / len(question.right):.5g}"
    return _answers(question, lambda is_right: f"~%{share if is_right else -100}%")


def _gap(question: Plain) -> str:
    """A bare `*` would stand for any text."""
    (gap,) = question.gaps
    if "number" in gap:
        return "#" + ":".join(numbers(gap))
    return "".join("\n=" + _escaped(text.replace("*", "\\*")) for text in gap["accept"])


def _answers(question: Plain, mark) -> str:  # type: ignore[no-untyped-def]
    return "".join(
        f"\n{mark(number in question.right)}{_escaped(option)}"
        for number, option in enumerate(question.options)
    )


def _escaped(text: str) -> str:
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\r", "").replace("\n", "\\n")
