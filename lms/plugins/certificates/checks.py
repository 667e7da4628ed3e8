"""What `lms doctor` says about certificates."""

from collections.abc import Iterable

from sqlalchemy import select

from lms.plugins.api import Check, CheckLevel, Person, Session, printing
from lms.plugins.certificates.models import Certificate, Signature
from lms.plugins.certificates.states import is_current

NAME = "certificates"
_NAMED = 5


def checks(session: Session) -> Iterable[Check]:
    if not printing.FONT.is_file():
        return [Check(NAME, CheckLevel.ERROR, f"the font is missing: {printing.FONT.name}")]
    if session.scalar(select(Signature.id).limit(1)) is None:
        unsigned = "nobody signs them yet: HR names somebody under Certificates, Signature"
        return [Check(NAME, CheckLevel.WARNING, unsigned), *_names(session)]
    return _names(session) or [Check(NAME, CheckLevel.OK, "signed; every name can be printed")]


def _names(session: Session) -> list[Check]:
    """Holders whose names the PDF cannot spell; on it stands a mark with the staff number."""
    rows = session.execute(
        select(Person.staff_no, Certificate.holder)
        .join(Certificate.person)
        .where(is_current(), Certificate.holder != "")
        .distinct()
        .order_by(Person.staff_no)
    )
    found = [staff_no for staff_no, holder in rows if printing.lacking(holder)]
    if not found:
        return []
    shown = ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
    text = f"names with characters the PDF's font lacks, printed as {printing.MISSING}: {shown}"
    return [Check(NAME, CheckLevel.WARNING, text)]
