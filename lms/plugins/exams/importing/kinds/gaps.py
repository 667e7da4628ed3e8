"""Gaps: `10；15；30`, `(1)10 (2)15`, `72/七十二`, `3.5±0.1`, one for each gap of the text.

A backslash before a sign makes it part of the answer, as in the editor (`bank.escapes`).
"""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.bank.escapes import BREAK, ESCAPE, pieces, said
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.kinds.choices import NO_ANSWER
from lms.plugins.exams.importing.kinds.items import numbered
from lms.plugins.exams.types.blank import (
    GAP,
    MAX_ACCEPTED,
    MAX_GAPS,
    MAX_LENGTH,
    as_number,
    is_code,
)

# Words that are right in the same gap; what may stand between two gaps, surely and for want of it.
OR = "/／|｜;；"
GAP_SIGNS = OR + "±"
_BETWEEN = ("|｜", ";；", "\n")
_LOOSE = (",，、", " \t\u3000")
_NAMED = re.compile(r"[\[【]\s*填空\s*\d{1,2}\s*[\]】]")
_LINES = re.compile(r"_{2,}|＿+")
_BRACKETS = re.compile(r"[（(【\[][\s\u3000]*[】\])）]")
_TOLERANCE = re.compile(r"([-+]?[\d.,]+)\s*\(?\s*(?:±|\+/-|\+-)\s*([\d.,]+)\s*\)?")
_BY_COLON = re.compile(r"([-+]?\d*\.?\d+):(\d*\.?\d+)")
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+\d{1,2}", re.IGNORECASE)
_RANGE = re.compile(r"[-+]?\d[\d.,]*\s*[~～]\s*[-+]?\d[\d.,]*")
_DATE = re.compile(r"\d{4}/\d{1,2}/\d{1,2}")
_WITH_BRACKETS = re.compile(r"[^（）()]+[（(][^（）()]+[)）]")
_PER_CENT = "%％"
_NUMERIC = re.compile(r"数值|计算|numeric", re.IGNORECASE)


NO_NUMBER = N_("“%(text)s” is no number.")
_LOOKS_SHORTENED = N_("“%(text)s” looks as if Excel had shortened it; it is taken as %(number)s.")
_MAY_BE_RANGE = N_("“%(text)s” may be a range or a text: write 4.75±0.25, or \\4.5~5.0.")
_HAS_BRACKETS = N_(
    "“%(text)s” is right only with its brackets: put / between words that are both right."
)


def read_gaps(draft: Draft) -> dict[str, Any]:
    draft.stem, count = _with_gaps(draft.stem)
    gaps = draft.gaps or _written(draft, count)
    if _NUMERIC.search(draft.type) and any("accept" in gap for gap in gaps):
        draft.reasons.append(DomainError(NO_NUMBER, text=str(draft.answer)[:60]))
    if not gaps and not draft.reasons:
        draft.reasons.append(DomainError(NO_ANSWER))
    elif count and len(gaps) != count and not draft.reasons:
        draft.reasons.append(
            DomainError("The text has %(gaps)s gaps, the answer is for %(answers)s.",
                        gaps=count, answers=len(gaps))
        )  # fmt: skip
    if len(gaps) > MAX_GAPS:
        draft.reasons.append(DomainError("More than %(most)s gaps.", most=MAX_GAPS))
    if any(len(gap.get("accept", ())) > MAX_ACCEPTED for gap in gaps):
        draft.reasons.append(
            DomainError("More than %(most)s answers for one gap.", most=MAX_ACCEPTED)
        )
    if any(len(text) > MAX_LENGTH for gap in gaps for text in gap.get("accept", ())):
        draft.reasons.append(
            DomainError("The answer for a gap is longer than %(most)s characters.",
                        most=MAX_LENGTH)
        )  # fmt: skip
    return {"gaps": gaps}


def _with_gaps(stem: str) -> tuple[str, int]:
    """The text with each gap as `___`, and how many it has; lines count before empty brackets."""
    for form in (_NAMED, _LINES, _BRACKETS):
        if form.search(stem):
            marked = form.sub(lambda m: m[0] if GAP.fullmatch(m[0]) else "___", stem)
            return marked, len(GAP.findall(marked))
    return stem, 0


