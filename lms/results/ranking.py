"""The month's list on screen and as a file: a page costs the same, whichever it is."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, collate, exists, func, or_, select
from sqlalchemy.sql.elements import True_

from lms.db import Session
from lms.people.models import Person, Team
from lms.results import stored_orders
from lms.results.models import MonthClose, MonthFigure, MonthResult
from lms.results.ranking_order import (
    RANK,
    chosen,
    in_order,
    metric_of,
    of_kind,
    order_by,
    with_figures,
)
from lms.web.lists import Page

SHOWN = ("ranked", "not_ranked", "all")
MOST_FOUND = 1000  # people a search lists; who fits comes in the order in which they were entered


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
    """`figure`: in the metric that the list is ordered by, if it is by one."""

    person_id: int
    staff_no: str
    name: str
    team: str | None
    result: MonthResult
    figure: float | None = None


def page(session: Session, close: MonthClose, wanted: Wanted, per_page: int) -> Page[Entry]:
    """By rank, best first, unless another order is wanted; those not ranked come last, by reason.

    The page's people are found first, and only they are looked up.
    """
    if wanted.text:
        return _searched(session, close, wanted, per_page)
    count, entries = _stored(session, close, wanted, per_page) or _put_in_order(
        session, close, wanted, per_page
    )
    if not entries and wanted.page > 1:
        return page(session, close, replace(wanted, page=1), per_page)
    return Page(entries, max(1, wanted.page), max(1, -(-count // per_page)), count)


def _begin(wanted: Wanted, per_page: int) -> int:
    return (max(1, wanted.page) - 1) * per_page


def _stored(
    session: Session, close: MonthClose, wanted: Wanted, per_page: int
) -> tuple[int, list[Entry]] | None:
    """How many there are, and the page; None where the order is not stored."""
    size = stored_orders.size(close)
    if not wanted.is_everybody or size.ranked + size.others < stored_orders.LARGE:
        return None
    begin = _begin(wanted, per_page)
    ids = stored_orders.page(session, close, wanted.show, wanted.sort, begin, per_page)
    if ids is None:
        return None
    here = MonthResult.close_id == close.id, MonthResult.person_id.in_(ids)
    rows = session.execute(_columns(wanted.sort).where(*here)) if ids else ()
    found = {row[0]: _entry(row, wanted.sort) for row in rows}
    count = sum(size.of(is_ranked) for is_ranked in (True, False)
                if wanted.show != ("not_ranked" if is_ranked else "ranked"))  # fmt: skip
    return count, [found[i] for i in ids if i in found]


def _put_in_order(
    session: Session, close: MonthClose, wanted: Wanted, per_page: int
) -> tuple[int, list[Entry]]:
    here = _narrowed(session, close.id, wanted)
    total: ColumnElement[int]
    if wanted.is_everybody:
        total = select(func.count()).select_from(here.order_by(None).subquery()).scalar_subquery()
    else:  # few of many: counted on the way, so that they are looked for once
        total = func.count().over()
    here = here.add_columns(total.label("total"))
    ids = here.limit(per_page).offset(_begin(wanted, per_page)).subquery("here")
    found = (
        _columns(wanted.sort)
        .add_columns(ids.c.total)
        .join(ids, ids.c.person_id == MonthResult.person_id)
        .where(MonthResult.close_id == close.id)
        .order_by(*order_by(wanted.sort, wanted.show))
    )
    rows = session.execute(found).all()
    return (rows[0][-1] if rows else 0), [_entry(row, wanted.sort) for row in rows]


def _searched(session: Session, close: MonthClose, wanted: Wanted, per_page: int) -> Page[Entry]:
    """The page, or the first where there are not so many: who fits is looked for once."""
    begin, order = _begin(wanted, per_page), order_by(wanted.sort, wanted.show)
    fits = (
        _narrowed(session, close.id, wanted)
        .order_by(None)
        .add_columns(
            func.count().over().label("total"), func.row_number().over(order_by=order).label("at")
        )
        .subquery("fits_at")
    )
    here = or_(
        fits.c.at.between(begin + 1, begin + per_page),
        and_(fits.c.total <= begin, fits.c.at <= per_page),
    )
    found = (
        _columns(wanted.sort)
        .add_columns(fits.c.total)
        .join(fits, fits.c.person_id == MonthResult.person_id)
        .where(MonthResult.close_id == close.id, here)
        .order_by(fits.c.at)
    )
    rows = session.execute(found).all()
    count = rows[0][-1] if rows else 0
    number = max(1, wanted.page) if begin < count else 1
    entries = [_entry(row, wanted.sort) for row in rows]
    return Page(entries, number, max(1, -(-count // per_page)), count)


def _narrowed(session: Session, close_id: int, wanted: Wanted) -> Select[Any]:
    """Those who are wanted, in their order. A search looks through the people, not the results."""
    if wanted.text:
        # Looked through once, although the page and the number of all ask for it. Who fits is of
        # the kind that is shown: said again, it would lead SQLite through an index of everybody.
        fits = _who_fits(session, close_id, wanted).cte("fits").prefix_with("MATERIALIZED")
        each = in_order(close_id, wanted.sort, wanted.show)
        return each.where(MonthResult.person_id.in_(select(fits.c.id)))
    found = chosen(close_id, wanted.sort, wanted.show)
    if wanted.team_id is not None:
        found = found.where(MonthResult.team_id == wanted.team_id)
    if not isinstance(wanted.scope, True_):
        mine = select(Person.id).where(wanted.scope)
        found = found.where(MonthResult.person_id.in_(mine))
    return found


def _who_fits(session: Session, close_id: int, wanted: Wanted) -> Select[Any]:
    in_it = [MonthResult.close_id == close_id, MonthResult.person_id == Person.id]
    in_it += of_kind(wanted.show)
    if wanted.team_id is not None:
        in_it.append(MonthResult.team_id == wanted.team_id)
    return (
        select(Person.id)
        .where(_fits(session, wanted.text), wanted.scope, exists().where(*in_it).correlate(Person))
        .order_by(Person.id)
        .limit(MOST_FOUND + 1)
    )


def _fits(session: Session, text: str) -> ColumnElement[bool]:
    """Capitals or not. SQLite's LIKE is blind to them, and `lower` of every name takes it longer
    than the search; PostgreSQL's ILIKE takes five times as long as what does the same here."""
    columns = Person.staff_no, Person.name
    if session.get_bind().dialect.name == "sqlite" or text.lower() == text.upper():
        found = [c.contains(text, autoescape=True) for c in columns]
    elif text.isascii():
        lowered = [func.lower(collate(c, "C")) for c in columns]
        found = [c.contains(text.lower(), autoescape=True) for c in lowered]
    else:
        found = [c.icontains(text, autoescape=True) for c in columns]
    return or_(*found)


def _columns(sort: str) -> Select[Any]:
    columns: list[Any] = [Person.id, Person.staff_no, Person.name, Team.name, MonthResult]
    if metric_of(sort):
        columns.append(MonthFigure.value)
    found = (
        select(*columns)
        .select_from(Person)
        .join(MonthResult, MonthResult.person_id == Person.id)
        .outerjoin(Team, Team.id == MonthResult.team_id)
    )
    return with_figures(found, sort)


def everybody(session: Session, close_id: int, wanted: Wanted) -> list[Entry]:
    """All who are wanted, on one page: for files."""
    who = [MonthResult.close_id == close_id, wanted.scope, *of_kind(wanted.show)]
    if wanted.team_id is not None:
        who.append(MonthResult.team_id == wanted.team_id)
    if wanted.text:
        who.append(_fits(session, wanted.text))
    found = _columns(wanted.sort).where(*who).order_by(*order_by(wanted.sort, wanted.show))
    return [_entry(row, wanted.sort) for row in session.execute(found)]


def _entry(row: Any, sort: str) -> Entry:
    return Entry(*row[: 6 if metric_of(sort) else 5])
