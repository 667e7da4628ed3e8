"""What is stored about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update

from lms.plugins.api import Session
from lms.plugins.promotion.models import (
    ArchivedVerdict,
    Complaint,
    Nomination,
    Probation,
    Recommendation,
)


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    rows = session.execute(
        select(
            Nomination.target,
            Nomination.year,
            Nomination.state,
            Nomination.reason,
            Nomination.evidence,
            Nomination.nominated_at,
            Nomination.decided_at,
            Nomination.decision_reason,
            Nomination.effective_on,
            Nomination.ended_at,
            Nomination.end_reason,
            Probation.until.label("probation_until"),
            Probation.outcome.label("probation_outcome"),
            Probation.reason.label("probation_reason"),
        )
        .outerjoin(Probation, Probation.nomination_id == Nomination.id)
        .where(Nomination.person_id == person_id)
        .order_by(Nomination.id)
    )
    return {
        "nominations": [dict(row) for row in rows.mappings()],
        "complaints": _rows(
            session, person_id, Complaint.person_id, Complaint.on_day, Complaint.level,
            Complaint.reference, Complaint.note, Complaint.recorded_at, Complaint.withdrawn_at,
            Complaint.withdrawn_reason,
        ),
        "recommendations": _rows(
            session, person_id, Recommendation.person_id, Recommendation.target,
            Recommendation.year, Recommendation.text, Recommendation.given_at,
            Recommendation.withdrawn_at,
        ),
        "archived_verdicts": _rows(
            session, person_id, ArchivedVerdict.person_id, ArchivedVerdict.archive_id,
            ArchivedVerdict.level, ArchivedVerdict.verdict, ArchivedVerdict.runs,
            ArchivedVerdict.criteria,
        ),
    }  # fmt: skip


def _rows(
    session: Session, person_id: int, owner: Any, *columns: Any
) -> Sequence[Mapping[str, Any]]:
    found = session.execute(select(*columns).where(owner == person_id))
    return [dict(row) for row in found.mappings()]


def erase(session: Session, person_id: int) -> int:
    """What was written about them goes; that somebody was nominated and decided on stays."""
    theirs = Nomination.person_id == person_id
    texts = (Nomination.reason, Nomination.decision_reason, Nomination.end_reason)
    written = or_(*(text != "" for text in texts))
    empty = dict.fromkeys((text.key for text in texts), "")
    changed = session.execute(update(Nomination).where(theirs, written).values(empty))
    ids = select(Nomination.id).where(theirs)
    trials = session.execute(
        update(Probation)
        .where(Probation.nomination_id.in_(ids), Probation.reason != "")
        .values(reason="")
    )
    notes = session.execute(
        update(Complaint)
        .where(
            Complaint.person_id == person_id,
            or_(Complaint.note != "", Complaint.withdrawn_reason != ""),
        )
        .values(note="", withdrawn_reason="")
    )
    words = session.execute(
        update(Recommendation)
        .where(Recommendation.person_id == person_id, Recommendation.text != "")
        .values(text="")
    )
    return int(sum(done.rowcount for done in (changed, trials, notes, words)))  # type: ignore[attr-defined]
