"""What a new version begins with."""

from sqlalchemy import select

from lms.cases.models import CasePicture, CaseState, CaseVersion
from lms.db import Session


def from_published(session: Session, version: CaseVersion) -> None:
    """The pictures of the case's published version, in a version that is just being made."""
    of_published = (
        select(CasePicture)
        .join(CaseVersion, CaseVersion.id == CasePicture.version_id)
        .where(CaseVersion.case_id == version.case_id, CaseVersion.state == CaseState.PUBLISHED)
        .order_by(CasePicture.id)
    )
    for shown in session.scalars(of_published).all():
        copy = CasePicture(version_id=version.id, upload_id=shown.upload_id, alt=shown.alt)
        session.add(copy)
        session.flush()
