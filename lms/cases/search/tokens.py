"""What of a case stands in the index, and what a query asks of it: tokens of one single list.

A word of the text is a token by itself. Everything else is a token that begins with a character of
Unicode's private area, which no text can bring along: a word of the title or of the tags, the first
letters of a word, a filter's value. So a question is nothing but tokens and AND and OR, and neither
engine has to read the text, or anything but the lists of these tokens, to answer it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from lms.cases.words import Word, split_words

TITLE, TAGS, _EDGE, _FACET, _TAG = "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
TEXT = ""
EDGES = (2, 3)  # letters; longer beginnings are looked up in the list of words
FACETS = ("stage", "channel", "complaint_level", "outcome")
_MAX_EXPANDED = 64  # words that a beginning may stand for before the engine looks for them itself

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Token:
    """`is_open`: any token that begins so."""

    text: str
    is_open: bool = False


Need = tuple[Token, ...]  # one of them must be there; an empty one can be met by nothing


@dataclass(frozen=True)
class CaseTokens:
    """`latin`: the words that a beginning of four letters or more may stand for."""

    tokens: set[str]
    latin: set[str]


def of_case(version: Row) -> CaseTokens:
    """Tokens of a published version, whose columns are given by name."""
    tags = [tag for side in ("zh", "en") for tag in version["tags"].get(side, ())]
    lines = [*version["dialogue"], *version["handling"]]
    title = split_words(_both(version["title"]))
    head = split_words([*tags, *_both(version["category"])])
    body = split_words(
        [
            *_both(version["scenario"], version["result"], version["lessons"]),
            *(str(line.get(side, "")) for line in lines for side in ("zh", "en")),
        ]
    )
    latin = title.latin | head.latin | body.latin
    found = body.cjk
    found.update(title.cjk, head.cjk, *map(_with_edges, latin))
    for mark, words in ((TITLE, title), (TAGS, head)):
        plain = words.cjk.union(*map(_with_edges, words.latin))
        found.update(map(mark.__add__, plain))
    found.update(_facet(name, str(version[name])) for name in FACETS)
    found.update(map(_tag, tags))
    return CaseTokens(found, {word for word in latin if len(word) > EDGES[-1]})


def _both(*texts: Any) -> list[str]:
    return [side for text in texts for side in (text.zh, text.en)]


@lru_cache(maxsize=2**14)
def _with_edges(word: str) -> tuple[str, ...]:
    """Kept: the same words come again and again."""
    # A shorter word gives its edge twice, or one that nothing asks for: less work than looking.
    return (word, *(_EDGE + word[:size] for size in EDGES))


@lru_cache(maxsize=2**10)
def _facet(name: str, value: str) -> str:
    # Never what was typed into the address: the signs in it would be syntax.
    return f"{_FACET}{FACETS.index(name)}{_digest(value)}"


@lru_cache(maxsize=2**12)
def _tag(tag: str) -> str:
    return _TAG + _digest(tag)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def beginnings(words: Sequence[Word]) -> list[str]:
    """What has to be looked up in the list of words, to be given to `needs`."""
    return [form for word in words if word.prefix for form in word.forms if len(form) > EDGES[-1]]


def needs(
    words: Sequence[Word], marks: Sequence[str], known: Mapping[str, Sequence[str]]
) -> list[Need]:
    """One need for each word; with two marks a word may stand in either place."""
    return [
        tuple(t for mark in marks for form in word.forms for t in _meant(mark, form, word, known))
        for word in words
    ]


def _meant(mark: str, form: str, word: Word, known: Mapping[str, Sequence[str]]) -> list[Token]:
    if not word.prefix:
        return [Token(mark + form)]
    if len(form) <= EDGES[-1]:
        return [Token(mark + _EDGE + form)]
    whole = known.get(form, ())
    if len(whole) > _MAX_EXPANDED:
        return [Token(mark + form, is_open=True)]
    return [Token(mark + one) for one in whole]


def filters(chosen: Mapping[str, str], tag: str) -> list[Need]:
    """What the filters ask for; an empty value asks for nothing."""
    found: list[Need] = [(Token(_facet(name, value)),) for name, value in chosen.items() if value]
    return [*found, (Token(_tag(tag)),)] if tag else found


LOOKED_UP = _MAX_EXPANDED + 1  # words to read for each beginning
