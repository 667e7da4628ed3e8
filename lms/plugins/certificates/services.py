"""Issuing certificates, finding them, checking their codes."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Enrolment,
    Localized,
    Person,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Session,
    local_date,
    notify,
    zone,
)
from lms.plugins.certificates.models import Certificate

# No letters and digits that are taken for each other; 12 of them cannot be guessed.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12


def earns_one(session: Session, programme_id: int) -> bool:
    """Everything but retraining: having been sent there is nothing to hang on a wall."""
    return session.get_one(Programme, programme_id).kind != ProgrammeKind.RETRAINING


def issue(session: Session, enrolment_id: int, now: datetime) -> Certificate:
    """The enrolment's certificate; asking again issues no second one."""
    found = session.scalar(select(Certificate).where(Certificate.enrolment_id == enrolment_id))
    if found is not None:
        return found
    person, version = session.execute(
        select(Person, ProgrammeVersion)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Enrolment.version_id)
        .where(Enrolment.id == enrolment_id)
    ).one()
    certificate = Certificate(
        person_id=person.id,
        enrolment_id=enrolment_id,
        holder=person.name,
        title=version.title,
        clears_for_duty=version.grants_clearance,
        code="".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)),
        issued_on=local_date(now, zone()),
        issued_at=now,
    )
    session.add(certificate)
    session.flush()
    text = Localized(
        f"“{version.title.pick('zh')}”证书已颁发。",
        f"Your certificate for “{version.title.pick('en')}” is ready.",
    )
    notify(session, [person.id], "certificate", text, f"/certificates/{certificate.id}", now)
    return certificate


_OF_PERSON = (
    select(Certificate)
    .where(Certificate.person_id == bindparam("person_id"))
    .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    .limit(bindparam("most"))
)


def of_person(session: Session, person_id: int, limit: int = 10_000) -> Sequence[Certificate]:
    """Newest first."""
    return session.scalars(_OF_PERSON, {"person_id": person_id, "most": limit}).all()


def by_id(session: Session, certificate_id: int) -> Certificate | None:
    found = select(Certificate).where(Certificate.id == certificate_id)
    return session.scalar(found.options(joinedload(Certificate.person)))


def by_code(session: Session, typed: str) -> Certificate | None:
    """However it was typed: small letters, spaces and dashes do not matter.

    None also for one whose holder has been erased.
    """
    code = "".join(c for c in typed.upper() if c.isalnum())
    if len(code) != _LENGTH:
        return None
    found = select(Certificate).where(Certificate.code == code, Certificate.holder != "")
    return session.scalar(found)


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {
        "certificates": [
            {
                "number": found.number,
                "code": found.shown_code,
                "holder": found.holder,
                "title": found.title.zh,
                "issued_on": found.issued_on,
            }
            for found in of_person(session, person_id)
        ]
    }


def erase(session: Session, person_id: int) -> int:
    """A certificate of nobody is one that cannot be confirmed any more."""
    named = select(Certificate).where(Certificate.person_id == person_id, Certificate.holder != "")
    found = session.scalars(named).all()
    for certificate in found:
        certificate.holder = ""
    return len(found)
