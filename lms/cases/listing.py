"""The library's page: what is shown of each case that was found.

Made here and not in the template: it is done for twenty cases, line by line, whenever a letter has
been typed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from lms.cases.search import FoundVersion
from lms.cases.words import Highlighter

_TAGS = 4


class Traits(NamedTuple):
    """What the chips of a case say; there are few such, and their chips are kept."""

    stage: str
    channel: str
    complaint_level: int
    outcome: str


class Item(NamedTuple):
    """`excerpt`: where the words stand, None where none does; `opening`: how the case begins."""

    version_id: int
    case_id: int
    title: Markup
    excerpt: Markup | None
    opening: str
    tags: Sequence[Markup]
    traits: Traits


def items(versions: Sequence[FoundVersion], marker: Highlighter, locale: str) -> list[Item]:
    return [
        Item(
            version_id=version.id,
            case_id=version.case_id,
            title=marker.mark(version.title.pick(locale)),
            excerpt=marker.snippet(_texts(version, locale)),
            opening=version.scenario.pick(locale),
            tags=[marker.mark(tag) for tag in version.tags.get(locale[:2], ())[:_TAGS]],
            traits=Traits(version.stage, version.channel, version.complaint_level, version.outcome),
        )
        for version in versions
    ]


def _texts(version: FoundVersion, locale: str) -> Iterator[str]:
    """Where the words are looked for: what the reader is most likely to read comes first."""
    sides = ("zh", "en") if locale.startswith("zh") else ("en", "zh")
    yield version.scenario.pick(locale)
    yield from _lines(version.dialogue, *sides)
    for text in (version.lessons, version.result):
        yield text.pick(locale)
    for text in (version.title, version.scenario):
        yield text.zh
        yield text.en
    yield from _lines(version.handling, *sides)


def _lines(lines: Iterable[Mapping[str, str]], first: str, second: str) -> Iterator[str]:
    for line in lines:
        yield line.get(first) or line.get(second) or ""
