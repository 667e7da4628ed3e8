"""Marking: what a question's type says of an answer, and what an attempt comes to."""

from collections.abc import Sequence
from typing import Any

from lms.plugins.exams.models import QuestionVersion
from lms.plugins.exams.types import FULL, KINDS
from lms.plugins.exams.wording import own_wording


def share_of(answer: list[Any] | None, version: QuestionVersion) -> int | None:
    """Of the question's points, in hundredths of a percent; None if a person has to mark it."""
    return KINDS[version.type].share(answer, own_wording(version))


def percentage(shares: Sequence[int]) -> int:
    """The mean, in hundredths of a percent, half up: every question counts the same."""
    return (2 * sum(shares) + len(shares)) // (2 * len(shares)) if shares else 0


def is_full(share: int | None) -> bool | None:
    """Whether an answer is right: that it earned all its question gives; None while unmarked."""
    return None if share is None else share == FULL
