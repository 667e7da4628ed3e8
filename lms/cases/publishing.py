"""Making a version the one that readers see. Both ways lead here: review, and content files."""

from datetime import datetime

from sqlalchemy import func, select, update

from lms.cases import search
from lms.cases.duplicates import fingerprints
from lms.cases.lifecycle import archiving
from lms.cases.models import CaseState, CaseVersion
from lms.db import Session


def make_public(session: Session, version: CaseVersion, now: datetime) -> None:
    """Publish the version, supersede the present one, and make it findable, in one transaction.

    Conflict for an archived case.
    """
    archiving.refuse_archived(archiving.locked(session, version.case_id))
    session.execute(
        update(CaseVersion)
        .where(CaseVersion.case_id == version.case_id, CaseVersion.state == CaseState.PUBLISHED)
        .values(state=CaseState.SUPERSEDED)
    )
    version.state, version.published_at = CaseState.PUBLISHED, now
    session.flush()
    search.index(session, [version])
    fingerprints.store(session, [version])


def next_number(session: Session, case_id: int) -> int:
    highest = select(func.max(CaseVersion.number)).where(CaseVersion.case_id == case_id)
    return (session.scalar(highest) or 0) + 1
