"""The orders of large months, stored: any page of any of them is read as fast as the first.

A close never changes, and to put a hundred thousand people in order for each page takes longer than
all the rest of it. A job looks once a minute for what is not there yet, or was made before somebody
got another name; until then a page puts them in order itself.
"""

import time
from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, delete, insert, or_, select

from lms.db import Session
from lms.jobs import Job, only_reading
from lms.people.names import changes_of_names
from lms.results import ranking_order
from lms.results.models import MonthClose, MonthOrder

LARGE = 2000  # people; fewer are put in order quickly
PART = 1000
_MONTHS = 12  # the latest; who looks at an older month waits a little
_SECONDS = 5  # for one run of the job: others wait behind it


class Size(NamedTuple):
    """How many people of a close are ranked, and how many are not."""

    ranked: int
    others: int

    def of(self, is_ranked: bool) -> int:
        return self.ranked if is_ranked else self.others


def size(close: "MonthClose | Row[Any]") -> Size:
    return Size(close.ranked, sum(close.summary.get("not_ranked", {}).values()))


class _Stretch(NamedTuple):
    """From `begin` to before `end` in the stored order of those ranked, or of the others."""

    is_ranked: bool
    begin: int
    end: int

    @property
    def parts(self) -> range:
        return range(self.begin // PART, (self.end - 1) // PART + 1)


def page(
    session: Session, close: MonthClose, show: str, sort: str, begin: int, count: int
) -> list[int] | None:
    """The ids of a page; None if they are not stored, or were made before a change of names."""
    down, stretches = sort.startswith("-"), _stretches(size(close), show, sort, begin, count)
    if not stretches:
        return []
    wanted = or_(
        *(and_(MonthOrder.is_ranked.is_(s.is_ranked), MonthOrder.part.in_(s.parts))
          for s in stretches)
    )  # fmt: skip
    here = MonthOrder.close_id == close.id, MonthOrder.sort == sort.removeprefix("-"), wanted
    columns = MonthOrder.is_ranked, MonthOrder.part, MonthOrder.ids, MonthOrder.names
    rows = session.execute(select(*columns, changes_of_names()).where(*here)).all()
    if any(names is not None and names != now_there for *_, names, now_there in rows):
        return None
    found = {(is_ranked, part): array("I", ids) for is_ranked, part, ids, *_ in rows}
    people: list[int] = []
    for stretch in stretches:
        if any((stretch.is_ranked, part) not in found for part in stretch.parts):
            return None
        every = [i for part in stretch.parts for i in found[stretch.is_ranked, part]]
        first = stretch.parts.start * PART
        there = every[stretch.begin - first : stretch.end - first]
        people += reversed(there) if down else there
    return people


def _stretches(size: Size, show: str, sort: str, begin: int, count: int) -> list[_Stretch]:
    """Where the page lies; downwards it is counted from the end."""
    found = []
    for is_ranked in (True, False):
        if show == ("not_ranked" if is_ranked else "ranked"):
            continue
        there = size.of(is_ranked)
        first, last = min(max(begin, 0), there), min(max(begin + count, 0), there)
        if sort.startswith("-"):
            first, last = there - last, there - first
        if first < last:
            found.append(_Stretch(is_ranked, first, last))
        begin -= there
    return found


def _store(session: Session, _payload: dict[str, Any], _now: datetime) -> None:
    """Read and put in order without a lock, then written."""
    until = time.monotonic() + _SECONDS
    made: list[dict[str, Any]] = []
    with only_reading():
        names = session.scalar(select(changes_of_names()))  # before: a later change is seen as one
        large = _large(session)
        for close_id, sort in _lacking(session, large, names):
            made += _made(session, close_id, sort, names)
            if time.monotonic() > until:
                break
        gone = set(session.scalars(select(MonthOrder.close_id).distinct())) - large.keys()
    for close_id, sort in {(row["close_id"], row["sort"]) for row in made}:
        here = MonthOrder.close_id == close_id, MonthOrder.sort == sort
        session.execute(delete(MonthOrder).where(*here))
    if made:
        session.execute(insert(MonthOrder), made)
    if gone:
        session.execute(delete(MonthOrder).where(MonthOrder.close_id.in_(gone)))


def _large(session: Session) -> dict[int, list[str]]:
    """The large months, latest first, each with the metrics it has figures of."""
    closes = session.execute(
        select(MonthClose.id, MonthClose.ranked, MonthClose.summary)
        .where(MonthClose.is_current)
        .order_by(MonthClose.month.desc())
        .limit(_MONTHS)
    )
    return {
        close.id: close.summary.get("metrics", [])
        for close in closes
        if size(close).ranked + size(close).others >= LARGE
    }


def _lacking(
    session: Session, large: dict[int, list[str]], names: int | None
) -> Iterator[tuple[int, str]]:
    here = MonthOrder.close_id.in_(large), MonthOrder.part == 0
    columns = MonthOrder.close_id, MonthOrder.sort, MonthOrder.names
    rows = session.execute(select(*columns).where(*here)).all() if large else []
    there = {(row.close_id, row.sort) for row in rows if row.names in (None, names)}
    for close_id, metrics in large.items():
        for sort in ranking_order.sorts(metrics):
            if (close_id, sort) not in there:
                yield close_id, sort


def _made(
    session: Session, close_id: int, sort: str, names: int | None
) -> Iterable[dict[str, Any]]:
    for is_ranked in (True, False):
        people = ranking_order.chosen(close_id, sort, "ranked" if is_ranked else "not_ranked")
        ids = array("I", session.connection().execute(people).scalars())
        for begin in range(0, len(ids), PART):
            yield {
                "close_id": close_id, "sort": sort, "is_ranked": is_ranked, "part": begin // PART,
                "ids": ids[begin : begin + PART].tobytes(),
                "names": names if sort == "name" else None,
            }  # fmt: skip


STORE = Job("results.orders", _store, every=timedelta(minutes=1))
