"""Taking a case out of the library, and back.

An archived case is neither found nor picked; whoever has its address, or a drill made from it,
reads on. Its version in force is `archived` meanwhile, so that nothing that asks for published
versions has to know.
"""

from datetime import datetime

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.cases import search
from lms.cases.duplicates import fingerprints
from lms.cases.models import Case, CaseState, CaseVersion
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound

MAX_REASON = 500


def locked(session: Session, case_id: int) -> Case:
    """The case as it is now, held against others who are about to change it."""
    wanted = select(Case).where(Case.id == case_id).with_for_update()
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such case.")
    return found


def refuse_archived(case: Case) -> None:
    if case.archived_at is not None:
        raise Conflict("This case is archived. Restore it before you change it.")


def in_force(session: Session, case_id: int) -> CaseVersion | None:
    """The version that readers see, archived or not."""
    states = (CaseState.PUBLISHED, CaseState.ARCHIVED)
    wanted = (CaseVersion.case_id == case_id, CaseVersion.state.in_(states))
    return session.scalar(select(CaseVersion).where(*wanted))


def archive(session: Session, case_id: int, reason: str, *, actor: Actor, now: datetime) -> Case:
    """Doing the same twice is doing it once; Conflict when somebody else did it meanwhile."""
    case, reason = locked(session, case_id), cleaned(reason)
    if case.archived_at is not None:
        if case.archived_by_id != actor.person_id or case.merged_into_id is not None:
            raise Conflict("Somebody else has archived this case in the meantime.")
        return case
    if not reason:
        raise DomainError("Say why it is archived.", field="reason")
    put_away(session, case, reason, actor=actor, now=now)
    audit.record(session, actor, "case.archive", ("case", case_id), now=now, reason=reason)
    return case


def cleaned(reason: str) -> str:
    return reason.replace("\0", "").strip()[:MAX_REASON]


def put_away(session: Session, case: Case, reason: str, *, actor: Actor, now: datetime) -> None:
    """DomainError for a case that was never published; Conflict while one of its versions is
    being reviewed. An open draft waits until the case is restored."""
    versions = session.scalars(select(CaseVersion).where(CaseVersion.case_id == case.id)).all()
    if any(version.state == CaseState.IN_REVIEW for version in versions):
        raise Conflict("A version of this case is being reviewed. Wait until that is done.")
    published = next((v for v in versions if v.state == CaseState.PUBLISHED), None)
    if published is None:
        raise DomainError("Only a published case can be archived.", field="reason")
    published.state = CaseState.ARCHIVED
    case.archived_at, case.archived_by_id, case.archive_reason = now, actor.person_id, reason
    session.flush()
    search.forget(session, [case.id])
    fingerprints.forget(session, [case.id])


def restore(session: Session, case_id: int, *, actor: Actor, now: datetime) -> Case:
    """Into the library again, as it was; what went to another case comes back with it."""
    case = locked(session, case_id)
    if case.archived_at is None:
        return case
    was, kept = case.archive_reason, case.merged_into_id
    case.archived_at = case.archived_by_id = case.merged_into_id = None
    case.archive_reason = ""
    version = in_force(session, case_id)
    if version is not None:
        version.state = CaseState.PUBLISHED
        search.index(session, [version])
        fingerprints.store(session, [version])
    audit.record(session, actor, "case.restore", ("case", case_id), now=now, was=was, kept=kept)
    return case


def stays_as(session: Session, case_id: int) -> int:
    """The case itself, or the one into which it was merged (and that one, and so on)."""
    seen = {case_id}
    while True:
        kept = session.scalar(select(Case.merged_into_id).where(Case.id == case_id))
        if kept is None or kept in seen:
            return case_id
        seen.add(kept)
        case_id = kept
