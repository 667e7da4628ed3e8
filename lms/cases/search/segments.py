"""The index as tables: segments, each a number of cases with its pages, which never change.

A publication is a new segment of one case; small ones are put together, a few at a time, before
there are many to be looked through. A case that is gone keeps its number in its segment, marked as
dead, until that is put together with others.
"""

import secrets
import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from lms.bulk import insert_rows
from lms.cases.search import columns, pages, places
from lms.cases.search.columns import Columns, Row
from lms.cases.search.pages import Page
from lms.db import Session

MOST_CASES = 4000  # of a segment
# So many segments of so few cases are put together: every day, and at the publication that makes
# them too many to be looked through, which takes it longer than all others.
_DAILY = (8, 512)
_AT_PUBLICATION = (64, 512)

table = sa.table(
    "case_search_segment",
    sa.column("id", sa.BigInteger),
    sa.column("low", sa.BigInteger),
    sa.column("top", sa.BigInteger),
    sa.column("cases", sa.Integer),
    sa.column("runs", sa.LargeBinary),
    sa.column("dead", sa.LargeBinary),
)
page = sa.table(
    "case_search_page",
    sa.column("segment_id", sa.BigInteger),
    sa.column("first", sa.String),
    sa.column("body", sa.LargeBinary),
)
column = sa.table(
    "case_search_column",
    sa.column("segment_id", sa.BigInteger),
    sa.column("body", sa.LargeBinary),
)


class Gone(Exception):
    """The segments are others than when they were listed."""


@dataclass
class Segment:
    """`id`: by chance, so that none is ever another's again; `low` to `top`: its places; `runs`:
    where places follow one another, each the first place and the number of its case; `dead`: a bit
    for each case, or nothing."""

    id: int
    low: int
    top: int
    cases: int
    runs: bytes
    dead: bytes

    @cached_property
    def columns(self) -> Columns:
        """Put here by `kept`, which reads them once."""
        raise AttributeError

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
        if at < 0:
            return None
        number = first[at] + place - starts[at]
        return number if number < (first[at + 1] if at + 1 < len(first) else self.cases) else None


def listed(session: Session) -> list[Segment]:
    """All of them, the last places first; without their columns."""
    rows = session.connection().execute(select(table).order_by(table.c.top.desc(), table.c.id))
    return [Segment(*row) for row in rows]


def read_columns(connection: Connection, ids: Collection[int]) -> dict[int, Columns]:
    """By segment; of those that are there."""
    wanted = select(column.c.segment_id, column.c.body).where(column.c.segment_id.in_(ids))
    found = connection.execute(wanted) if ids else ()
    return {segment_id: columns.read(body) for segment_id, body in found}


def write(
    session: Session, at: Sequence[int], written: Iterable[Page], rows: Sequence[Row]
) -> None:
    """A segment more, of the cases at these places, which go up; `rows` are for `columns`."""
    enlist(session, put(session, written, rows), at)


def put(session: Session, written: Iterable[Page], rows: Sequence[Row]) -> int:
    """What a segment consists of; `enlist` makes the id that is returned one."""
    made = secrets.randbits(62)
    insert_rows(session, column, ("segment_id", "body"), [(made, columns.packed(rows))])
    of_pages = ((made, first, body) for first, body in written)
    insert_rows(session, page, ("segment_id", "first", "body"), of_pages)
    return made


def enlist(session: Session, made: int, at: Sequence[int], dead: int = 0) -> None:
    """`dead`: a bit for each case that is gone already."""
    runs = [
        value
        for number, place in enumerate(at)
        if not number or place != at[number - 1] + 1
        for value in (place, number)
    ]
    session.execute(
        sa.insert(table).values(
            id=made, low=at[0], top=at[-1], cases=len(at), dead=_of_dead(dead, len(at)),
            runs=struct.pack(f"<{len(runs)}q", *runs),
        )
    )  # fmt: skip


def bury(session: Session, at: Sequence[int]) -> None:
    """The cases at these places are not found any more."""
    if not at:
        return
    around = (table.c.low <= max(at)) & (table.c.top >= min(at))
    for row in session.execute(select(table).where(around).with_for_update()).all():
        one = Segment(*row)
        alive = one.alive
        for place in at:
            number = one.number(place)
            if number is not None:
                alive &= ~(1 << number)
        if not alive:
            remove(session, [one.id])
        elif alive != one.alive:
            dead = _of_dead(~alive & ((1 << one.cases) - 1), one.cases)
            session.execute(sa.update(table).where(table.c.id == one.id).values(dead=dead))


def _of_dead(bits: int, cases: int) -> bytes:
    return bits.to_bytes((cases + 7) // 8, "little") if bits else b""


def remove(session: Session, ids: Collection[int]) -> None:
    session.execute(sa.delete(table).where(table.c.id.in_(ids)))
    for part in (page, column):
        session.execute(sa.delete(part).where(part.c.segment_id.in_(ids)))


def remove_unlisted(session: Session) -> None:
    """What was put and never enlisted."""
    for part in (page, column):
        session.execute(sa.delete(part).where(part.c.segment_id.not_in(select(table.c.id))))


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
    places.stamp(session)
    at = sorted((place, one.id, number) for one in group for number, place in living(one))
    kept = read_columns(session.connection(), [one.id for one in group])
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
    remove(session, list(cases))
    kept_of = ((token, pages.stored(stands[token], len(at))) for token in sorted(stands))
    written = pages.packed(list(kept_of))
    found = [kept[of].row(number) for _, of, number in at]
    write(session, [place for place, _, _ in at], written, found)


def living(one: Segment) -> list[tuple[int, int]]:
    """Number and place of the cases that are not dead."""
    numbers = list(pages.last(one.alive, one.cases))
    return list(zip(numbers, one.places(numbers), strict=True))
