"""What was made from a case, and what of it a major new version has put out of date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, func, literal_column, select, union_all

from lms.cases.models import Case, CaseState, CaseVersion, Drill
from lms.cases.uses.models import CaseUse
from lms.db import Localized, Session
from lms.people.models import Person


@dataclass(frozen=True)
class Derivative:
    """`kind`: drill, or that of a `CaseUse`. `number`: of the version it was made from or found
    right for; `major`: of the latest major version of the case after that, None while it is up to
    date. `present_id`: the published version, None for a case that is out of the library."""

    kind: str
    id: int
    title: Localized
    renew_url: str
    owner: str | None
    created_at: datetime
    case_id: int
    number: int
    major: int | None
    present_id: int | None
    case_title: Localized | None

    @property
    def renewed_at(self) -> str:
        """The address at which it is made anew from the present version."""
        return self.renew_url.replace("{version}", str(self.present_id))


def of_case(session: Session, case_id: int) -> list[Derivative]:
    """Drills first, each kind in the order in which it was made. One query."""
    return _read(session, case_id, only_outdated=False)


def outdated(session: Session) -> list[Derivative]:
    """All that is out of date, case by case. One query."""
    return _read(session, None, only_outdated=True)


def changes_since(session: Session, case_id: int, number: int) -> list[CaseVersion]:
    """The major versions after this one, newest first: why what was made from it is out of date."""
    found = select(CaseVersion).where(
        CaseVersion.case_id == case_id,
        CaseVersion.number > number,
        CaseVersion.is_major,
        CaseVersion.published_at.is_not(None),
    )
    return list(session.scalars(found.order_by(CaseVersion.number.desc())))


def _read(session: Session, case_id: int | None, *, only_outdated: bool) -> list[Derivative]:
    made, majors = _made(case_id), _majors()
    present = (
        select(CaseVersion.case_id, CaseVersion.id, CaseVersion.title)
        .where(CaseVersion.state == CaseState.PUBLISHED)
        .subquery()
    )
    is_outdated = majors.c.number > made.c.number
    rows = session.execute(
        select(
            made.c.kind,
            made.c.id,
            made.c.title,
            made.c.renew_url,
            Person.name,
            made.c.created_at,
            made.c.case_id,
            made.c.number,
            majors.c.number,
            present.c.id,
            present.c.title,
        )
        .join(majors, (majors.c.case_id == made.c.case_id) & is_outdated, isouter=not only_outdated)
        .outerjoin(present, present.c.case_id == made.c.case_id)
        .outerjoin(Person, Person.id == made.c.owner_id)
        .order_by(made.c.case_id, made.c.kind, made.c.id)
    )
    return [Derivative(*row) for row in rows]


def _made(case_id: int | None) -> Subquery:
    drills: Any = (
        select(
            literal_column("'drill'").label("kind"),
            Drill.id,
            Drill.title,
            literal_column("''").label("renew_url"),
            Drill.author_id.label("owner_id"),
            Drill.created_at,
            CaseVersion.case_id,
            CaseVersion.number,
        )
    ).join(CaseVersion, CaseVersion.id == Drill.case_version_id)
    uses: Any = (
        select(
            CaseUse.kind,
            CaseUse.id,
            CaseUse.title,
            CaseUse.renew_url,
            CaseUse.owner_id,
            CaseUse.created_at,
            CaseVersion.case_id,
            CaseVersion.number,
        )
    ).join(CaseVersion, CaseVersion.id == CaseUse.version_id)
    if case_id is not None:
        drills = drills.where(CaseVersion.case_id == case_id)
        uses = uses.where(CaseVersion.case_id == case_id)
    return union_all(drills, uses).subquery()


def _majors() -> Subquery:
    return (
        select(CaseVersion.case_id, func.max(CaseVersion.number).label("number"))
        .where(CaseVersion.is_major, CaseVersion.published_at.is_not(None))
        .group_by(CaseVersion.case_id)
        .subquery()
    )


def owners_to_tell(session: Session, case: Case | int) -> dict[int, int]:
    """Who made what is out of date now, each with how many things."""
    case_id = case if isinstance(case, int) else case.id
    made, majors = _made(case_id), _majors()
    rows = session.execute(
        select(made.c.owner_id, func.count())
        .join(majors, (majors.c.case_id == made.c.case_id) & (majors.c.number > made.c.number))
        .join(Person, Person.id == made.c.owner_id)
        .where(Person.left_on.is_(None))
        .group_by(made.c.owner_id)
    )
    return {owner_id: count for owner_id, count in rows}
