"""Marking: what a question's type says of an answer; what it earns then, `papers.scoring` says."""

from typing import Any

from lms.plugins.exams.papers import scoring
from lms.plugins.exams.papers.rules import Rules
from lms.plugins.exams.types import FULL, KINDS, Wording
from lms.plugins.exams.types.choice import MULTIPLE


def share_of(answer: list[Any] | None, kind: str, wording: Wording, rules: Rules) -> int | None:
    """Of the question's points, in hundredths of a percent; None if a person has to mark it."""
    if kind == MULTIPLE.code:
        return scoring.share_of_choices(answer or [], wording.answer, rules.scoring)
    return KINDS[kind].share(answer, wording)


def is_full(share: int | None) -> bool | None:
    """Whether an answer is right: that it earned all its question gives; None while unmarked."""
    return None if share is None else share == FULL
