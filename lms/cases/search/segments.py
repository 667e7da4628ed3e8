"""The index as tables: segments, each a number of cases with its pages, which never change.

A publication is a new segment of one case; small ones are put together, a few at a time, before
there are many to be looked through. A case that is gone keeps its number in its segment, marked as
dead, until that is put together with others.
"""

import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from lms.cases.search import engines, pages
from lms.cases.search.pages import Page
from lms.cases.search.tokens import MARKS, TEXT, Token
from lms.db import Session

MOST_CASES = 4000  # of a segment
# So many segments of so few cases are put together: every day, and at the publication that makes
# them too many to be looked through, which takes it longer than all others.
_DAILY = (8, 512)
_AT_PUBLICATION = (64, 512)

table = sa.table(
    "case_search_segment",
    sa.column("id", sa.Integer),
    sa.column("low", sa.BigInteger),
    sa.column("top", sa.BigInteger),
    sa.column("cases", sa.Integer),
    sa.column("runs", sa.LargeBinary),
    sa.column("dead", sa.LargeBinary),
)
page = sa.table(
    "case_search_page",
    sa.column("segment_id", sa.Integer),
    sa.column("first", sa.String),
    sa.column("body", sa.LargeBinary),
)


class Gone(Exception):
    """Somebody put segments together since they were listed."""


