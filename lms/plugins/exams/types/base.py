"""What a type of question answers for: its wording, its answers, its key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from lms.plugins.api import N_, DomainError, Localized

# All of a question's points, in hundredths of a percent.
FULL = 10_000
# As long as an answer in words may be, in characters.
MAX_TEXT = 10_000

UNREADABLE = N_("This answer could not be read. Reload the page and give it again.")


@dataclass(frozen=True)
class Wording:
    """What of a question is its type's own, as stored in a version.

    `options`: texts to choose among; `parts`: what else everybody may see (the left sides of a
    matching, one entry for each gap, the criteria of a case analysis); `answer`: the key.
    """

    options: list[Any] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    answer: list[Any] = field(default_factory=list)


class Shape(NamedTuple):
    """Of a question as it was put to somebody: how its options were shuffled, and its parts."""

    order: Sequence[int]
    parts: Sequence[Any]


@dataclass(frozen=True)
class Sent:
    """An answer as a page sends it: `whole` (ticks, or a text), and `pieces` by number from 0."""

    whole: Sequence[str] = ()
    pieces: Mapping[int, str] = field(default_factory=dict)


class Kind(Protocol):
    """A type of question. Numbers of options, gaps and places count from 0."""

    code: str
    label: Localized
    needs_marker: bool

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        """From an entry of a content file; `Wrong` names the field."""
        ...

    def entry(self, wording: Wording) -> dict[str, Any]:
        """The fields of a content file from which `wording` makes the same again."""
        ...

    def read(self, sent: Sent, shape: Shape) -> list[Any] | None:
        """The answer as stored, None for nothing; DomainError for what no page of ours sends."""
        ...

    def share(self, answer: list[Any] | None, wording: Wording) -> int | None:
        """How much of the points it earns, 0 to `FULL`; None if a person has to say."""
        ...


class Wrong(ValueError):
    """The field of an entry that is missing or wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def texts(entry: Mapping[str, Any], name: str, least: int, most: int) -> list[Any]:
    """A list of texts, none of them blank."""
    found = entry.get(name) or []
    if not isinstance(found, list) or not least <= len(found) <= most:
        raise Wrong(name)
    if not all(isinstance(text, (dict, str)) and Localized.of(text) for text in found):
        raise Wrong(name)
    return found


def number(text: str, below: int) -> int:
    """A number that a page of ours sends: 0 up to `below`."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) < below):
        raise DomainError("There is no such option.")
    return int(text)


def written(text: str) -> str:
    """What somebody typed, in the form it is kept."""
    kept = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(kept) > MAX_TEXT:
        raise DomainError("An answer may have %(most)s characters.", most=MAX_TEXT)
    return kept


def part_of_all(right: int, count: int) -> int:
    """Half up, and never all for less than all."""
    share = (2 * FULL * right + count) // (2 * count)
    return share if right == count else min(share, FULL - 1)


def exact(value: float | int | str) -> Decimal:
    """A number as it was written, not as a binary float has it."""
    return Decimal(str(value))
