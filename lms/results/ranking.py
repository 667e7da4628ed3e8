"""The month's list on screen and as a file: a page costs the same, whichever it is."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.sql.elements import True_

from lms.db import Session
from lms.people.models import Person, Team
from lms.people.names import changes_of_names
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
    find = _from_kept if wanted.is_everybody else _from_database
    count, entries = find(session, close, wanted, per_page)
    if not entries and wanted.page > 1:
        return page(session, close, replace(wanted, page=1), per_page)
    return Page(entries, max(1, wanted.page), max(1, -(-count // per_page)), count)


def _begin(wanted: Wanted, per_page: int) -> int:
    return (max(1, wanted.page) - 1) * per_page


def _from_kept(
    session: Session, close: MonthClose, wanted: Wanted, per_page: int
) -> tuple[int, list[Entry]]:
    """How many there are, and the page; made again where it shows that names have changed."""
    key = close.id, close.closed_at, wanted.show, wanted.sort
    by_people, begin = looks_at_people(wanted.sort, wanted.show), _begin(wanted, per_page)
    columns = _columns().add_columns(changes_of_names()) if by_people else _columns()
    for anew in (False, True):
        chosen = _chosen(close.id, wanted)
        order = ordered(session, key, chosen, by_people=by_people, anew=anew)
        ids = list(order.ids[begin : begin + per_page])
        if not ids:
            return len(order.ids), []
        here = MonthResult.close_id == close.id, MonthResult.person_id.in_(ids)
        rows = session.execute(columns.where(*here)).all()
        if not by_people or all(row[-1] == order.names for row in rows):
            break
    found = {row[0]: _entry(row) for row in rows}
    return len(order.ids), [found[i] for i in ids if i in found]


def _from_database(
    session: Session, close: MonthClose, wanted: Wanted, per_page: int
) -> tuple[int, list[Entry]]:
    chosen = _chosen(close.id, wanted)
    total = select(func.count()).select_from(chosen.order_by(None).subquery()).scalar_subquery()
    here = chosen.limit(per_page).offset(_begin(wanted, per_page)).subquery("here")
    found = (
        _columns()
        .add_columns(total)
        .join(here, here.c.person_id == MonthResult.person_id)
        .where(MonthResult.close_id == close.id)
        .order_by(*order_by(wanted.sort, wanted.show))
    )
    rows = session.execute(found).all()
    return (rows[0][-1] if rows else 0), [_entry(row) for row in rows]


def _columns() -> Select[Any]:
    columns: list[Any] = [Person.id, Person.staff_no, Person.name, Team.name, MonthResult]
    return (
        select(*columns)
        .select_from(Person)
        .join(MonthResult, MonthResult.person_id == Person.id)
        .outerjoin(Team, Team.id == MonthResult.team_id)
    )


def everybody(session: Session, close_id: int, wanted: Wanted) -> list[Entry]:
    return [_entry(row) for row in session.execute(_statement(close_id, wanted))]


def _entry(row: Any) -> Entry:
    return Entry(row[0], row[1], row[2], row[3], row[4])


def _statement(close_id: int, wanted: Wanted) -> Any:
    here = wanted.scope, *_conditions(close_id, wanted)
    return _columns().where(*here).order_by(*order_by(wanted.sort, wanted.show))


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
