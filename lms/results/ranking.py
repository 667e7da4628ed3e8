"""The month's list on screen and as a file: one query for a page, whatever its size."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

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
    """Best first; those not ranked by reason and staff number."""
    number = max(1, wanted.page)
    found: Any = _statement(close_id, wanted).add_columns(func.count().over())
    rows = session.execute(found.limit(per_page).offset((number - 1) * per_page)).all()
    if not rows and number > 1:
        return page(session, close_id, Wanted(wanted.scope, wanted.text, wanted.team_id,
                                              wanted.show), per_page)  # fmt: skip
    total = rows[0][-1] if rows else 0
    return Page([_entry(row) for row in rows], number, max(1, -(-total // per_page)), total)


def everybody(session: Session, close_id: int, wanted: Wanted) -> list[Entry]:
    return [_entry(row) for row in session.execute(_statement(close_id, wanted))]


def _entry(row: Any) -> Entry:
    return Entry(row[0], row[1], row[2], row[3], row[4])


def _statement(close_id: int, wanted: Wanted) -> Any:
    statement: Any = (
        select(Person.id, Person.staff_no, Person.name, Team.name, MonthResult)
        .join(Person, Person.id == MonthResult.person_id)
        .outerjoin(Team, Team.id == MonthResult.team_id)
        .where(MonthResult.close_id == close_id, wanted.scope)
        .order_by(
            MonthResult.rank.is_(None), MonthResult.rank, MonthResult.not_ranked, Person.staff_no
        )
    )
    if wanted.show == "ranked":
        statement = statement.where(MonthResult.not_ranked.is_(None))
    elif wanted.show == "not_ranked":
        statement = statement.where(MonthResult.not_ranked.is_not(None))
    if wanted.team_id is not None:
        statement = statement.where(MonthResult.team_id == wanted.team_id)
    if wanted.text:
        like = f"%{wanted.text}%"
        statement = statement.where(or_(Person.staff_no.ilike(like), Person.name.ilike(like)))
    return statement
