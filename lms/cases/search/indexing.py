"""Writing the index: a published version in place of the one before."""

from collections.abc import Sequence

from sqlalchemy import func, select

from lms.cases.models import CaseState, CaseVersion
from lms.cases.search import places, segments, writing
from lms.db import Session


def index(session: Session, versions: Sequence[CaseVersion]) -> None:
    """Make these published versions findable, in place of earlier ones of the same cases."""
    if not versions:
        return
    session.flush()
    case_ids = [version.case_id for version in versions]
    first = places.next_numbers(session, len(versions))
    steps = places.steps_kept(session, case_ids)
    writing.forget(session, case_ids)
    placed = [
        (places.place(steps.get(version.case_id, 0), number), version)
        for number, version in enumerate(versions, first)
    ]
    writing.add(session, placed)
    segments.tidy(session)


def count_published(session: Session) -> int:
    published = CaseVersion.state == CaseState.PUBLISHED
    return session.scalar(select(func.count(CaseVersion.id)).where(published)) or 0
