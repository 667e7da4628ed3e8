"""Moodle's questions of several gaps, “cloze”: `In {1:NUMERICAL:=10:1} s, by {1:SHORTANSWER:=us}`.

Those to be typed are a question with gaps, and the only one to be chosen in is a choice. Among
several gaps what can be chosen stands in the text, and its letter or the text itself is typed.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.kinds.scored import Scored, gap_of_number, gap_of_words
from lms.plugins.exams.importing.remarks import with_remarks
from lms.plugins.exams.importing.words import is_chinese
from lms.plugins.exams.models import LETTERS, QuestionType

_FULL = 99.9
# Of bounded length: what begins a hundred thousand gaps and ends none would be read for an hour.
_CODE = re.compile(r"\{(\d{0,4}):([A-Z]{2,}(?:_[A-Z]+)?):((?:[^\\}]|\\.){0,4000})\}", re.DOTALL)
# What is left of a gap that is written otherwise, by hand or by an editor, would show its key.
_LEFT = re.compile(r"\{\s*(?:\d*\s*:\s*\w+\s*:|[=~])")
_WORDS = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
_NUMBER = {"NUMERICAL", "NM"}
_CHOICE = {"MULTICHOICE", "MC"} | {
    f"{name}{way}" for way in ("V", "H", "S", "VS", "HS") for name in ("MULTICHOICE_", "MC")
}
_CHOICES = {"MULTIRESPONSE", "MR"} | {
    f"{name}{way}" for way in ("H", "S", "HS") for name in ("MULTIRESPONSE_", "MR")
}
_SHARE = re.compile(r"\s*(?:=|%(-?\d+(?:[.,]\d*)?)%)")
_GAP = "\ue010"

_CASE_SENSITIVE = N_("Capitals make no difference here.")
_TYPED = N_("What could be chosen in a gap stands in the text now; its letter or words are typed.")
_WEIGHTS = N_("Its gaps are worth the same here.")


class _Part(NamedTuple):
    """A gap: its weight and its name as written, its answers, and what is said of each."""

    weight: str
    kind: str
    answers: list[Scored]
    remarks: list[tuple[str, str]]


def is_cloze(written: str) -> bool:
    return _CODE.search(written) is not None


def read_cloze(draft: Draft, written: str, plain: Callable[[str], str]) -> None:
    """`written` is the text with its gaps; `plain` takes the markup off a text."""
    found = [_part(match, plain) for match in _CODE.finditer(written)]
    stem = plain(_CODE.sub(_GAP, written))
    if not found or _LEFT.search(stem):
        draft.type = QuestionType.BLANK
        draft.reasons.append(DomainError("It has no gap, or one that does not end."))
        return
    draft.stem = stem
    draft.explanation = with_remarks(
        draft.explanation, [remark for part in found for remark in part.remarks]
    )
    if len(found) == 1 and found[0].kind in _CHOICE | _CHOICES:
        _only_choice(draft, found[0])
        shown = [""]
    else:
        draft.type = QuestionType.BLANK
        shown = [_take(draft, number, part) for number, part in enumerate(found, 1)]
    if len({int(part.weight or 1) for part in found}) > 1:
        draft.notes.append(DomainError(_WEIGHTS))
    draft.stem = _with_gaps(draft.stem, shown)


def _part(match: re.Match[str], plain: Callable[[str], str]) -> _Part:
    answers, remarks = [], []
    for written in re.split(r"(?<!\\)~", match[3]):
        if not plain(written):
            continue
        share, rest = 0.0, written
        if mark := _SHARE.match(written):
            share = float(mark[1].replace(",", ".")) if mark[1] else 100.0
            rest = written[mark.end() :]
        text, *said = (
            plain(re.sub(r'\\([}#~/"])', r"\1", piece))
            for piece in re.split(r"(?<!\\)(?<!&)#", rest, maxsplit=1)
        )
        answers.append(Scored(text, share))
        remarks.append((text, "".join(said)))
    return _Part(match[1], match[2], answers, remarks)


def _only_choice(draft: Draft, part: _Part) -> None:
    is_single = part.kind in _CHOICE
    draft.type = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    draft.options = [answer.text for answer in part.answers]
    least = _FULL if is_single else 1e-6
    draft.answer = [n for n, answer in enumerate(part.answers) if answer.share >= least]


def _take(draft: Draft, number: int, part: _Part) -> str:
    """Add the gap to the draft; returns what its text shows behind it."""
    told, shown, gap = len(draft.reasons), "", []
    if part.kind in _NUMBER:
        gap = gap_of_number(draft, part.answers)
    elif part.kind in _WORDS:
        gap = gap_of_words(draft, part.answers)
        if part.kind.endswith("C"):
            _note(draft, _CASE_SENSITIVE)
    elif part.kind in _CHOICE:
        right = [n for n, answer in enumerate(part.answers) if answer.share >= _FULL]
        gap = [{"accept": [w for n in right for w in (part.answers[n].text, LETTERS[n])]}]
        gap = gap if right else []
        shown = _choices([answer.text for answer in part.answers])
        _note(draft, _TYPED)
    elif part.kind in _CHOICES:
        draft.reasons.append(
            DomainError("Gap %(number)s has several right options: that is a question of its own.",
                        number=number)
        )  # fmt: skip
    else:
        draft.reasons.append(
            DomainError("Gap %(number)s is of the type “%(type)s”, which cannot be asked here.",
                        number=number, type=part.kind)
        )  # fmt: skip
    if not gap and len(draft.reasons) == told:
        draft.reasons.append(DomainError("Gap %(number)s has no right answer.", number=number))
    draft.gaps += gap
    return shown


def _choices(options: list[str]) -> str:
    listed = " ".join(f"{letter}. {text}" for letter, text in zip(LETTERS, options, strict=False))
    return f"（{listed}）" if is_chinese(listed) else f" ({listed})"


def _note(draft: Draft, message: str) -> None:
    if message not in [note.message for note in draft.notes]:
        draft.notes.append(DomainError(message))


def _with_gaps(stem: str, shown: list[str]) -> str:
    """Each gap as `___` with what it shows. Those on lines of their own at the end of the text are
    no part of it: a text without any has its gaps below it."""
    text = stem.rstrip(f"{_GAP} \n")
    behind = stem[len(text) :]
    is_below = behind.count(_GAP) == len(shown) and "\n" in behind.partition(_GAP)[0]
    if is_below and len(shown) > 1 and not any(shown):
        return text
    pieces = stem.split(_GAP)
    text = pieces[0]
    for said, piece in zip(shown, pieces[1:], strict=True):
        text += f"{' ' if text.endswith('_') else ''}___{said}"
        text += f" {piece}" if piece.startswith("_") else piece
    return text
