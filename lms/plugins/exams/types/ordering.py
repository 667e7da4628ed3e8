"""Ordering: things that happen one after the other, shown in disorder."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.exams.types.base import Sent, Shape, Wording, number, part_of_all, texts

MOST = 10


class Ordering:
    """Options are kept in the right order; the key has the place of each: 0, 1, 2 … A response
    has the place given to each option, or None; two may have the same while somebody sorts."""

    code = "ordering"
    label = Localized("排序题", "Put in order")
    needs_marker = False

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        options = texts(entry, "options", 3, MOST)
        return Wording(options, answer=list(range(len(options))))

    def entry(self, wording: Wording) -> dict[str, Any]:
        return {"options": [text for _, text in sorted(_by_place(wording), key=lambda p: p[0])]}

    def read(self, sent: Sent, shape: Shape) -> list[Any] | None:
        count = len(shape.order)
        places: list[int | None] = [None] * count
        for shown, option in enumerate(shape.order):
            if place := sent.pieces.get(shown, ""):
                places[option] = number(place, count)
        return places if any(place is not None for place in places) else None

    def share(self, answer: list[Any] | None, wording: Wording) -> int | None:
        """The share of neighbours that follow each other rightly: one thing too early does not
        make all the others wrong."""
        wanted = sequence(wording.answer)
        follows = set(pairwise(sequence(answer or [])))
        right = sum(pair in follows for pair in pairwise(wanted))
        return part_of_all(right, len(wanted) - 1)


def sequence(places: Sequence[int | None]) -> list[int]:
    """The options by their places, from the first to the last; those without one, or with a place
    that another has too, are left out."""
    by_place = [
        (place, option)
        for option, place in enumerate(places)
        if place is not None and list(places).count(place) == 1
    ]
    return [option for _, option in sorted(by_place)]


def _by_place(wording: Wording) -> list[tuple[int, Any]]:
    return list(zip(wording.answer, wording.options, strict=True))


ORDERING = Ordering()
