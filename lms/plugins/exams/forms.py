"""What the exam page sends: per question `a<n>` (options), `f<n>` (flag), `s<n>` (sequence)."""

from werkzeug.datastructures import MultiDict

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.attempts import MAX_SEQUENCE, Given

_UNREADABLE = N_("This answer could not be read. Reload the page and give it again.")


def answers(form: MultiDict[str, str]) -> dict[int, Given]:
    """By position. A question is in the form when its sequence is, also with no option chosen."""
    positions = [_number(name[1:]) for name in form if name[:1] == "s" and name[1:].isdecimal()]
    return {position: _given(form, position) for position in positions}


def _given(form: MultiDict[str, str], position: int) -> Given:
    sequence = _number(form[f"s{position}"])
    if sequence > MAX_SEQUENCE:
        raise DomainError(_UNREADABLE)
    return Given(
        chosen=[_number(text) for text in form.getlist(f"a{position}")],
        is_flagged=f"f{position}" in form,
        sequence=sequence,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise DomainError(_UNREADABLE)
    return int(text)
