"""What of a case stands in the index, and what a query asks of it: tokens of one single list.

A word of the text is a token by itself. With a mark after it, it is a word of the title or of the
tags; the marks come before all letters, so that one look finds a word with its marks. Everything
else begins with a character of Unicode's private area, which no text can bring along: the first
letters of a word, a tag as a whole. So a question is nothing but tokens and AND and OR, and nothing
but the lists of these tokens is read to answer it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from lms.cases.words import Word, Words, split_words

TITLE, TAGS = "\x01", "\x02"
_EDGE, _TAG = "\ue003", "\ue005"
TEXT = ""
MARKS = (TEXT, TITLE, TAGS)
EDGES = (2, 3)  # letters; longer beginnings are looked up in the list of words
FACETS = ("stage", "channel", "complaint_level", "outcome")
_MAX_EXPANDED = 64  # words that a beginning may stand for before all tokens are read that begin so

Row = Mapping[str, Any]


class Token(NamedTuple):
    """`is_open`: any token that begins so and has the mark."""

    text: str
    mark: str = TEXT
    is_open: bool = False


Need = tuple[Token, ...]  # one of them must be there; an empty one can be met by nothing


class CaseTokens(NamedTuple):
    """`words` by mark, to be put after each of them and each of their beginnings; `others` are
    tokens as they are."""

    words: Mapping[str, Words]
    others: Sequence[str]


def of_case(version: Row) -> CaseTokens:
    """Of a published version, whose columns are given by name."""
    tags = [tag for side in ("zh", "en") for tag in version["tags"].get(side, ())]
    lines = [*version["dialogue"], *version["handling"]]
    heading = _both(version["title"])
    labels = [*tags, *_both(version["category"])]
    body = [
        *_both(version["scenario"], version["result"], version["lessons"]),
        *(str(line.get(side, "")) for line in lines for side in ("zh", "en")),
    ]
    everywhere = [*heading, *labels, *body]
    texts = zip(MARKS, (everywhere, heading, labels), strict=True)
    return CaseTokens({mark: split_words(some) for mark, some in texts}, [*map(_tag, {*tags})])


def edges(mark: str, word: str) -> tuple[str, ...]:
    """The tokens of a word's beginnings."""
    # A shorter word gives its edge twice, or one that nothing asks for: less work than looking.
    return tuple([f"{_EDGE}{word[:size]}{mark}" for size in EDGES])


def is_looked_up(word: str) -> bool:
    """Whether its beginnings are found in the list of words."""
    return len(word) > EDGES[-1]


def _both(*texts: Any) -> list[str]:
    return [side for text in texts for side in (text.zh, text.en)]


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
        return [Token(form, mark)]
    if len(form) <= EDGES[-1]:
        return [Token(_EDGE + form, mark)]
    whole = known.get(form, ())
    if len(whole) > _MAX_EXPANDED:
        return [Token(form, mark, is_open=True)]
    return [Token(one, mark) for one in whole]


def tagged(tag: str) -> list[Need]:
    """What a tag asks for; an empty one asks for nothing."""
    return [(Token(_tag(tag)),)] if tag else []


LOOKED_UP = _MAX_EXPANDED + 1  # words to read for each beginning
