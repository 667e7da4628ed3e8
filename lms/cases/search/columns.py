"""What is shown and counted of a segment's cases, by their numbers: a process keeps it in memory.

So a page counts a thousand cases without a row of the database: some sixty bytes for each case of
the library. It never changes, as little as the segment.
"""

import json
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from lms.cases.search.tokens import FACETS

LOCALES = ("zh", "en")
Row = Mapping[str, Any]  # `version_id`, `facets` and `tags_zh`, `tags_en` as an entry has them


# The first word of each case, the second of each, and so on: nothing where a case has no more.
Slots = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Columns:
    """`facets`: the four values together; `tags` by language."""

    version_ids: "array[int]"
    facets: Sequence[str]
    tags: Mapping[str, Slots]
    _bits: dict[tuple[str, str], int] = field(default_factory=dict)

    def having(self, facet: str, value: str) -> int:
        """A bit for each case that has this value, the first case the lowest."""
        found = self._bits.get((facet, value))
        if found is None:
            at = FACETS.index(facet)
            has = {one: "01"[one.split()[at] == value] for one in {*self.facets}}
            found = int("".join(map(has.__getitem__, reversed(self.facets))), 2)
            if found:  # nothing is kept of what was typed into the address
                self._bits[facet, value] = found
        return found

    def row(self, number: int) -> Row:
        tags = {
            f"tags_{side}": "\n".join(slot[number] for slot in slots if slot[number])
            for side, slots in self.tags.items()
        }
        return {"version_id": self.version_ids[number], "facets": self.facets[number], **tags}


def packed(rows: Sequence[Row]) -> bytes:
    """Of the cases in the order of their numbers."""
    ids = [row["version_id"] for row in rows]
    parts = [_coded([row["facets"]] for row in rows)]
    parts += [_coded(row[f"tags_{side}"].split("\n") for row in rows) for side in LOCALES]
    return json.dumps([ids, *parts], ensure_ascii=False, separators=(",", ":")).encode()


def _coded(cases: Iterable[Sequence[str]]) -> tuple[list[str], list[Sequence[int]]]:
    """Each word once, and slots of their numbers."""
    known = {"": 0}
    numbers = [[known.setdefault(word, len(known)) for word in words] for words in cases]
    return list(known), list(zip_longest(*numbers, fillvalue=0))


def read(body: bytes) -> Columns:
    ids, *parts = json.loads(body)
    (facets,), *tags = (_read(words, slots) for words, slots in parts)
    return Columns(array("q", ids), facets, dict(zip(LOCALES, tags, strict=True)))


def _read(words: Iterable[str], slots: Iterable[Sequence[int]]) -> Slots:
    shared = list(map(sys.intern, words))
    return [[shared[number] for number in slot] for slot in slots]
