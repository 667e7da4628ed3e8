"""Answers of Moodle's formats, each with its share of the points, as what is right in a gap.

Here an answer is right or it is not: what earns a part of the points is noted and left out.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from lms.plugins.api import DomainError
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.kinds.gaps import NO_NUMBER, number_gap
from lms.plugins.exams.types.base import exact
from lms.plugins.exams.types.blank import as_number

_FULL = 99.9
_ANY = re.compile(r"(?<!\\)\*")


class Scored(NamedTuple):
    """`share`: percent; `tolerance`: as written, of a number."""

    text: str
    share: float
    tolerance: str = ""


def gap_of_words(draft: Draft, answers: Sequence[Scored]) -> list[dict[str, Any]]:
    """The gap as an entry has it, none if no answer is right; like `gap_of_number` it adds to the
    draft what is wrong and what is left out."""
    right = _right(draft, answers)
    for answer in right:
        if _ANY.search(answer.text):
            draft.reasons.append(
                DomainError("“%(text)s”: a * that stands for any text cannot be marked here.",
                            text=answer.text[:60])
            )  # fmt: skip
    accepted = [answer.text.replace("\\*", "*") for answer in right if answer.text]
    return [{"accept": list(dict.fromkeys(accepted))}] if accepted else []


def gap_of_number(draft: Draft, answers: Sequence[Scored]) -> list[dict[str, Any]]:
    right = _right(draft, answers)
    if len(right) > 1:
        draft.reasons.append(DomainError("A gap has one right number, not several."))
    for answer in right[:1]:
        if found := _number(answer):
            return [number_gap(*found)]
        draft.reasons.append(DomainError(NO_NUMBER, text=answer.text[:60]))
    return []


def _right(draft: Draft, answers: Sequence[Scored]) -> list[Scored]:
    for answer in answers:
        if 0 < answer.share < _FULL:
            draft.notes.append(
                DomainError("“%(text)s” earned a part of the points; here it is not right.",
                            text=answer.text[:60])
            )  # fmt: skip
    return [answer for answer in answers if answer.share >= _FULL]


def _number(answer: Scored) -> tuple[Decimal, Decimal | None] | None:
    low, dots, high = answer.text.partition("..")
    if dots:
        ends = as_number(low), as_number(high)
        if ends[0] is None or ends[1] is None or ends[1] < ends[0]:
            return None
        return (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
    text, _, tolerance = answer.text.partition(":")
    value = _any_number(text)
    within = _any_number(tolerance or answer.tolerance or "0")
    return None if value is None or within is None or within < 0 else (value, within or None)


def _any_number(text: str) -> Decimal | None:
    """Also `1e-5`, as Moodle writes small ones."""
    if re.fullmatch(r"\s*[-+]?\d+(\.\d+)?[eE][-+]?\d{1,2}\s*", text):
        return exact(text.strip())
    return as_number(text)