def _written(draft: Draft, count: int) -> list[dict[str, Any]]:
    written = draft.answer.strip() if isinstance(draft.answer, str) else ""
    options = [option.strip() for option in draft.options if option.strip()]
    if written and options:
        draft.reasons.append(DomainError("A question with gaps has no options."))
        return []
    if options:  # a column for each gap; of one gap, for each answer
        found = ["/".join(options)] if count == 1 else options
    else:
        found = _by_gap(draft, written, count) if written else []
    if len(found) == count:  # a sign that stands behind the gap is no part of the answer
        behind = [text[:1] in _PER_CENT and bool(text) for text in GAP.split(draft.stem)[1:]]
        found = [
            re.sub(rf"[{_PER_CENT}](?=\s*(?:±|$))", "", piece) if has_sign else piece
            for piece, has_sign in zip(found, behind, strict=True)
        ]
    return [gap for piece in found if (gap := _gap(draft, piece))]


def _by_gap(draft: Draft, written: str, count: int) -> list[str]:
    """As written; of a text without gaps, as many as the answer tells apart."""
    listed = numbered(written)
    if listed and len(listed) == (count or len(listed)):
        return listed
    if count == 1:
        return [written]
    ways = _ways(written, _BETWEEN, count) or (_ways(written, _LOOSE, count) if count else [])
    if len(ways) > 1:
        draft.reasons.append(
            DomainError("Which answer is for which gap cannot be told from “%(text)s”: put ； "
                        "between gaps and / between words that are both right.",
                        text=written[:60])
        )  # fmt: skip
        return []
    if ways:
        return ways[0]
    torn = (pieces(written, sign) for sign in _BETWEEN)
    return next((found for found in torn if len(found) > 1), [written])


def _ways(written: str, signs: tuple[str, ...], count: int) -> list[list[str]]:
    ways: list[list[str]] = []
    for sign in signs:
        found = [piece for piece in pieces(written, sign) if piece]
        if len(found) > 1 and len(found) == (count or len(found)) and found not in ways:
            ways.append(found)
    return ways


def _gap(draft: Draft, written: str) -> dict[str, Any]:
    if _SHORTENED.fullmatch(narrowed := written.strip()):
        value = Decimal(narrowed)
        draft.notes.append(DomainError(_LOOKS_SHORTENED, text=narrowed, number=f"{value:f}"))
        return number_gap(value)
    if number := number_of(written):
        return number
    if is_range(written):
        draft.reasons.append(DomainError(_MAY_BE_RANGE, text=written[:60]))
        return {}
    if "±" in written and f"{ESCAPE}±" not in written:
        draft.reasons.append(DomainError("Behind ± stands a number."))
        return {}
    if written.startswith(ESCAPE) and written[1:2] not in GAP_SIGNS + ESCAPE + BREAK:
        written = written[1:]  # what looks like a number is none
    alternatives = [written] if _DATE.fullmatch(narrowed) else pieces(_like_bars(written), OR)
    accepted = [said(piece, GAP_SIGNS) for piece in alternatives if piece]
    for text in accepted:
        if _WITH_BRACKETS.fullmatch(text):
            draft.notes.append(DomainError(_HAS_BRACKETS, text=text[:60]))
    return {"accept": list(dict.fromkeys(accepted))} if accepted else {}


def _like_bars(written: str) -> str:
    """Some exam sites put ## between words that are both right."""
    return written.replace("##", "|") if written.strip("#") else written


def is_range(written: str) -> bool:
    """Which may stand for a number within it or for itself."""
    return _RANGE.fullmatch(written.strip()) is not None


def number_of(written: str) -> dict[str, Any]:
    """`72`, `3.5±0.1`, `3.5:0.1` as in an entry; empty for anything else."""
    narrowed = unicodedata.normalize("NFKC", written).strip()
    if is_code(narrowed):
        return {}
    match = _TOLERANCE.fullmatch(narrowed) or _BY_COLON.fullmatch(narrowed)
    # Without a point it is a time or a proportion, 12:20, 3:1.
    if match and match.re is _BY_COLON and "." not in narrowed:
        match = None
    value, within = (as_number(part) for part in match.groups()) if match else (None, None)
    if value is not None and within is not None:
        return number_gap(value, within)
    value = as_number(narrowed)
    return {} if value is None else number_gap(value)


def number_gap(value: Decimal, tolerance: Decimal | None = None) -> dict[str, Any]:
    """As in an entry."""
    gap = {"number": _plain(value)}
    return gap | {"tolerance": _plain(tolerance)} if tolerance else gap


def _plain(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