@dataclass
class Segment:
    """`low` to `top`: its places; `runs`: where places follow one another, each the first place and
    the number of its case; `dead`: a bit for each case, or nothing."""

    id: int
    low: int
    top: int
    cases: int
    runs: bytes
    dead: bytes

    @cached_property
    def alive(self) -> int:
        return ((1 << self.cases) - 1) & ~int.from_bytes(self.dead, "little")

    @cached_property
    def _runs(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        found = struct.unpack(f"<{len(self.runs) // 8}q", self.runs)
        return found[::2], found[1::2]

    def places(self, numbers: Iterable[int]) -> list[int]:
        starts, first = self._runs
        if len(starts) == 1:
            return [starts[0] + number for number in numbers]
        found = []
        for number in numbers:
            at = bisect_right(first, number) - 1
            found.append(starts[at] + number - first[at])
        return found

    def number(self, place: int) -> int | None:
        """The case that stands there, if it is one of these."""
        starts, first = self._runs
        at = bisect_right(starts, place) - 1
        after = (*first, self.cases)[at + 1]
        number = first[at] + place - starts[at]
        return number if at >= 0 and number < after else None


_LISTED = sa.text(
    "SELECT id, low, top, cases, runs, dead FROM case_search_segment ORDER BY top DESC, id"
)


def listed(session: Session) -> list[Segment]:
    """All of them, the last places first."""
    return [Segment(*row) for row in session.connection().execute(_LISTED)]


def write(session: Session, places: Sequence[int], written: Sequence[Page]) -> None:
    """A segment more, of the cases at these places, which go up."""
    runs = [
        value
        for number, place in enumerate(places)
        if not number or place != places[number - 1] + 1
        for value in (place, number)
    ]
    made = session.execute(
        sa.insert(table)
        .values(
            low=places[0], top=places[-1], cases=len(places), dead=b"",
            runs=struct.pack(f"<{len(runs)}q", *runs),
        )
        .returning(table.c.id)
    ).scalar_one()  # fmt: skip
    rows = [{"segment_id": made, "first": first, "body": body} for first, body in written]
    session.execute(sa.insert(page), rows)


def bury(session: Session, places: Sequence[int]) -> None:
    """The cases at these places are not found any more."""
    for place in places:
        around = (table.c.low <= place) & (table.c.top >= place)
        for row in session.execute(select(table).where(around).with_for_update()):
            one = Segment(*row)
            number = one.number(place)
            if number is None or not one.alive >> number & 1:
                continue
            alive = one.alive & ~(1 << number)
            if alive:
                dead = ~alive & ((1 << one.cases) - 1)
                kept = dead.to_bytes((one.cases + 7) // 8, "little")
                session.execute(sa.update(table).where(table.c.id == one.id).values(dead=kept))
            else:
                _remove(session, [one])


def clear(session: Session) -> None:
    session.execute(sa.delete(page))
    session.execute(sa.delete(table))


def _remove(session: Session, some: Sequence[Segment]) -> None:
    ids = [one.id for one in some]
    session.execute(sa.delete(page).where(page.c.segment_id.in_(ids)))
    session.execute(sa.delete(table).where(table.c.id.in_(ids)))


def tidy(session: Session, limit: tuple[int, int] = _AT_PUBLICATION) -> None:
    """Put small segments together where there are many."""
    many, few = limit
    small = [one for one in listed(session) if one.cases < few]
    while len(small) >= many:
        group, cases = list[Segment](), 0
        while small and cases + small[-1].cases <= MOST_CASES:
            group.append(small.pop())
            cases += group[-1].cases
        _put_together(session, group)


def tidy_daily(session: Session) -> None:
    tidy(session, _DAILY)


def _put_together(session: Session, group: Sequence[Segment]) -> None:
    at = sorted((place, one.id, number) for one in group for number, place in _living(one))
    new = {(of, number): n for n, (_, of, number) in enumerate(at)}
    cases = {one.id: one.cases for one in group}
    stands: defaultdict[str, list[int]] = defaultdict(list)
    rows = session.execute(
        select(page.c.segment_id, page.c.body).where(page.c.segment_id.in_(cases))
    )
    for of, body in rows:
        for token, stored in pages.unpacked(body):
            for number in pages.last(pages.bits(stored, cases[of]), cases[of]):
                if (of, number) in new:
                    stands[token].append(new[of, number])
    _remove(session, group)
    written = pages.packed(stands, len(at))
    write(session, [place for place, _, _ in at], written)


def _living(one: Segment) -> list[tuple[int, int]]:
    """Number and place of the cases that are not dead."""
    numbers = list(pages.last(one.alive, one.cases))
    return list(zip(numbers, one.places(numbers), strict=True))


def look_up(
    session: Session, some: Sequence[Segment], wanted: Iterable[Token]
) -> Mapping[tuple[Token, int], int]:
    """A bit for each case, by token and segment's id, where there is one that has the token."""
    by_id = {one.id: one for one in some}
    found: defaultdict[tuple[Token, int], int] = defaultdict(int)
    whole: defaultdict[str, list[tuple[Token, bytes]]] = defaultdict(list)
    begun: defaultdict[str, dict[str, Token]] = defaultdict(dict)
    for token in wanted:
        if token.is_open:
            begun[token.text][token.mark] = token
        else:
            whole[token.text].append((token, f"{token.text}{token.mark}".encode()))
    if whole:
        rows = _rows(session, _WHOLE, by_id, tokens=list(whole))
        if len(rows) < len(by_id) * len(whole):
            raise Gone
        for of, text, body in rows:
            for token, name in whole[text]:
                stored = pages.find(body, name)
                if stored:
                    found[token, of] = pages.bits(stored, by_id[of].cases)
    for text, marked in begun.items():
        rows = _rows(session, _OPEN, by_id, a=text, z=text + "\U0010ffff")
        if len({of for of, _ in rows}) < len(by_id):
            raise Gone
        for of, body in rows:
            for each, stored in pages.unpacked(body):
                mark = each[-1] if each[-1] in MARKS[1:] else TEXT
                if each.startswith(text) and mark in marked:
                    found[marked[mark], of] |= pages.bits(stored, by_id[of].cases)
    return found


_PAGE_OF = (
    "(SELECT max(q.first) FROM case_search_page q WHERE q.segment_id = s.value AND q.first <= "
)
_WHOLE = (
    "SELECT s.value, t.value, p.body FROM {segments} CROSS JOIN {tokens} CROSS JOIN "
    f"case_search_page p WHERE p.segment_id = s.value AND p.first = {_PAGE_OF} t.value)"
)
_OPEN = (
    "SELECT s.value, p.body FROM {segments} CROSS JOIN case_search_page p "
    f"WHERE p.segment_id = s.value AND p.first < :z AND p.first >= {_PAGE_OF} :a)"
)


def _rows(session: Session, statement: str, ids: Iterable[int], **given: Any) -> Sequence[Any]:
    """`given`: a list is one for `engines.values`."""
    given["segments"] = list(ids)
    sources = {
        "segments": engines.values(session, "segments", "int", "s"),
        "tokens": engines.values(session, "tokens", "text", "t"),
    }
    for name, found in given.items():
        if isinstance(found, list):
            given[name] = engines.value_list(session, found)
    return session.connection().execute(sa.text(statement.format(**sources)), given).all()
