"""Runs that wait for a rater, the oldest first, and those a rater has scored."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from lms.cases.models import DrillRun, Rating, RunState
from lms.db import Session
from lms.people.models import Person

PAGE_SIZE = 30
WAITING = (RunState.SUBMITTED, RunState.ADJUDICATION)


def to_score(
    session: Session, scope: ColumnElement[bool], rater_id: int, page: int
) -> tuple[list[DrillRun], int]:
    """A page of the runs this rater can score, and how many there are. `scope`: on `Person`."""
    wanted = _in_scope(scope, rater_id).where(
        DrillRun.state.in_(WAITING), DrillRun.id.not_in(_rated_by(rater_id))
    )
    return _page(session, wanted.order_by(DrillRun.submitted_at, DrillRun.id), page)


def scored_by(
    session: Session, scope: ColumnElement[bool], rater_id: int, page: int
) -> tuple[list[DrillRun], int]:
    """A page of the runs this rater has scored, the newest first."""
    wanted = _in_scope(scope, rater_id).where(DrillRun.id.in_(_rated_by(rater_id)))
    return _page(session, wanted.order_by(DrillRun.submitted_at.desc(), DrillRun.id), page)


def how_many(session: Session, scope: ColumnElement[bool], rater_id: int) -> int:
    wanted = _in_scope(scope, rater_id).where(
        DrillRun.state.in_(WAITING), DrillRun.id.not_in(_rated_by(rater_id))
    )
    return session.scalar(wanted.with_only_columns(func.count(DrillRun.id))) or 0


def _in_scope(scope: ColumnElement[bool], rater_id: int) -> Select[Any]:
    return (
        select(DrillRun)
        .join(Person, Person.id == DrillRun.person_id)
        .where(scope, DrillRun.person_id != rater_id)
    )


def _rated_by(rater_id: int) -> Select[Any]:
    """Ever: whose decision an appeal undid does not decide again."""
    return select(Rating.run_id).where(Rating.rater_id == rater_id)


def _page(session: Session, wanted: Select[Any], page: int) -> tuple[list[DrillRun], int]:
    total = session.scalar(wanted.with_only_columns(func.count(DrillRun.id)).order_by(None)) or 0
    parts = (joinedload(DrillRun.drill), joinedload(DrillRun.person).joinedload(Person.team))
    shown = wanted.options(*parts).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return list(session.scalars(shown)), total
