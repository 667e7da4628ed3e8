"""The month's list on screen and as a file: one query for a page, whatever its size."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.sql.elements import True_

from lms.db import Session
from lms.people.models import Person, Team
from lms.results.models import MonthResult
from lms.web.lists import Page

SHOWN = ("ranked", "not_ranked", "all")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for. `scope` limits to whom the reader may see."""

    scope: ColumnElement[bool]
    text: str = ""
    team_id: int | None = None
    show: str = "ranked"
    page: int = 1


@dataclass(frozen=True)
class Entry:
    person_id: int
    staff_no: str
    name: str
    team: str | None
    result: MonthResult


def page(session: Session, close_id: int, wanted: Wanted, per_page: int) -> Page[Entry]:
    """Best first; those not ranked by reason and staff number.

    The page's people are found in the index of ranks first, and only they are looked up.
    """
    number = max(1, wanted.page)
    chosen = _chosen(close_id, wanted)
    total = select(func.count()).select_from(chosen.order_by(None).subquery()).scalar_subquery()
    here = chosen.limit(per_page).offset((number - 1) * per_page).subquery("here")
    found = (
        select(Person.id, Person.staff_no, Person.name, Team.name, MonthResult, total)
        .join(here, here.c.person_id == Person.id)
        .join(
            MonthResult,
            and_(MonthResult.close_id == close_id, MonthResult.person_id == here.c.person_id),
        )
        .outerjoin(Team, Team.id == MonthResult.team_id)
        .order_by(*_order(wanted))
    )
    rows = session.execute(found).all()
    if not rows and number > 1:
        return page(session, close_id, Wanted(wanted.scope, wanted.text, wanted.team_id,
                                              wanted.show), per_page)  # fmt: skip
    count = rows[0][-1] if rows else 0
    return Page([_entry(row) for row in rows], number, max(1, -(-count // per_page)), count)


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
        .order_by(*_order(wanted))
    )


def _chosen(close_id: int, wanted: Wanted) -> Any:
    """The ids in their order; people are looked at only where the condition or order is theirs."""
    found: Any = select(MonthResult.person_id).where(*_conditions(close_id, wanted))
    if wanted.text or wanted.show != "ranked" or not isinstance(wanted.scope, True_):
        found = found.join(Person, Person.id == MonthResult.person_id).where(wanted.scope)
    return found.order_by(*_order(wanted))


def _order(wanted: Wanted) -> tuple[Any, ...]:
    if wanted.show == "ranked":
        return MonthResult.rank, MonthResult.person_id  # as the index has them
    return (
        MonthResult.rank.is_(None), MonthResult.rank, MonthResult.not_ranked, Person.staff_no
    )  # fmt: skip


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
