"""Finding certificates: one's own, one by what is printed on it, and the list for HR."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.plugins.api import (
    Enrolment,
    Month,
    Person,
    Programme,
    ProgrammeVersion,
    Session,
)
from lms.plugins.certificates.issuing import CODE_LENGTH
from lms.plugins.certificates.models import Certificate, Signature
from lms.plugins.certificates.states import in_state

_OF_PERSON = (
    select(Certificate)
    .where(Certificate.person_id == bindparam("person_id"))
    .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    .limit(bindparam("most"))
)
_CURRENT_OF_PERSON = _OF_PERSON.where(
    Certificate.revoked_at.is_(None), Certificate.superseded_at.is_(None)
)
# `SA-2026-000042` however it is typed; nine digits fit every database's integer.
_NUMBER = re.compile(r"(?:SA)?(\d{4})(\d{6,9})")


@dataclass(frozen=True)
class Wanted:
    """What of the list; nothing set is everything."""

    text: str = ""
    state: str = ""
    programme_id: int | None = None
    month: Month | None = None


def of_person(session: Session, person_id: int, limit: int = 10_000) -> Sequence[Certificate]:
    """Newest first, those that hold no more included."""
    return session.scalars(_OF_PERSON, {"person_id": person_id, "most": limit}).all()


def current_of(session: Session, person_id: int, limit: int) -> Sequence[Certificate]:
    """Newest first, neither revoked nor replaced."""
    return session.scalars(_CURRENT_OF_PERSON, {"person_id": person_id, "most": limit}).all()


def by_id(session: Session, certificate_id: int) -> Certificate | None:
    """With the holder and the signature; None also for one whose holder has been erased."""
    found = select(Certificate).where(Certificate.id == certificate_id, Certificate.holder != "")
    whole = joinedload(Certificate.person), joinedload(Certificate.signature)
    return session.scalar(found.options(*whole))


def to_print(session: Session, certificate_id: int) -> Certificate | None:
    """The same with the picture of the signature."""
    found = select(Certificate).where(Certificate.id == certificate_id, Certificate.holder != "")
    picture = joinedload(Certificate.signature).undefer(Signature.picture)
    return session.scalar(found.options(joinedload(Certificate.person), picture))


def by_print(session: Session, number: str, code: str) -> Certificate | None:
    """By the number and the check code on it, however they were typed; both must be right."""
    parts = _NUMBER.fullmatch(_plain(number))
    code = _plain(code)
    if parts is None or len(code) != CODE_LENGTH:
        return None
    found = by_id(session, int(parts[2]))
    if found is None or found.issued_on.year != int(parts[1]):
        return None
    return found if secrets.compare_digest(found.code, code) else None


def _plain(typed: str) -> str:
    return "".join(c for c in typed.upper() if c.isascii() and c.isalnum())


def listing(scope: ColumnElement[bool], wanted: Wanted, today: date) -> Select[Certificate]:
    """Newest first, with the holder's person and team at hand."""
    found = (
        select(Certificate)
        .join(Certificate.person)
        .options(contains_eager(Certificate.person).joinedload(Person.team))
        .where(scope, Certificate.holder != "", in_state(wanted.state, today))
        .order_by(Certificate.id.desc())
    )
    if wanted.programme_id is not None:
        found = found.join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        found = found.where(Enrolment.programme_id == wanted.programme_id)
    if wanted.month is not None:
        days = wanted.month.first_day, wanted.month.last_day
        found = found.where(Certificate.issued_on.between(*days))
    return found.where(_like(wanted.text.strip())) if wanted.text.strip() else found


def _like(text: str) -> ColumnElement[bool]:
    if parts := _NUMBER.fullmatch(_plain(text)):
        return or_(Certificate.id == int(parts[2]), Person.staff_no == text)
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    columns = Certificate.holder, Person.name, Person.staff_no
    return or_(*(column.ilike(f"%{escaped}%", escape="\\") for column in columns))


def courses(session: Session) -> Sequence[Any]:
    """Programmes that certificates were issued for: `id` and the newest version's `title`."""
    newest = (
        select(ProgrammeVersion.id)
        .where(ProgrammeVersion.programme_id == Programme.id)
        .order_by(ProgrammeVersion.number.desc())
        .limit(1)
        .correlate(Programme)
        .scalar_subquery()
    )
    issued = select(Enrolment.programme_id).join(
        Certificate, Certificate.enrolment_id == Enrolment.id
    )
    return session.execute(
        select(Programme.id, ProgrammeVersion.title)
        .join(ProgrammeVersion, ProgrammeVersion.id == newest)
        .where(Programme.id.in_(issued))
        .order_by(Programme.key)
    ).all()
