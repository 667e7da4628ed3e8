"""Questions to the index: a page of cases, and how many each filter would leave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lms.cases.search import engines, reading, scored, tokens, windows
from lms.cases.search.reading import FoundVersion
from lms.cases.search.scored import Score
from lms.cases.search.tokens import FACETS, TAGS, TEXT, TITLE
from lms.cases.search.windows import Window
from lms.cases.words import query_words
from lms.db import Session

PAGE_SIZE = 20
TAGS_SHOWN = 12
# Found cases are counted, and can be turned over, up to here.
MOST = 1000
# Where the words may stand: what is found there comes before what is found anywhere.
_FIRST = ((TITLE,), (TITLE, TAGS))


@dataclass(frozen=True)
class Search:
    """What is asked for. An empty text lists everything; `tag` is matched exactly."""

    text: str = ""
    stage: str = ""
    channel: str = ""
    complaint_level: str = ""
    outcome: str = ""
    tag: str = ""
    order: str = ""  # `lowest` or `highest` mean score first; else as well as they match
    page: int = 1

    def facets(self) -> dict[str, str]:
        """The values that are chosen."""
        return {name: value for name in FACETS if (value := getattr(self, name))}


@dataclass(frozen=True)
class Found:
    """One page of results; the counts of a facet are those without its own filter.

    Of many results the first thousand are counted: `total` is then 1000 and `has_more` set, and
    the counts of the facets in `partial` are "so many at least".
    """

    versions: Sequence[FoundVersion]
    total: int
    page: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    tags: Sequence[tuple[str, int]] = ()
    has_more: bool = False
    partial: frozenset[str] = frozenset()
    scores: Mapping[int, Score] = field(default_factory=dict)  # by version id, where put in order
    searchable: bool = True

    @property
    def pages(self) -> int:
        return _pages(self.total)

    @property
    def is_cut(self) -> bool:
        """Whether there are cases beyond the last page."""
        return self.has_more or self.total > MOST


def _pages(total: int) -> int:
    return max(1, -(-min(total, MOST) // PAGE_SIZE))


def find(asked: Session | Connection, search: Search, locale: str) -> Found:
    """Two to four queries, whatever is found, one more to put it in order of the scores, and two
    after the index has changed. `locale` (`zh` or `en`): whose tags are offered."""
    connection = asked.connection() if isinstance(asked, Session) else asked
    words = query_words(search.text)
    if search.text.strip() and not words:
        return Found([], 0, 1, searchable=False)
    if not (words or search.tag):
        return _browse(connection, search, locale)
    known = engines.words_beginning(connection, tokens.beginnings(words), tokens.LOOKED_UP)
    chosen, limit, tagged = search.facets(), _looked_through(search), tokens.tagged(search.tag)

    def window(marks: Sequence[str], *counted: Any, without: str = "") -> Window:
        left = {name: value for name, value in chosen.items() if name != without}
        return Window([*tokens.needs(words, marks, known), *tagged], left, *counted)

    anywhere, *rest = windows.look(
        connection,
        [
            window((TEXT,), MOST, limit, locale),
            *(window((TEXT,), MOST, without=name) for name in chosen),
            *(window(marks, limit, limit) for marks in _FIRST if words),
        ],
    )
    without, first = dict(zip(chosen, rest, strict=False)), rest[len(chosen) :]
    page = min(max(search.page, 1), _pages(anywhere.total))
    ordered = list(dict.fromkeys(one for part in (*first, anywhere) for one in part.version_ids))
    ordered, scores = scored.in_order(connection, ordered, search.order)
    counts = _counted(anywhere.facets, [name for name in FACETS if name not in without])
    for name, part in without.items():
        counts |= _counted(part.facets, [name])
    seen = {name: without.get(name, anywhere) for name in FACETS}
    return Found(
        versions=reading.versions(connection, ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        total=anywhere.total,
        page=page,
        counts=counts,
        tags=_top_tags(anywhere.tags),
        has_more=anywhere.has_more,
        partial=frozenset(name for name, part in seen.items() if part.has_more),
        scores=scores,
    )


def _browse(connection: Connection, search: Search, locale: str) -> Found:
    """Without words: all counts are kept, and are exact however many cases there are."""
    kept: dict[str, dict[str, int]] = {"facets": {}, "stamp": {}, f"tag_{locale}": {}}
    for kind, key, cases in connection.execute(_KEPT, {"locale": f"tag_{locale}"}):
        kept[kind][key] = cases
    chosen, total = search.facets(), 0
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for facets, cases in kept["facets"].items():
        row = dict(zip(FACETS, facets.split(), strict=True))
        missed = [name for name, value in chosen.items() if row[name] != value]
        total += 0 if missed else cases
        for name in FACETS:
            if not missed or missed == [name]:
                counts[name][row[name]] += cases
    page = min(max(search.page, 1), _pages(total))
    limit = _looked_through(replace(search, page=page))
    counted = (MOST, limit, locale) if chosen else (limit, limit)
    (part,) = windows.look(
        connection, [Window([], chosen, *counted)], next(iter(kept["stamp"]), "")
    )
    tags = _top_tags(part.tags) if chosen else list(kept[f"tag_{locale}"].items())
    ordered, scores = scored.in_order(connection, part.version_ids, search.order)
    ids = ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Found(reading.versions(connection, ids), total, page, counts, tags, scores=scores)


def _looked_through(search: Search) -> int:
    """How many cases are looked up to show a page: to put them in order, all that are counted."""
    if search.order in scored.ORDERS:
        return MOST
    return min(max(search.page, 1), _pages(MOST)) * PAGE_SIZE


_KEPT = sa.text(
    "SELECT kind, key, cases FROM case_search_total WHERE kind = 'facets' AND cases > 0 "
    "UNION ALL SELECT kind, key, cases FROM case_search_total WHERE kind = 'stamp' "
    "UNION ALL SELECT * FROM (SELECT kind, key, cases FROM case_search_total "
    f"WHERE kind = :locale AND cases > 0 ORDER BY cases DESC, key LIMIT {TAGS_SHOWN}) AS t"
)


def _counted(facets: Counter[str], names: Sequence[str]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for values, cases in facets.items():
        for name, value in zip(FACETS, values.split(), strict=True):
            if name in counts:
                counts[name][value] += cases
    return counts


def _top_tags(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:TAGS_SHOWN]
