"""Text to search words, the same on every database, so that both give the same results.

Chinese has no spaces: each run of characters becomes its single characters and its pairs, and a
query of one or two characters is then a word of the index. Latin words are found by their
beginning (two letters at least), as they are typed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from operator import add
from typing import NamedTuple

from markupsafe import Markup, escape

MAX_QUERY = 200  # characters read of a query
MAX_WORDS = 24  # words searched for
_MAX_WORD = 40
# Stand for the tags while a text is escaped, all of it at once; no text is written with them.
_OPEN, _CLOSE = "\x02", "\x03"
_MARKED = f"{_OPEN}\\g<0>{_CLOSE}"

_CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUNS = re.compile(f"([{_CJK}]+)|([^\\W_{_CJK}]+)")
# Letters to small ones, everything that is neither letter nor digit to a space.
_ASCII_WORDS = "".join(chr(n).lower() if chr(n).isalnum() else " " for n in range(128))
_NO_CJK, _OTHER_RUN = re.compile(f"[^{_CJK}]+"), re.compile(f"[^\\W_{_CJK}]+")
END = "\0"  # of a run of Chinese characters


class Word(NamedTuple):
    """One thing a case must contain: any of `forms`, whole or (Latin) as the beginning."""

    forms: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True)
class Words:
    """`cjk`: the runs of Chinese characters, `END` after each; `latin`: the words of other
    scripts."""

    cjk: str
    latin: set[str]


def split_words(texts: Iterable[str]) -> Words:
    """The words of the texts. Called for every case there is: each step is one of C."""
    plain: list[str] = []
    mixed: list[str] = []
    for text in texts:
        (plain if text.isascii() else mixed).append(text)
    # A search through text that has nothing but ASCII in it takes ten times as long as this.
    found = "\n".join(plain).translate(_ASCII_WORDS).split()
    cjk = ""
    if mixed:
        folded = _folded("\n".join([*mixed, ""]))
        cjk = _NO_CJK.sub(END, folded)
        found += _OTHER_RUN.findall(folded)
    return Words(cjk, {word[:_MAX_WORD] for word in found})


def index_words(texts: Iterable[str]) -> list[str]:
    """The words of the texts, each once, sorted: of Chinese, characters and pairs of them."""
    words = split_words(texts)
    pairs = {pair for pair in map(add, words.cjk, words.cjk[1:]) if END not in pair}
    return sorted({*pairs, *words.cjk.replace(END, ""), *words.latin})


def units(text: str) -> list[str]:
    """Its words in order: each Chinese character, each word of other languages."""
    return [word for cjk, latin in _runs(text) for word in ([latin] if latin else cjk)]


def query_words(query: str) -> list[Word]:
    """What a query asks for; empty when nothing in it can be searched (signs, emoji)."""
    words: dict[Word, None] = {}
    for cjk, latin in _runs(query[:MAX_QUERY]):
        if latin:
            words[Word(_singular(latin[:_MAX_WORD]), prefix=len(latin) > 1)] = None
        else:
            words.update((Word((part,), prefix=False), None) for part in _pairs(cjk) or [cjk])
    return list(words)[:MAX_WORDS]


def _runs(text: str) -> list[tuple[str, str]]:
    return [(match[1] or "", match[2] or "") for match in _RUNS.finditer(_folded(text))]


def _folded(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _singular(word: str) -> tuple[str, ...]:
    """A plural is found by its singular, which as a beginning also finds the plural."""
    if (
        not (word.isascii() and word.isalpha())
        or len(word) < 4
        or word.endswith(("ss", "us", "is"))
    ):
        return (word,)
    if word.endswith("ies"):
        return (word[:-1], word[:-3] + "y")
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return (word[:-2],)
    return (word[:-1],) if word.endswith("s") else (word,)


class Highlighter:
    """Marks what was found, in escaped text."""

    def __init__(self, query: str) -> None:
        patterns = []
        runs = _runs(query[:MAX_QUERY])
        # What is asked for in Chinese alone stands in no text of ASCII.
        self._is_never_ascii = not any(latin for _, latin in runs)
        for cjk, latin in runs:
            if latin:
                rest = f"[^\\W_{_CJK}]*" if len(latin) > 1 else f"(?![^\\W_{_CJK}])"
                patterns += [rf"(?<![^\W_{_CJK}]){re.escape(f)}{rest}" for f in _singular(latin)]
            else:
                # The whole run first: where it stands as typed it is marked in one piece.
                patterns += [re.escape(cjk), *(re.escape(pair) for pair in _pairs(cjk))]
        limited = patterns[: 2 * MAX_WORDS]
        self._pattern = re.compile("|".join(limited), re.IGNORECASE) if limited else None

    def mark(self, text: str) -> Markup:
        """The whole text, the found words in <mark>."""
        if self._pattern is None:
            return escape(text)
        plain = text.replace(_OPEN, "").replace(_CLOSE, "")
        marked = str(escape(self._pattern.sub(_MARKED, plain)))
        return Markup(marked.replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>"))  # noqa: S704

    def snippet(self, texts: Iterable[str], width: int = 110) -> Markup | None:
        """The surroundings of the first place found, or None."""
        if self._pattern is None:
            return None
        for text in texts:
            if self._is_never_ascii and text.isascii():
                continue
            match = self._pattern.search(text)
            if match is None:
                continue
            start = max(0, match.start() - width // 3)
            cut = text[start : start + width]
            before, after = "…" if start else "", "…" if start + width < len(text) else ""
            return Markup("").join([before, self.mark(cut), after])
        return None
