"""Two cases that tell the same become one: one stays, the other is archived and points to it.

Drills, their runs and scores, and open comments of the archived one are shown with the one that
stays (see `family`). Restoring it gives each its own again.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from lms import audit
from lms.audit import Actor
from lms.cases.lifecycle import archiving
from lms.cases.models import Case, CaseState, CaseVersion, Drill
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound


def merge(
    session: Session,
    gone_id: int,
    kept_id: int,
    *,
    seen: tuple[int, int],
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Case:
    """Archive the case `gone_id` in favour of `kept_id`; doing it twice is doing it once.

    `seen`: ids of the published versions that were compared, of the one that goes and the one that
    stays. Conflict when either has changed since, or somebody merged or archived one of them.
    """
    if gone_id == kept_id:
        raise DomainError("A case cannot be merged into itself.")
    # By number, so that two who merge the same pair wait for each other and not for ever.
    cases = {case_id: archiving.locked(session, case_id) for case_id in sorted((gone_id, kept_id))}
    gone, kept = cases[gone_id], cases[kept_id]
    if gone.merged_into_id == kept_id and gone.archived_by_id == actor.person_id:
        return gone
    if gone.archived_at is not None or kept.archived_at is not None:
        raise Conflict(
            "Somebody else has archived or merged one of the two in the meantime. Nothing was "
            "changed."
        )
    if seen != tuple(published(session, case_id).id for case_id in (gone_id, kept_id)):
        raise Conflict("A new version was published while you compared. Look at both again.")
    archiving.put_away(session, gone, archiving.cleaned(reason), actor=actor, now=now)
    gone.merged_into_id = kept_id
    audit.record(
        session, actor, "case.merge", ("case", gone_id), now=now, reason=gone.archive_reason,
        kept=kept_id, drills=_drills(session, gone_id),
    )  # fmt: skip
    return gone


def published(session: Session, case_id: int) -> CaseVersion:
    is_it = (CaseVersion.case_id == case_id, CaseVersion.state == CaseState.PUBLISHED)
    found = session.scalar(select(CaseVersion).where(*is_it))
    if found is None:
        raise NotFound("There is no such case.")
    return found


def _drills(session: Session, case_id: int) -> list[int]:
    made = select(Drill.id).join(CaseVersion, CaseVersion.id == Drill.case_version_id)
    return list(session.scalars(made.where(CaseVersion.case_id == case_id).order_by(Drill.id)))


def drill_counts(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    """How many drills were made from each case itself."""
    counted = (
        select(CaseVersion.case_id, func.count(Drill.id))
        .join(Drill, Drill.case_version_id == CaseVersion.id)
        .where(CaseVersion.case_id.in_(case_ids))
        .group_by(CaseVersion.case_id)
    )
    return {case_id: count for case_id, count in session.execute(counted)}


def merged_into(session: Session, case_id: int) -> Sequence[CaseVersion]:
    """The cases that were merged into this one, each as it was read last."""
    wanted = (
        select(CaseVersion)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(Case.merged_into_id == case_id, CaseVersion.state == CaseState.ARCHIVED)
        .order_by(Case.archived_at.desc())
    )
    return session.scalars(wanted).all()
