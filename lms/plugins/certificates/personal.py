"""What is stored about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Session
from lms.plugins.certificates.finding import of_person
from lms.plugins.certificates.models import Certificate


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {
        "certificates": [
            {
                "number": found.number,
                "code": found.shown_code,
                "holder": found.holder,
                "title": found.title.zh,
                "issued_on": found.issued_on,
                "expires_on": found.expires_on,
                "revoked_at": found.revoked_at,
                "revoked_reason": found.revoked_reason,
                "superseded_at": found.superseded_at,
            }
            for found in of_person(session, person_id)
        ]
    }


def erase(session: Session, person_id: int) -> int:
    """A certificate of nobody is one that cannot be confirmed any more."""
    named = select(Certificate).where(Certificate.person_id == person_id, Certificate.holder != "")
    found = session.scalars(named).all()
    for certificate in found:
        certificate.holder = certificate.revoked_reason = ""
    return len(found)
