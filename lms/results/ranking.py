"""The month's list on screen and as a file: a page costs the same, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.sql.elements import True_

from lms.db import Session
from lms.people.models import Person, Team
from lms.results.models import MonthClose, MonthResult
from lms.results.ranking_order import RANK, looks_at_people, order_by, ordered
from lms.web.lists import Page

SHOWN = ("ranked", "not_ranked", "all")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for. `scope` limits to whom the reader may see; `sort` is a column, `-`
    before it for downwards."""

    scope: ColumnElement[bool]
    text: str = ""
    team_id: int | None = None
    show: str = "ranked"
    page: int = 1
    sort: str = RANK

    @property
    def is_everybody(self) -> bool:
        return isinstance(self.scope, True_) and not self.text and self.team_id is None


@dataclass(frozen=True)
class Entry:
    person_id: int
    staff_no: str
    name: str
    team: str | None
    result: MonthResult


def page(session: Session, close: MonthClose, wanted: Wanted, per_page: int) -> Page[Entry]:
    """By rank, best first, unless another order is wanted; those not ranked come last, by reason.

    The page's people are found first, and only they are looked up.
    """
    count, ids = _found(session, close, wanted, per_page)
    if not ids and wanted.page > 1:
        return page(session, close, replace(wanted, page=1), per_page)
    found = {entry.person_id: entry for entry in _entries(session, close.id, ids)}
    pages = max(1, -(-count // per_page))
    return Page([found[i] for i in ids if i in found], max(1, wanted.page), pages, count)


def _found(
    session: Session, close: MonthClose, wanted: Wanted, per_page: int
) -> tuple[int, Sequence[int]]:
    """How many there are, and the ids of the page."""
    begin = (max(1, wanted.page) - 1) * per_page
    chosen = _chosen(close.id, wanted)
    if wanted.is_everybody:
        key = close.id, close.closed_at, wanted.show, wanted.sort
        everybody = ordered(session, key, chosen)
        return len(everybody), everybody[begin : begin + per_page]
    total = select(func.count()).select_from(chosen.order_by(None).subquery()).scalar_subquery()
    rows = session.execute(chosen.add_columns(total).limit(per_page).offset(begin)).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def _entries(session: Session, close_id: int, ids: Sequence[int]) -> list[Entry]:
    if not ids:
        return []
    found = (
        select(Person.id, Person.staff_no, Person.name, Team.name, MonthResult)
        .join(MonthResult, MonthResult.person_id == Person.id)
        .outerjoin(Team, Team.id == MonthResult.team_id)
        .where(MonthResult.close_id == close_id, MonthResult.person_id.in_(list(ids)))
    )
    return [_entry(row) for row in session.execute(found)]


def everybody(session: Session, close_id: int, wanted: Wanted) -> list[Entry]:
    return [_entry(row) for row in session.execute(_statement(close_id, wanted))]


def _entry(row: Any) -> Entry:
    return Entry(row[0], row[1], row[2], row[3], row[4])


def _statement(close_id: int, wanted: Wanted) -> Any:
    return (
        select(Person.id, Person.staff_no, Person.name, Team.name, MonthResult)
        .join(Person, Person.id == MonthResult.person_id)
        .outerjoin(Team, Team.id == MonthResult.team_id)
        .where(wanted.scope, *_conditions(close_id, wanted))
        .order_by(*order_by(wanted.sort, wanted.show))
    )


def _chosen(close_id: int, wanted: Wanted) -> Select[int]:
    """The ids in their order; people are looked at only where the condition or order is theirs."""
    found = select(MonthResult.person_id).where(*_conditions(close_id, wanted))
    limited = wanted.text or not isinstance(wanted.scope, True_)
    if limited or looks_at_people(wanted.sort, wanted.show):
        found = found.join(Person, Person.id == MonthResult.person_id).where(wanted.scope)
        found = found.outerjoin(Team, Team.id == MonthResult.team_id)
    return found.order_by(*order_by(wanted.sort, wanted.show))


def _conditions(close_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [MonthResult.close_id == close_id]
    if wanted.show == "ranked":
        found.append(MonthResult.rank.is_not(None))
    elif wanted.show == "not_ranked":
        found.append(MonthResult.not_ranked.is_not(None))
    if wanted.team_id is not None:
        found.append(MonthResult.team_id == wanted.team_id)
    if wanted.text:
        like = f"%{wanted.text}%"
        found.append(or_(Person.staff_no.ilike(like), Person.name.ilike(like)))
    return found
