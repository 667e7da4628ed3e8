"""Programmes that are assigned by rule, with their rules and how many are in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import aliased, joinedload

from lms.courses.audience.assigning import is_followed
from lms.courses.audience.models import AudienceVersion, ProgrammeAssignment
from lms.courses.audience.rule import Audience
from lms.courses.audience.versions import KINDS, rule_of
from lms.courses.models import Enrolment, EnrolmentStatus, Programme, ProgrammeVersion
from lms.db import Localized, Session
from lms.errors import NotFound
from lms.people.models import Team

ORDERS_SHOWN = 5


@dataclass(frozen=True)
class Course:
    """`number`: of the rule in force, 0 while there is none."""

    id: int
    kind: str
    title: Localized
    summary: Localized
    number: int
    rule: Audience


@dataclass(frozen=True)
class Line(Course):
    """A course in the list; `followed_until` where people still come and go by its rule."""

    under_way: int
    completed: int
    followed_until: date | None


def course(session: Session, programme_id: int) -> Course:
    """One query; NotFound for a programme that is not assigned by rule."""
    row = session.execute(_courses().where(Programme.id == programme_id)).one_or_none()
    if row is None:
        raise NotFound("This programme does not exist.")
    return Course(*_facts(*row))


def courses(session: Session, today: date) -> list[Line]:
    """Two queries."""
    counts = {
        programme_id: (under_way, completed)
        for programme_id, under_way, completed in session.execute(
            select(
                Enrolment.programme_id,
                func.sum(case((Enrolment.status == EnrolmentStatus.ACTIVE, 1), else_=0)),
                func.sum(case((Enrolment.status == EnrolmentStatus.COMPLETED, 1), else_=0)),
            ).group_by(Enrolment.programme_id)
        )
    }
    until = (
        select(func.max(ProgrammeAssignment.follow_until))
        .where(ProgrammeAssignment.programme_id == Programme.id, is_followed(today))
        .correlate(Programme)
        .scalar_subquery()
    )
    found = []
    for *row, followed_until in session.execute(_courses().add_columns(until)):
        facts = _facts(*row)
        found.append(Line(*facts, *counts.get(facts[0], (0, 0)), followed_until))
    return found


def _courses() -> Select[Programme, ProgrammeVersion, AudienceVersion]:
    newer, later = aliased(ProgrammeVersion), aliased(AudienceVersion)
    return (
        select(Programme, ProgrammeVersion, AudienceVersion)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .outerjoin(
            AudienceVersion,
            and_(
                AudienceVersion.programme_id == Programme.id,
                AudienceVersion.number
                == select(func.max(later.number))
                .where(later.programme_id == Programme.id)
                .correlate(Programme)
                .scalar_subquery(),
            ),
        )
        .where(
            Programme.kind.in_(KINDS),
            ProgrammeVersion.number
            == select(func.max(newer.number))
            .where(newer.programme_id == Programme.id)
            .correlate(Programme)
            .scalar_subquery(),
        )
        .order_by(Programme.kind, Programme.id)
    )


def _facts(
    programme: Programme, version: ProgrammeVersion, audience: AudienceVersion | None
) -> tuple[int, str, Localized, Localized, int, Audience]:
    number = audience.number if audience else 0
    return (
        programme.id, programme.kind, version.title, version.summary, number, rule_of(audience)
    )  # fmt: skip


def orders(session: Session, programme_id: int) -> Sequence[ProgrammeAssignment]:
    """The latest, newest first, each with the version of the rule it was given by."""
    return session.scalars(
        select(ProgrammeAssignment)
        .where(ProgrammeAssignment.programme_id == programme_id)
        .options(joinedload(ProgrammeAssignment.audience))
        .order_by(ProgrammeAssignment.id.desc())
        .limit(ORDERS_SHOWN)
    ).all()


def team_names(session: Session) -> Mapping[int, str]:
    """All teams, by name."""
    return {team.id: team.name for team in session.scalars(select(Team).order_by(Team.name))}
