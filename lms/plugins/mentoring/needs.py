"""Who has no mentor and should have one: worked out from what is stored, so that it is never stale.

Hires, from a week before their start; and those in retraining whom a rule of the month has selected
in two consecutive months.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from lms.plugins.api import (
    Enrolment,
    EnrolmentStatus,
    Month,
    Person,
    Programme,
    ProgrammeKind,
    Proposal,
    RuleRun,
    Session,
)
from lms.plugins.mentoring.models import Pair, Purpose

_LEAD = timedelta(days=7)
# A selection older than this has nothing to do with a retraining under way now.
_MONTHS_BACK = 3
_HIRES = (ProgrammeKind.ONBOARDING, ProgrammeKind.TEMPORARY)
MENTORED = (*_HIRES, ProgrammeKind.RETRAINING)


class Need(NamedTuple):
    person: Person
    enrolment: Enrolment
    purpose: Purpose


def purpose_of(kind: str) -> Purpose:
    return Purpose.ONBOARDING if kind in _HIRES else Purpose.RETRAINING


def has_mentor() -> ColumnElement[bool]:
    """A condition on `Person`."""
    return (
        select(Pair.id)
        .where(Pair.mentee_id == Person.id, Pair.ended_at.is_(None))
        .correlate(Person)
        .exists()
    )


def waiting(
    session: Session, scope: ColumnElement[bool], today: date, limit: int = 200
) -> list[Need]:
    """Those within the scope, soonest start first."""
    found: dict[int, Need] = {}
    rows = session.execute(_waiting(scope, today).limit(limit))
    for person, enrolment, kind in rows:
        found.setdefault(person.id, Need(person, enrolment, purpose_of(kind)))
    return list(found.values())


def how_many(scope: ColumnElement[bool], today: date) -> ScalarSelect[int]:
    """As a part of another query."""
    people = _waiting(scope, today).with_only_columns(func.count(Person.id.distinct()))
    return people.order_by(None).scalar_subquery()


def of_person(session: Session, person_id: int) -> Need | None:
    """What a mentor of this person would be for: their onboarding or else their retraining."""
    under_way = _mentorable().where(Person.id == person_id)
    rows = session.execute(under_way.order_by(Enrolment.due_on)).all()
    needs = [Need(person, enrolment, purpose_of(kind)) for person, enrolment, kind in rows]
    return min(needs, key=lambda need: need.purpose is Purpose.RETRAINING, default=None)


def _mentorable() -> Select[Person, Enrolment, str]:
    return (
        select(Person, Enrolment, Programme.kind)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(
            Enrolment.status == EnrolmentStatus.ACTIVE,
            Person.left_on.is_(None),
            Programme.kind.in_(MENTORED),
        )
    )


def _waiting(scope: ColumnElement[bool], today: date) -> Select[Person, Enrolment, str]:
    is_hire = and_(Programme.kind.in_(_HIRES), Enrolment.starts_on <= today + _LEAD)
    again = and_(Programme.kind == ProgrammeKind.RETRAINING, _selected_twice(today))
    return (
        _mentorable()
        .where(scope, ~has_mentor(), or_(is_hire, again))
        .order_by(Enrolment.starts_on, Person.staff_no)
    )


def _selected_twice(today: date) -> ColumnElement[bool]:
    """In two consecutive months, by whichever rule; a condition on `Person`."""
    run, before = aliased(RuleRun), aliased(RuleRun)
    chosen, chosen_before = aliased(Proposal), aliased(Proposal)
    follows = type_coerce(run.period, Integer) - 1 == type_coerce(before.period, Integer)
    return (
        select(chosen.id)
        .join(run, run.id == chosen.run_id)
        .join(before, and_(before.rule == run.rule, follows))
        .join(chosen_before, chosen_before.run_id == before.id)
        .where(
            chosen.person_id == Person.id,
            chosen_before.person_id == Person.id,
            run.is_current,
            before.is_current,
            run.period >= Month.of(today).plus(-_MONTHS_BACK),
        )
        .correlate(Person)
        .exists()
    )


def team_ids(needs: Sequence[Need]) -> set[int]:
    return {need.person.team_id for need in needs if need.person.team_id is not None}
