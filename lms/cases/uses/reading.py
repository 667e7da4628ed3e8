"""What was made from a case, and what of it a major new version has put out of date."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, func, literal_column, or_, select, union_all
from sqlalchemy.orm import aliased

from lms.cases.duplicates.family import family, kept_cases
from lms.cases.models import Case, CaseState, CaseVersion, Drill
from lms.cases.uses.models import CaseUse
from lms.db import Localized, Session
from lms.people.models import Person


class Derivative(NamedTuple):
    """`kind`: drill, or that of a `CaseUse`. `number`: of the version it was made from or found
    right for; `major`: of the latest major version of the case after that, None while it is up to
    date. `present_id`: the published version, None for a case that is out of the library. What was
    made from a merged case belongs to the one that stays."""

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


def changes_since(session: Session, version: CaseVersion) -> list[CaseVersion]:
    """The major versions after this one, newest first: why what was made from it is out of date.
    Of the case that stays, if this one's was merged."""
    kept = kept_cases()
    stays = select(kept.c.kept_id).where(kept.c.case_id == version.case_id).scalar_subquery()
    found = select(CaseVersion).where(
        CaseVersion.case_id == func.coalesce(stays, version.case_id),
        or_(
            and_(CaseVersion.case_id == version.case_id, CaseVersion.number > version.number),
            and_(
                CaseVersion.case_id != version.case_id,
                CaseVersion.published_at > version.published_at,
            ),
        ),
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
        .select_from(made)
        .join(majors, _is_outdated(made, majors), isouter=not only_outdated)
        .outerjoin(present, present.c.case_id == made.c.case_id)
        .outerjoin(Person, Person.id == made.c.owner_id)
        .order_by(made.c.case_id, made.c.kind, made.c.id)
    )
    return [Derivative(*row) for row in rows]


def _is_outdated(made: Subquery, majors: Subquery) -> ColumnElement[bool]:
    """Numbers of two cases cannot be compared: there it is the day. What was made from a merged
    case is in date again once the same was made in its place from the case that stays."""
    own = majors.c.case_id == made.c.own_id
    later = (majors.c.number > made.c.number, majors.c.published_at > made.c.published_at)
    anew, of_heir = aliased(CaseUse), aliased(CaseVersion)
    made_anew = (
        select(anew.id)
        .select_from(anew)
        .join(of_heir, of_heir.id == anew.version_id)
        .where(
            anew.kind == made.c.kind,
            anew.renew_url == made.c.renew_url,
            anew.renew_url != "",
            of_heir.case_id == made.c.case_id,
            of_heir.number >= majors.c.number,
        )
        .correlate(made, majors)
        .exists()
    )
    return and_(
        majors.c.case_id == made.c.case_id,
        or_(own & later[0], ~own & later[1] & ~made_anew),
    )


def _made(case_id: int | None) -> Subquery:
    kept = kept_cases()
    of_version = (
        func.coalesce(kept.c.kept_id, CaseVersion.case_id).label("case_id"),
        CaseVersion.case_id.label("own_id"),
        CaseVersion.number,
        CaseVersion.published_at,
    )
    merged = kept.c.case_id == CaseVersion.case_id
    drills: Any = (
        select(
            literal_column("'drill'").label("kind"),
            Drill.id,
            Drill.title,
            literal_column("''").label("renew_url"),
            Drill.author_id.label("owner_id"),
            Drill.created_at,
            *of_version,
        )
        .join(CaseVersion, CaseVersion.id == Drill.case_version_id)
        .outerjoin(kept, merged)
    )
    uses: Any = (
        select(
            CaseUse.kind,
            CaseUse.id,
            CaseUse.title,
            CaseUse.renew_url,
            CaseUse.owner_id,
            CaseUse.created_at,
            *of_version,
        )
        .join(CaseVersion, CaseVersion.id == CaseUse.version_id)
        .outerjoin(kept, merged)
    )
    if case_id is not None:
        asked_for = CaseVersion.case_id.in_(family(case_id))
        drills, uses = drills.where(asked_for), uses.where(asked_for)
    return union_all(drills, uses).subquery()


def _majors() -> Subquery:
    return (
        select(
            CaseVersion.case_id,
            func.max(CaseVersion.number).label("number"),
            func.max(CaseVersion.published_at).label("published_at"),
        )
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
        .select_from(made)
        .join(majors, _is_outdated(made, majors))
        .join(Person, Person.id == made.c.owner_id)
        .where(Person.left_on.is_(None))
        .group_by(made.c.owner_id)
    )
    return {owner_id: count for owner_id, count in rows}
