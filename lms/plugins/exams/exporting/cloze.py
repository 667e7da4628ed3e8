"""A question of several gaps as Moodle's cloze: the key of each stands in its place in the text."""

from collections.abc import Iterable
from html import escape
from typing import Any

from lms.plugins.exams.exporting import Plain
from lms.plugins.exams.exporting.answers import numbers
from lms.plugins.exams.types.blank import GAP

# Those that end an answer or hide one that does.
_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in '&<>"}#~\\'}
_ANY = "\\*"


def cloze_html(question: Plain) -> str:
    """A text without gaps has them on a line below it."""
    codes = [_code(gap) for gap in question.gaps]
    if not GAP.search(question.stem):
        return f"<p>{_said(question.stem)}</p>\n<p>{' '.join(codes)}</p>"
    pieces = GAP.split(question.stem)
    text = "".join(_said(piece) + code for piece, code in zip(pieces, [*codes, ""], strict=True))
    return f"<p>{text}</p>"


def _said(text: str) -> str:
    return escape(text, quote=False).replace("{", "&#123;").replace("\n", "<br>")


def _code(gap: dict[str, Any]) -> str:
    """A bare `*` would stand for any text."""
    if "number" in gap:
        return f"{{1:NUMERICAL:={':'.join(numbers(gap))}}}"
    return f"{{1:SHORTANSWER:{_alternatives(gap['accept'])}}}"


def _alternatives(accepted: Iterable[str]) -> str:
    return "~".join(f"={text.replace('*', _ANY).translate(_SIGNS)}" for text in accepted)
