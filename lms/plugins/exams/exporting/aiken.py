"""Aiken: a text in one line, its options and the letter of the right one; nothing else."""

import re
from collections.abc import Iterable

from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.exporting.answers import letters_of
from lms.plugins.exams.models import LETTERS, QuestionType


def can_hold(question: Plain) -> bool:
    return question.type == QuestionType.SINGLE


def as_aiken(questions: Iterable[Plain]) -> str:
    return "\n".join(_question(question) for question in questions)


def _question(question: Plain) -> str:
    options = [
        f"{letter}. {_line(option)}\n"
        for letter, option in zip(LETTERS, question.options, strict=False)
    ]
    return f"{_line(question.stem)}\n{''.join(options)}ANSWER: {letters_of(question)}\n"


def _line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)
