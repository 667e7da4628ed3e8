"""Matching: to each text on the left the one on the right that belongs to it."""

from collections.abc import Mapping
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.exams.types.base import Sent, Shape, Wording, Wrong, number, part_of_all

MAX_PAIRS, MAX_OTHERS = 10, 5


class Matching:
    """Parts are the left sides, options the right ones, those of nobody included. The key has the
    number of an option for each part; a response the same, or None where nothing was chosen."""

    code = "matching"
    label = Localized("匹配题", "Matching")
    needs_marker = False

    def wording(self, entry: Mapping[str, Any]) -> Wording:
        pairs, others = entry.get("pairs"), entry.get("others") or []
        if not isinstance(pairs, list) or not 2 <= len(pairs) <= MAX_PAIRS:
            raise Wrong("pairs")
        if not all(isinstance(p, dict) and _text(p, "left") and _text(p, "right") for p in pairs):
            raise Wrong("pairs")
        if not isinstance(others, list) or len(others) > MAX_OTHERS:
            raise Wrong("others")
        if not all(Localized.of(other) for other in others):
            raise Wrong("others")
        options: list[Any] = []
        for text in (*(pair["right"] for pair in pairs), *others):
            if Localized.of(text) not in [Localized.of(option) for option in options]:
                options.append(text)
        if len(options) < 2:
            raise Wrong("pairs")
        known = [Localized.of(option) for option in options]
        key = [known.index(Localized.of(pair["right"])) for pair in pairs]
        return Wording(options, [pair["left"] for pair in pairs], key)

    def entry(self, wording: Wording) -> dict[str, Any]:
        others = [o for n, o in enumerate(wording.options) if n not in wording.answer]
        pairs = [
            {"left": left, "right": wording.options[right]}
            for left, right in zip(wording.parts, wording.answer, strict=True)
        ]
        return {"pairs": pairs, **({"others": others} if others else {})}

    def read(self, sent: Sent, shape: Shape) -> list[Any] | None:
        chosen = [sent.pieces.get(n, "") for n in range(len(shape.parts))]
        given = [shape.order[number(c, len(shape.order))] if c else None for c in chosen]
        return given if any(n is not None for n in given) else None

    def share(self, answer: list[Any] | None, wording: Wording) -> int | None:
        given = answer or []
        right = sum(a == b for a, b in zip(given, wording.answer, strict=False))
        return part_of_all(right, len(wording.answer))


def _text(pair: Mapping[str, Any], side: str) -> bool:
    return isinstance(pair.get(side), (dict, str)) and bool(Localized.of(pair[side]))


MATCHING = Matching()
