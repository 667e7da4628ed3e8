"""Whether a text has one of some words in it."""

import re
import unicodedata
from collections.abc import Sequence


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def has(folded: str, words: Sequence[str]) -> bool:
    """Chinese anywhere; Latin words from their beginning, so that `apolog` finds `apologise`."""
    for word in map(fold, words):
        if word and (not word[0].isascii() or not word[0].isalnum()):
            if word in folded:
                return True
        elif word and re.search(rf"(?<![a-z0-9]){re.escape(word)}", folded):
            return True
    return False
