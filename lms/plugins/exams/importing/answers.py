"""Which options an answer means, in the ways people write it: ABD, A，B, b, 对, √, the text."""

import re
import unicodedata
from collections.abc import Sequence

from lms.plugins.exams.importing.words import RIGHT, WRONG, plain

_BETWEEN = re.compile(r"[\s,，、;；|/&+和及]+")
_AROUND = "()（）[]【】{}「」“”\"'"


def truth(written: str) -> bool | None:
    """What a word says of a true/false question; None if it says neither."""
    word = plain(written).strip(_AROUND)
    if word in RIGHT or word in WRONG:
        return word in RIGHT
    return None


def chosen(written: str, options: Sequence[str]) -> list[int] | None:
    """The numbers of the options meant, from 0, ascending; None if that cannot be told.

    Letters are taken before the options' texts. None for a letter or number beyond the last option
    and for a number that is the text of another option than the one at its place.
    """
    apart = re.sub("([①-⑳])(?=.)", r"\1 ", written)
    narrowed = unicodedata.normalize("NFKC", apart).strip().strip(_AROUND).strip().rstrip(".。")
    letters = _BETWEEN.sub("", narrowed).upper()
    if re.fullmatch("[A-Z]+", letters) and not _is_text(narrowed, options):
        return _within([ord(letter) - ord("A") for letter in letters], options)
    texts = [plain(option) for option in options]
    numbers = _numbers(narrowed, options)
    if numbers and plain(narrowed) in texts and numbers != [texts.index(plain(narrowed))]:
        return None
    if plain(narrowed) in texts:
        return [texts.index(plain(narrowed))]
    parts = [part for part in _BETWEEN.split(narrowed) if part]
    if parts and all(plain(part) in texts for part in parts):
        return _within([texts.index(plain(part)) for part in parts], options)
    whole = [plain(part) for part in re.split(r"[;；|\n]+", written) if part.strip()]
    if len(whole) > 1 and all(part in texts for part in whole):
        return _within([texts.index(part) for part in whole], options)
    return numbers


def _numbers(narrowed: str, options: Sequence[str]) -> list[int] | None:
    parts = [part.removesuffix(".0") for part in _BETWEEN.split(narrowed) if part]
    if not parts or not all(part.isdecimal() for part in parts):
        return None
    return _within([int(part) - 1 for part in parts], options)


def _is_text(narrowed: str, options: Sequence[str]) -> bool:
    """A word of letters that is an option itself (`CRM`), not a list of letters."""
    return len(narrowed) > 1 and plain(narrowed) in {plain(option) for option in options}


def _within(numbers: list[int], options: Sequence[str]) -> list[int] | None:
    found = sorted(set(numbers))
    is_within = len(found) == len(numbers) and found[0] >= 0 and found[-1] < len(options)
    return found if is_within else None
