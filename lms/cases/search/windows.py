"""Several questions put to the index together, each answered for its first cases only."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain, islice
from operator import neg, or_
from typing import NamedTuple

from sqlalchemy.engine import Connection

from lms.cases.search import kept, looking, pages
from lms.cases.search.columns import Columns
from lms.cases.search.kept import Listing
from lms.cases.search.segments import Gone, Segment
from lms.cases.search.tokens import Need, Token

# So many cases at least are looked through at first, before all others are: a word that is in many
# of them has enough of them there.
_FIRST_LOOK = 2000
_ATTEMPTS = 5


class Window(NamedTuple):
    """Up to `most` cases are looked at, the first by place; the ids of `listed` are wanted.

    `facets`: the values that are chosen, by name. `tags`: the language whose
    tags are to be counted. With `most` and `listed` the same, nothing is counted.
    """

    needs: Sequence[Need]
    facets: Mapping[str, str]
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


def look(connection: Connection, windows: Sequence[Window], stamp: str | None = None) -> list[Seen]:
    """`stamp`: the index's, as it was read just now, where no window needs a token: else it is
    read with the tokens. A need that nothing can meet is not asked about."""
    asked = {n: window for n, window in enumerate(windows) if all(window.needs)}
    if not asked:
        return [Seen() for _ in windows]
    listing = kept.last_listing(connection)
    if listing is None or not listing.segments or stamp not in (None, listing.stamp):
        listing = None
    for attempt in range(_ATTEMPTS):
        try:
            if listing is None:
                found = _found(connection, asked, kept.listing(connection), None)
            else:
                found = _found(connection, asked, listing, listing.stamp)
            break
        except Gone:
            if attempt == _ATTEMPTS - 1:
                raise
            listing = None
    return [found[n].seen() if n in found else Seen() for n in range(len(windows))]


def _found(
    connection: Connection, windows: Mapping[int, Window], listing: Listing, stamp: str | None
) -> dict[int, "_Hits"]:
    """`stamp` is compared with the index's, if there is one."""
    found = {n: _Hits(window) for n, window in windows.items()}
    for some, beyond in _looks(listing.segments):
        open_ones = [hits for hits in found.values() if not hits.are_enough]
        if not open_ones:
            break
        wanted = set().union(*(hits.window.tokens for hits in open_ones))
        known = looking.look_up(connection, some, wanted, stamp) if wanted else {}
        stamp = None  # what changes from now on is not to be seen
        for hits in open_ones:
            hits.add(some, known, beyond)
    return found


def _looks(every: Sequence[Segment]) -> Iterator[tuple[Sequence[Segment], int]]:
    """Segments to look through together, and the place below which all of the following stand."""
    end = 0
    for most in (_FIRST_LOOK, sum(one.cases for one in every)):
        start, cases = end, 0
        while end < len(every) and cases < most:
            cases += every[end].cases
            end += 1
        if end > start:
            yield every[start:end], every[end].top if end < len(every) else -1


class _Hits:
    """Which cases are in a window, segment by segment."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.are_enough = False
        self._found: list[tuple[Segment, int]] = []

    def add(
        self, some: Sequence[Segment], known: Mapping[tuple[Token, int], int], beyond: int
    ) -> None:
        for one in some:
            bits = one.alive
            for name, value in self.window.facets.items():
                bits &= one.columns.having(name, value)
            for need in self.window.needs:
                bits &= reduce(or_, (known.get((token, one.id), 0) for token in need))
                if not bits:
                    break
            else:
                self._found.append((one, bits))
        sure = sum(bits.bit_count() for one, bits in self._found if one.low > beyond)
        self.are_enough = sure >= self.window.wanted

    def seen(self) -> Seen:
        """Of the one case that may be beyond `most` nothing counts."""
        window, taken, every = self.window, list[_Taken](), list[int]()
        for one, bits in self._found:
            if len(every) >= window.wanted:
                every.sort(reverse=True)
                del every[window.wanted :]
                if every[-1] > one.top:
                    break
            numbers = list(pages.last(bits, window.wanted))
            taken.append(_Taken(one.columns, numbers, one.places(numbers)))
            every += taken[-1].places
        every.sort(reverse=True)
        found = Seen(total=min(len(every), window.most), has_more=len(every) > window.most)
        if found.total:
            if window.is_counted:
                _count(taken, every[found.total - 1], window.tags, found)
            if window.listed:
                lowest = every[min(found.total, window.listed) - 1]
                ids = sorted((pair for part in taken for pair in part.ids(lowest)), reverse=True)
                found.version_ids = [version_id for _, version_id in ids]
        return found


@dataclass(frozen=True)
class _Taken:
    """Cases of a segment by their numbers, and their places, which go down."""

    columns: Columns
    numbers: Sequence[int]
    places: Sequence[int]

    def _down_to(self, lowest: int) -> int:
        return bisect_right(self.places, -lowest, key=neg)

    def ids(self, lowest: int) -> Iterator[tuple[int, int]]:
        """With their places."""
        ids = map(self.columns.version_ids.__getitem__, self.numbers)
        return islice(zip(self.places, ids, strict=True), self._down_to(lowest))

    def counted(self, lowest: int) -> Sequence[int]:
        """The numbers of those down to this place."""
        return self.numbers[: self._down_to(lowest)]


def _count(taken: Iterable[_Taken], lowest: int, tags: str, into: Seen) -> None:
    parts = [(part.columns, part.counted(lowest)) for part in taken]
    facets = (map(columns.facets.__getitem__, numbers) for columns, numbers in parts)
    into.facets.update(chain.from_iterable(facets))
    if tags:
        slots = ((slot, numbers) for columns, numbers in parts for slot in columns.tags[tags])
        words = (map(slot.__getitem__, numbers) for slot, numbers in slots)
        into.tags.update(chain.from_iterable(words))
        del into.tags[""]  # where a case has no more
