"""Lists of appeals: one's own, and those that wait for a decider."""

from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from lms.access import ADMIN, Viewer
from lms.appeals.kinds import decided_by
from lms.appeals.models import Appeal, AppealState
from lms.db import Session
from lms.errors import NotFound
from lms.people.models import Person

PAGE_SIZE = 30
PENDING, DECIDED, MINE = LISTS = "pending", "decided", "mine"


def one(session: Session, appeal_id: int) -> Appeal:
    found = session.scalar(
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .options(joinedload(Appeal.person), joinedload(Appeal.decider))
    )
    if found is None:
        raise NotFound("There is no such appeal.")
    return found


def page_of(
    session: Session, who: Viewer, which: str, kind: str, page: int
) -> tuple[list[Appeal], int]:
    """A page of a list and how many there are: what waits oldest first, the rest newest first."""
    wanted = select(Appeal).join(Person, Person.id == Appeal.person_id)
    is_listed = Appeal.person_id == who.person_id if which == MINE else _scope(who)
    wanted = wanted.where(is_listed)
    if which != MINE:
        is_pending = Appeal.state == AppealState.PENDING
        wanted = wanted.where(is_pending if which == PENDING else ~is_pending)
    if kind:
        wanted = wanted.where(Appeal.kind == kind)
    total = session.scalar(wanted.with_only_columns(func.count(Appeal.id))) or 0
    order = (Appeal.filed_at, Appeal.id) if which == PENDING else (Appeal.id.desc(),)
    return list(session.scalars(_shown(wanted.order_by(*order), page))), total


def _shown(wanted: Select[Any], page: int) -> Select[Any]:
    parts = joinedload(Appeal.person), joinedload(Appeal.decider)
    return wanted.options(*parts).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)


def _scope(who: Viewer) -> Any:
    """The appeals of the kinds and people that the viewer may decide about, and for an admin those
    that nobody else may."""
    parts = [
        and_(Appeal.kind == appealable.kind, who.clause(appealable.permission))
        for appealable in decided_by(who)
    ]
    theirs = and_(or_(false(), *parts), who.clause("appeals.decide"))
    if ADMIN in who.roles:
        theirs = or_(theirs, Appeal.is_left_to_admins)
    return and_(theirs, Person.id != who.person_id)
