"""Whether a text says one of some words, and does not say it of the opposite."""

import re
import unicodedata
from collections.abc import Sequence

# What stands before a word and turns it round: 不能(退), 没法跟您(保证), can't really (promise).
_NOT_ZH = re.compile(
    "(?:(?<![要得])不|没|别|未|勿|无法)"
    "(?:能|会|了|敢|可以|可|用|要|必|应该|该|是|有|想|需要|需|肯|愿意|准|方便|便|一定|肯定|太|打算|办法|法"
    "|再|马上|直接|完全|随便|当场|现在|轻易|先|报|上|发|提供|说|选){0,3}"
    "(?:(?:向|跟|给|和|对|为|替|帮|让)?(?:您|你|客户))?$"
)
_NOT_EN = re.compile(
    r"(?:\b(?:not|never|no|nor|cannot|without)|n't)\s"
    r"(?:(?:be|been|able|to|going|really|yet|have|in|a|an|any|the|position|possibly|actually|ever"
    r"|just|simply|let|you|allowed|want|like|please|need|can|will|even|mean"
    r"|something i can)\s){0,4}$"
)
_FAR = 40  # characters before a word that are looked at
_GAP = r"[^.,;!?。、]{0,16}?"  # what `…` stands for; full-width marks are folded


def fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(folded.split())


def has(folded: str, words: Sequence[str]) -> bool:
    """Chinese anywhere; Latin words from their beginning, so that `apolog` finds `apologise`.
    `能退` is not said by `不能退`; a word that is itself a denial is looked for as it stands.
    `查…库存` leaves room for a few characters of the same clause between its parts."""
    return any(_is_said(folded, word) for word in map(fold, words) if word)


def _is_said(folded: str, word: str) -> bool:
    pattern = _GAP.join(_beginning(part.strip()) for part in word.split("...") if part.strip())
    return bool(pattern) and any(
        not _is_denied(folded[max(0, found.start() - _FAR) : found.start()], word)
        for found in re.finditer(pattern, folded)
    )


def _beginning(part: str) -> str:
    is_latin = part[0].isascii() and part[0].isalnum()
    return (r"(?<![a-z0-9])" if is_latin else "") + re.escape(part)


def _is_denied(before: str, word: str) -> bool:
    if _NOT_EN.search(before):
        return True
    found = _NOT_ZH.search(before)
    if found is None:
        return False
    # 能不能退, 要不要换: a question, no denial.
    at = found.start()
    return before[at - 1 : at] != (before + word)[at + 1 : at + 2]
