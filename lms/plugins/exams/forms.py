"""What the exam page sends, per question: `a<n>` (options ticked, or a text), `a<n>.<k>` (one piece
of an answer in several), `f<n>` (flag), `s<n>` (sequence)."""

from collections import defaultdict

from werkzeug.datastructures import MultiDict

from lms.plugins.api import DomainError
from lms.plugins.exams.saving import MAX_SEQUENCE, Given
from lms.plugins.exams.types import Sent
from lms.plugins.exams.types.base import UNREADABLE


def answers(form: MultiDict[str, str]) -> dict[int, Given]:
    """By position. A question is in the form when its sequence is, also with nothing answered."""
    pieces: dict[str, dict[int, str]] = defaultdict(dict)
    for name, value in form.items():
        position, dot, piece = name.partition(".")
        if dot and position[:1] == "a" and piece.isdecimal():
            pieces[position[1:]][_number(piece)] = value
    return {
        _number(name[1:]): _given(form, name[1:], pieces[name[1:]])
        for name in form
        if name[:1] == "s" and name[1:].isdecimal()
    }


def _given(form: MultiDict[str, str], position: str, pieces: dict[int, str]) -> Given:
    sequence = _number(form[f"s{position}"])
    if sequence > MAX_SEQUENCE:
        raise DomainError(UNREADABLE)
    return Given(
        sent=Sent(form.getlist(f"a{position}"), pieces),
        is_flagged=f"f{position}" in form,
        sequence=sequence,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise DomainError(UNREADABLE)
    return int(text)
