"""An answer to a question, right or plausibly wrong, in the form its type keeps it."""

import random
from typing import Any

from lms.plugins.exams.models import QuestionType, QuestionVersion
from lms.plugins.exams.types import CHOICES

_NOT_KNOWN = "不记得了"


def right_answer(version: QuestionVersion) -> list[Any]:
    if version.type == QuestionType.BLANK:
        return [_fitting(gap) for gap in version.answer]
    return list(version.answer)


def wrong_answer(version: QuestionVersion, chance: random.Random) -> list[Any]:
    """The first wrong option is taken most."""
    right = right_answer(version)
    if version.type == QuestionType.BLANK:
        return [_NOT_KNOWN, *right[1:]]
    if version.type not in CHOICES:
        right[0], right[1] = right[1], right[0]
        return right
    others = [n for n in range(len(version.options)) if n not in right]
    weights = [2 ** (len(others) - at) for at in range(len(others))]
    if version.type == QuestionType.MULTIPLE:
        if chance.random() < 0.5 and len(right) > 1:
            return right[:-1]
        return sorted([*right, *others[:1]])
    return chance.choices(others, weights)


def _fitting(gap: dict[str, Any]) -> str:
    return f"{gap['number']:g}" if "number" in gap else str(gap["accept"][0])
