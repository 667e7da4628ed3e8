"""In what order the month's list stands: by any column, the way back too, each page alike."""

from array import array
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, case

from lms.db import Session, engine_of
from lms.people.models import Person, Team
from lms.people.names import changes_of_names
from lms.results.models import MonthResult

RANK = "rank"
_COLUMNS: dict[str, Any] = {
    RANK: MonthResult.rank, "name": Person.name, "team": Team.name, "score": MonthResult.score,
    "service": MonthResult.service, "feedback": MonthResult.feedback,
    "training": MonthResult.training,
}  # fmt: skip
SORTS = tuple(_COLUMNS)
# Of these the first look is for the highest.
_HIGHEST_FIRST = ("score", "service", "feedback", "training")


def known(sort: str) -> str:
    """The sort that an address asks for, `-` before it for downwards; by rank if it is none."""
    return sort if sort.removeprefix("-") in SORTS else RANK


def next_sort(name: str, present: str) -> str:
    """What a click on a column's head asks for: the first look, then the other way round."""
    first = f"-{name}" if name in _HIGHEST_FIRST else name
    other = name if name in _HIGHEST_FIRST else f"-{name}"
    return other if present == first else first


def order_by(sort: str, show: str) -> tuple[Any, ...]:
    """Those not ranked come last; no data counts as the least. Equal ones stand by rank."""
    rank, person = MonthResult.rank, MonthResult.person_id
    if sort == RANK and show == "ranked":
        return rank, person  # as the index has them
    column = _COLUMNS[sort.removeprefix("-")]
    parts = [rank, person] if column is rank else [column.is_not(None), column, rank, person]
    if sort.startswith("-"):
        parts = [part.desc() for part in parts]
    if show == "ranked":
        return tuple(parts)
    if column is rank:
        equal = case((rank.is_not(None), person))
        by_person = equal.desc() if sort.startswith("-") else equal
        return rank.is_(None), parts[0], by_person, MonthResult.not_ranked, Person.staff_no
    return rank.is_(None), *parts[:2], MonthResult.not_ranked, *parts[2:]


def looks_at_people(sort: str, show: str) -> bool:
    """Whether the order needs the people's own columns, which may change after the close."""
    return show != "ranked" or sort.removeprefix("-") in ("name", "team")


_MOST = 2_000_000  # ids that are kept in all, four bytes each


@dataclass(frozen=True)
class Order:
    """`names`: in which state of the people's names it was made; None where it hangs on none."""

    ids: "array[int]"
    names: int | None = None


_kept: "WeakKeyDictionary[Engine, OrderedDict[tuple[Any, ...], Order]]" = WeakKeyDictionary()
_lock = Lock()


def ordered(
    session: Session, key: tuple[Any, ...], ids: Select[int], *, by_people: bool, anew: bool
) -> Order:
    """Everybody of a close in an order, kept: a close never changes, and to sort a hundred thousand
    people anew for each page takes longer than all the rest of it.

    An order `by_people` holds while `changes_of_names` is its `names`; whoever uses it looks at
    that and asks for it `anew`, so that all processes page by the same order.
    """
    with _lock:
        kept = _kept.setdefault(engine_of(session), OrderedDict())
        if key in kept and not anew:
            kept.move_to_end(key)
            return kept[key]
    made = _by_people(session, ids) if by_people else Order(_alone(session, ids))
    with _lock:
        kept[key] = made
        while len(kept) > 1 and sum(len(order.ids) for order in kept.values()) > _MOST:
            kept.popitem(last=False)
    return made


def _alone(session: Session, ids: Select[int]) -> "array[int]":
    return array("I", session.connection().execute(ids).scalars())


def _by_people(session: Session, ids: Select[int]) -> Order:
    """Both in one statement: another could see a later state than the order was made in."""
    rows = session.connection().execute(ids.add_columns(changes_of_names())).all()
    return Order(array("I", (row[0] for row in rows)), rows[0][1] if rows else None)
