"""Several questions put to the index together, each answered for its first cases only."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

import sqlalchemy as sa

from lms.cases.search import engines, pages, segments
from lms.cases.search.segments import Segment
from lms.cases.search.tokens import Need, Token
from lms.db import Session

# So many cases at least are looked through at first, and then, before all others are: a word that
# is in many of them has enough of them there.
_LOOKS = (2000, 16000)
_ATTEMPTS = 5


@dataclass(frozen=True)
class Window:
    """Up to `most` cases are looked at, the first by place; the ids of `listed` are wanted.

    `tags`: the column whose tags are to be counted. With `most` and `listed` the same, nothing is.
    """

    needs: Sequence[Need]
    most: int
    listed: int = 0
    tags: str = ""

    @property
    def is_counted(self) -> bool:
        return self.most != self.listed or bool(self.tags)

    @property
    def wanted(self) -> int:
        """One more than is counted tells whether there are more."""
        return self.most + self.is_counted

    @property
    def tokens(self) -> set[Token]:
        return {token for need in self.needs for token in need}


@dataclass
class Seen:
    """What stands in a window; `facets` by the four values together, as the index keeps them."""

    total: int = 0
    has_more: bool = False
    facets: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    version_ids: list[int] = field(default_factory=list)


def look(session: Session, windows: Sequence[Window]) -> list[Seen]:
    """A need that nothing can meet is not asked about."""
    asked = {n: window for n, window in enumerate(windows) if all(window.needs)}
    for attempt in range(_ATTEMPTS):
        try:
            places = _places(session, {n: one for n, one in asked.items() if one.needs})
            break
        except segments.Gone:
            if attempt == _ATTEMPTS - 1:
                raise
    return _read(session, windows, {n: places.get(n) for n in asked})


def _places(session: Session, windows: Mapping[int, Window]) -> dict[int, list[int]]:
    """The places that each window wants, the first one first."""
    found = {n: _Hits(window) for n, window in windows.items()}
    if not found:
        return {}
    for some, beyond in _looks(segments.listed(session)):
        open_ones = [hits for hits in found.values() if not hits.are_enough]
        if not open_ones:
            break
        wanted = set().union(*(hits.window.tokens for hits in open_ones))
        known = segments.look_up(session, some, wanted)
        for hits in open_ones:
            hits.add(some, known, beyond)
    return {n: hits.places() for n, hits in found.items()}


def _looks(every: Sequence[Segment]) -> Iterator[tuple[Sequence[Segment], int]]:
    """Segments to look through together, and the place below which all of the following stand."""
    start = 0
    for most in (*_LOOKS, sum(one.cases for one in every)):
        end, cases = start, 0
        while end < len(every) and cases < most:
            cases += every[end].cases
            end += 1
        if end > start:
            yield every[start:end], every[end].top if end < len(every) else -1
        start = end


class _Hits:
    """Where the cases of a window stand, segment by segment."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.are_enough = False
        self._found: list[tuple[Segment, int]] = []

    def add(
        self, some: Sequence[Segment], known: Mapping[tuple[Token, int], int], beyond: int
    ) -> None:
        for one in some:
            bits = one.alive
            for need in self.window.needs:
                bits &= reduce(or_, (known.get((token, one.id), 0) for token in need))
                if not bits:
                    break
            else:
                self._found.append((one, bits))
        sure = sum(bits.bit_count() for one, bits in self._found if one.low > beyond)
        self.are_enough = sure >= self.window.wanted

    def places(self) -> list[int]:
        most = self.window.wanted
        found = list[int]()
        for one, bits in self._found:
            if len(found) >= most:
                found.sort(reverse=True)
                del found[most:]
                if found[-1] > one.top:
                    break
            found += one.places(pages.last(bits, most))
        return sorted(found, reverse=True)[:most]


def _read(
    session: Session, windows: Sequence[Window], places: Mapping[int, Sequence[int] | None]
) -> list[Seen]:
    """One statement, a row for each window, of texts in which its cases follow one another by
    place: a thousand rows would take longer. Without places: the last ones of all."""
    seen = [Seen() for _ in windows]
    parts, given = [], dict[str, Any]()
    for n, at in places.items():
        window = windows[n]
        if at is None:
            given[f"n{n}"] = window.wanted
            found = f"case_search_entry ORDER BY place DESC LIMIT :n{n}"
        elif at:
            given[f"p{n}"] = engines.value_list(session, at)
            found = engines.entries_at(session, f"p{n}")
        else:
            continue
        texts = (
            engines.lines(session, column) if column else "''"
            for column in (
                window.listed and "CAST(version_id AS text)",
                window.is_counted and "facets",
                window.tags,
            )
        )
        columns = "version_id, facets, tags_zh, tags_en"
        parts.append(
            f"SELECT {n}, count(*), {', '.join(texts)} FROM (SELECT {columns} FROM {found}) AS w{n}"
        )
    if parts:
        rows = session.connection().execute(sa.text(" UNION ALL ".join(parts)), given).all()
        for part, cases, *lists in rows:
            if cases:
                seen[part] = _seen(windows[part], cases, *(t.split(engines.NEXT) for t in lists))
    return seen


def _seen(
    window: Window, cases: int, ids: Sequence[str], facets: Sequence[str], tags: Sequence[str]
) -> Seen:
    """Of the one case that may be beyond `most` nothing counts."""
    found = Seen(
        total=min(cases, window.most),
        has_more=cases > window.most,
        facets=Counter(facets[: window.most]),
        tags=Counter("\n".join(tags[: window.most]).split("\n")),
        version_ids=list(map(int, ids[: window.listed])) if window.listed else [],
    )
    del found.tags[""]  # of cases that have none
    return found
