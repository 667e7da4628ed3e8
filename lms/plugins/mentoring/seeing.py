"""Reading pairs and their check-ins for pages, each in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.plugins.api import (
    PER_PAGE,
    Enrolment,
    Level,
    Person,
    Session,
    Standing,
    read_rows,
    standings,
)
from lms.plugins.mentoring import needs
from lms.plugins.mentoring.models import CheckIn, Pair


class Row(NamedTuple):
    """A pair in a list. `next_on`: the first check-in not held yet; `done`: how many were held."""

    pair: Pair
    mentor: Person
    mentee: Person
    done: int
    last_at: datetime | None
    next_on: date | None

    def is_late(self, today: date) -> bool:
        return self.pair.ended_at is None and self.next_on is not None and self.next_on < today


class Listing(NamedTuple):
    rows: list[Row]
    page: int
    pages: int
    total: int


class Counts(NamedTuple):
    under_way: int
    overdue: int
    ended: int
    mine: int
    waiting: int


_mentor, _mentee = aliased(Person), aliased(Person)
_OPEN = and_(CheckIn.pair_id == Pair.id, CheckIn.done_at.is_(None))
_NEXT = select(func.min(CheckIn.due_on)).where(_OPEN).correlate(Pair).scalar_subquery()
_HELD = and_(CheckIn.pair_id == Pair.id, CheckIn.done_at.is_not(None))
_DONE = select(func.count(CheckIn.id)).where(_HELD).correlate(Pair).scalar_subquery()
_LAST = select(func.max(CheckIn.done_at)).where(_HELD).correlate(Pair).scalar_subquery()
_ROWS = (
    select(Pair, _mentor, _mentee, _DONE, _LAST, _NEXT)
    .join(_mentor, _mentor.id == Pair.mentor_id)
    .join(_mentee, _mentee.id == Pair.mentee_id)
)


class Near(NamedTuple):
    """A pair on somebody's start page: the other one, and the check-in that comes next."""

    pair_id: int
    is_mentor: bool
    name: str
    staff_no: str
    level: Level
    next_on: date | None

    def is_late(self, today: date) -> bool:
        return self.next_on is not None and self.next_on < today


# Made once, and of columns only: every start page asks it.
_me = bindparam("person_id", type_=Integer)
_other = aliased(Person)
_NEAR = (
    select(
        Pair.id, Pair.mentee_id == _me, _other.name, _other.staff_no, _other.level, _NEXT
    )
    .join(_other, _other.id == case((Pair.mentee_id == _me, Pair.mentor_id), else_=Pair.mentee_id))
    .where(or_(Pair.mentor_id == _me, Pair.mentee_id == _me), Pair.ended_at.is_(None))
    .order_by(_NEXT.nulls_last(), Pair.id)
)  # fmt: skip


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    if state == "ended":
        return Pair.ended_at.is_not(None)
    here = Pair.ended_at.is_(None)
    return and_(here, _late(today)) if state == "overdue" else here


def _late(today: date) -> ColumnElement[bool]:
    late = select(CheckIn.id).where(_OPEN, CheckIn.due_on < today)
    return late.correlate(Pair).exists()


def listing(
    session: Session, scope: ColumnElement[bool], state: str, today: date, page: int, total: int
) -> Listing:
    """`scope` is on `Person`, the mentee. The next check-in due comes first."""
    inside = Pair.mentee_id.in_(select(Person.id).where(scope))
    order = (Pair.ended_at.desc(), Pair.id) if state == "ended" else (_NEXT.nulls_last(), Pair.id)
    found = (
        _ROWS.where(inside, _in_state(state, today))
        .order_by(*order)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    rows = [Row(*row) for row in session.execute(found)]
    return Listing(rows, page, max(1, -(-total // PER_PAGE)), total)


def counts(session: Session, scope: ColumnElement[bool], person_id: int, today: date) -> Counts:
    """Of the scope, in one query; `mine` counts those whom this person mentors now."""
    here = Pair.ended_at.is_(None)
    inside = Pair.mentee_id.in_(select(Person.id).where(scope))

    def number(*where: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*where), 1), else_=0)), 0)

    row = session.execute(
        select(
            number(inside, here),
            number(inside, here, _late(today)),
            number(inside, ~here),
            number(here, Pair.mentor_id == person_id),
            needs.how_many(scope, today),
        )
    ).one()
    return Counts(*row)


def of_mentor(session: Session, person_id: int) -> list[Row]:
    """Whom they mentor now, the next check-in due first."""
    found = _ROWS.where(Pair.mentor_id == person_id, Pair.ended_at.is_(None))
    return [Row(*row) for row in session.execute(found.order_by(_NEXT.nulls_last(), Pair.id))]


def near(session: Session, person_id: int) -> list[Near]:
    """Their mentor and those whom they mentor, now."""
    return [Near(*row) for row in read_rows(session, _NEAR, person_id=person_id)]


def of_mentee(session: Session, person_id: int) -> list[Row]:
    """All their pairs, the present one first, then the latest."""
    first = case((Pair.ended_at.is_(None), 0), else_=1)
    found = _ROWS.where(Pair.mentee_id == person_id).order_by(first, Pair.id.desc())
    return [Row(*row) for row in session.execute(found)]


def pair_page(session: Session, pair_id: int) -> tuple[Pair, list[CheckIn]] | None:
    """With mentor, mentee and check-ins by date; None if there is none."""
    found = (
        select(Pair, CheckIn)
        .outerjoin(CheckIn, CheckIn.pair_id == Pair.id)
        .where(Pair.id == pair_id)
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .order_by(CheckIn.due_on)
    )
    rows = session.execute(found).all()
    return (rows[0][0], [check_in for _, check_in in rows if check_in]) if rows else None


def progress(session: Session, pairs: Sequence[Pair], today: date) -> Mapping[int, Standing]:
    """Where the mentees are in their courses, by enrolment id."""
    wanted = [pair.enrolment_id for pair in pairs]
    if not wanted:
        return {}
    found = standings(session, Enrolment.id.in_(wanted), today)
    return {standing.enrolment.id: standing for standing in found}
