"""A bank as a file in the reader's language: Excel, CSV, GIFT, Moodle XML, a paper or Aiken.

Importing it again into the same bank changes nothing. What a format has no form for is told by
`holding`, which reads back what is written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from lms.plugins.api import Localized
from lms.plugins.exams.dumping import entry_of_version
from lms.plugins.exams.exporting.shown import Shown, shown_of
from lms.plugins.exams.models import QuestionVersion


class Criterion(NamedTuple):
    title: str
    points: int
    expected: str


@dataclass(frozen=True)
class Plain:
    """A question in one language. `right`: the numbers of the right options, from 0; `gaps` as in
    an entry; `pairs`: left and right, without a left side what belongs to nobody; the options of an
    ordering stand in the right order. `number`: its place in the bank, from 1."""

    type: str
    stem: str
    options: list[str] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    is_true: bool = False
    gaps: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    reference: str = ""
    explanation: str = ""
    difficulty: int = 3
    tags: list[str] = field(default_factory=list)
    media: list[Shown] = field(default_factory=list)
    number: int = 0


def in_one_language(versions: Iterable[QuestionVersion], side: str) -> list[Plain]:
    """`side`: zh or en; what is written in one language only is taken as it is."""
    return [
        replace(
            plain_of(entry_of_version(version), lambda text: Localized.of(text).pick(side)),
            number=number,
        )
        for number, version in enumerate(versions, 1)
    ]


# What no XML may hold, and Excel keeps as `_x0001_`.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    """Word's own line breaks (a vertical tab) as such, without other signs that nobody sees."""
    return _FORBIDDEN.sub("", re.sub("[\v\f]", "\n", text))


def plain_of(entry: Mapping[str, Any], pick: Callable[[Any], str]) -> Plain:
    """From an entry of a content file; `pick` gives a text of it in one language."""

    def said(text: Any) -> str:
        return _clean(pick(text))

    is_binary = entry["type"] == "true_false"
    answer = entry.get("answer", [])
    pairs = [(said(pair["left"]), said(pair["right"])) for pair in entry.get("pairs", ())]
    return Plain(
        type=entry["type"],
        stem=said(entry["stem"]),
        options=[said(option) for option in entry.get("options", ())],
        right=[] if is_binary else [number - 1 for number in answer],
        is_true=is_binary and answer == [True],
        gaps=[_gap(gap) for gap in entry.get("gaps", ())],
        pairs=pairs + [("", said(other)) for other in entry.get("others", ())],
        criteria=[
            Criterion(said(c["title"]), c["points"], said(c.get("expected") or {}))
            for c in entry.get("criteria", ())
        ],
        reference=said(entry.get("reference") or {}),
        explanation=said(entry.get("explanation") or {}),
        difficulty=entry["difficulty"],
        tags=[_clean(tag) for tag in entry.get("tags", ())],
        media=shown_of(entry, said),
    )


def _gap(gap: Mapping[str, Any]) -> dict[str, Any]:
    if "accept" not in gap:
        return dict(gap)
    return {**gap, "accept": [_clean(text) for text in gap["accept"]]}
