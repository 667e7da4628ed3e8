"""A script as nodes: each is what the customer says, and where the answer leads."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lms.db import Localized

START = "start"  # the drill's first message; a row of this name says what is listened for after it
END = "end"
ESCALATED = "escalated"  # where a furious customer goes, once, from wherever they are
FURIOUS, PLEASED = 1, 5


class Cue(NamedTuple):
    """A key point, a choice or an escalation trigger: it moves the mood, and may lead somewhere.

    `words`: any of them in free text is enough; a choice has none.
    """

    text: Localized
    words: tuple[str, ...] = ()
    mood: int = 0
    to: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Cue":
        words = tuple(str(word) for word in row.get("words", ()))
        return cls(Localized.of(row), words, int(row.get("mood", 0)), str(row.get("to", "")))

    def row(self) -> dict[str, Any]:
        """As it is stored: what is empty is left out."""
        found: dict[str, Any] = {"zh": self.text.zh, "en": self.text.en}
        rest = {"words": list(self.words), "mood": self.mood, "to": self.to}
        return found | {name: value for name, value in rest.items() if value}


class Node(NamedTuple):
    """`next`: where it goes when nothing else says so."""

    key: str
    text: Localized
    points: tuple[Cue, ...]
    choices: tuple[Cue, ...]
    next: str


def nodes_of(script: Sequence[Mapping[str, Any]]) -> dict[str, Node]:
    """By key, in order, the first message (`start`) among them. A row without a key is called by
    its place; one that does not say where it goes leads to the row after it."""
    rows = list(script)
    if not rows or rows[0].get("key") != START:
        rows = [{"key": START}, *rows]
    keys = [str(row.get("key") or place) for place, row in enumerate(rows)]
    after = [*keys[1:], END]
    return {
        key: Node(
            key,
            Localized.of(row),
            tuple(Cue.of(point) for point in row.get("points", ())),
            tuple(Cue.of(choice) for choice in row.get("choices", ())),
            str(row.get("next") or follower),
        )
        for key, follower, row in zip(keys, after, rows, strict=True)
    }
