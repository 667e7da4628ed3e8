"""Pairs: `左=右` in options or the answer, or a key like `1-A；2-B` to things that are listed."""

import re
import unicodedata
from typing import Any

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.bank.escapes import pieces, said
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.kinds.choices import MAX_OPTION, NO_ANSWER
from lms.plugins.exams.importing.kinds.items import take_items, take_two_lists
from lms.plugins.exams.importing.spelling import in_its_language, normalised
from lms.plugins.exams.models import LETTERS

Pairs = list[tuple[str, str]]
EQUALS = "=＝"
_BAR = "|｜"
_NO_RIGHT = N_("One of the pairs has no right side.")
_LINES = ("\n", ";；", "|｜", ",，")
# What may stand between the two sides, the plainest first.
_SIGNS = (
    re.compile(r"\s*(?:[-–—=]+>|→|⇒|⟶)\s*"),
    re.compile(r"\s*(?:——+|—|--+)\s*"),
    re.compile(r"\s*[:：]\s*"),
    re.compile(r"\s*[-–]\s*"),
)
_KEY = re.compile(r"(?:([A-Z])|(\d{1,2}))(?:[-–—~=→:>.]*)(?:([A-Z])|(\d{1,2}))")
_NAMES = re.compile(r"[(（]?\d{1,2}[)）]?-[(（]?[A-Za-zＡ-Ｚ][)）]?|[A-Z]-\d{1,2}")
_SEQUENCE = re.compile(r"(?:1-\d{1,2}[:.]?)?([A-Z]+)")


def read_pairs(draft: Draft) -> dict[str, Any]:
    written = draft.answer.strip() if isinstance(draft.answer, str) else ""
    options = [option.strip() for option in draft.options if option.strip()]
    pairs = draft.pairs or _equations(options) or _by_key(draft, written, options)
    pairs = pairs or (_in_words(written) if not options else [])
    if not pairs:
        draft.reasons.append(_unclear(written) if written else _incomplete(options))
    elif sum(bool(left) for left, _ in pairs) < 2:
        draft.reasons.append(DomainError("A matching needs two pairs at least."))
    elif not all(right for _, right in pairs):
        draft.reasons.append(DomainError(_NO_RIGHT))
    elif any(len(text) > MAX_OPTION for pair in pairs for text in pair):
        draft.reasons.append(
            DomainError("An option is longer than %(most)s characters.", most=MAX_OPTION)
        )
    elif len({normalised(left) or left for left, _ in pairs if left}) < len(
        [left for left, _ in pairs if left]
    ):
        draft.reasons.append(DomainError("Two left sides say the same."))
    if draft.reasons:
        return {}
    named = {right for left, right in pairs if left}

    def one(text: str) -> dict[str, str]:
        return in_its_language(text, like=draft.stem)

    others = [right for left, right in pairs if not left and right not in named]
    return {
        "pairs": [{"left": one(left), "right": one(right)} for left, right in pairs if left],
        "others": [one(right) for right in dict.fromkeys(others)],
    }


def _incomplete(options: list[str]) -> DomainError:
    has_pairs = any(len(pieces(option, EQUALS + _BAR)) == 2 for option in options)
    return DomainError(_NO_RIGHT if has_pairs else NO_ANSWER)


def _unclear(written: str) -> DomainError:
    return DomainError(
        "Which belongs to which cannot be told from “%(text)s”: write 1-A；2-B, or left = right.",
        text=written[:60],
    )


def _equations(lines: list[str]) -> Pairs:
    """`左=右` or `左|右` each; `=右` belongs to nobody."""
    for sign in (EQUALS, _BAR):
        found = [pieces(line, sign) for line in lines]
        if found and all(len(pair) == 2 for pair in found):
            return [(said(left, sign), said(right, sign)) for left, right in found]
    return []


def _in_words(written: str) -> Pairs:
    for sign in _LINES:
        lines = [line for line in pieces(written, sign) if line]
        if pairs := _equations(lines):
            return pairs
        for between in _SIGNS:
            split = [between.split(line) for line in lines]
            if len(lines) > 1 and all(len(pair) == 2 and all(pair) for pair in split):
                if all(_NAMES.fullmatch(f"{left}-{right}") for left, right in split):
                    return []  # names of things that are not there
                return [(left, right) for left, right in split]
    return []


def _by_key(draft: Draft, written: str, options: list[str]) -> Pairs:
    """By the letters of options, and the numbers in the text or behind the last option."""
    if not written:
        return []
    stem, listed = take_items(draft.stem)
    if not options:
        stem, listed, options = take_two_lists(draft.stem)
    elif not listed:
        last, listed = take_items(options[-1])
        options = [*options[:-1], last] if listed else options
    names = {LETTERS[n]: text for n, text in enumerate(options[: len(LETTERS)])}
    names |= {str(n): text for n, text in enumerate(listed, 1)}
    key = _key(unicodedata.normalize("NFKC", written).upper(), len(listed))
    if not key or not all(a in names and b in names for a, b in key):
        return []
    firsts, seconds = [pair[0] for pair in key], [pair[1] for pair in key]
    ways = [(firsts, seconds)] if len(set(firsts)) == len(key) else []
    if ways and len(set(seconds)) == len(key):
        ways.append((seconds, firsts))
    for lefts, rights in ways:
        rest = [name for name in names if name not in {*lefts, *rights}]
        if _is_whole(lefts, rights, rest):
            draft.stem = stem if listed else draft.stem
            pairs = [(names[a], names[b]) for a, b in zip(lefts, rights, strict=True)]
            return pairs + [("", names[name]) for name in rest]
    return []


def _is_whole(lefts: list[str], rights: list[str], rest: list[str]) -> bool:
    """Whether each thing on the left has its own: numbers on one side, letters on the other, or
    letters alone and none left over."""
    kinds = [{name.isdecimal() for name in side} for side in (lefts, rights, rest)]
    if set(lefts) & set(rights) or len(kinds[0]) > 1 or len(kinds[1]) > 1:
        return False
    return not rest or (kinds[0] != kinds[1] and kinds[2] == kinds[1])


def _key(narrowed: str, lefts: int) -> list[tuple[str, str]]:
    plain = re.sub(r"[()\[\]【】{}]", "", narrowed).strip(" .。")
    close = re.sub(r"[\s,、;|]+", "", plain)
    if (row := _SEQUENCE.fullmatch(close)) and len(row[1]) == lefts:
        return [(str(n), letter) for n, letter in enumerate(row[1], 1)]
    found = [part for part in re.split(r"[\s,、;|]+", re.sub(r"\s*([-–—~=→:>])+\s*", r"\1", plain))
             if part]  # fmt: skip
    matches = [_KEY.fullmatch(part) for part in found]
    if not found or not all(matches):
        return []
    return [(m[1] or m[2], m[3] or m[4]) for m in matches if m]
