"""What is stored about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from lms.plugins.api import Session
from lms.plugins.recognition.models import Award, Entry, Qualification


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    awards = session.execute(
        select(
            Award.year, Award.score, Award.months, Award.given_at, Award.withdrawn_at,
            Award.withdrawn_reason,
        )
        .where(Award.person_id == person_id)
        .order_by(Award.id)
    )  # fmt: skip
    points = session.execute(
        select(Entry.kind, Entry.points, Entry.reason, Entry.month, Entry.entered_at)
        .where(Entry.person_id == person_id)
        .order_by(Entry.id)
    )
    known = session.execute(
        select(
            Qualification.title, Qualification.issuer, Qualification.obtained_on,
            Qualification.expires_on, Qualification.state, Qualification.decision,
        )
        .where(Qualification.person_id == person_id)
        .order_by(Qualification.id)
    )  # fmt: skip
    return {
        "awards": [dict(row) for row in awards.mappings()],
        "points": [{**row, "month": str(row["month"])} for row in points.mappings()],
        "qualifications": [dict(row) for row in known.mappings()],
    }


def erase(session: Session, person_id: int) -> int:
    """Points and awards stay as numbers; words about the person go, and so does what they sent."""
    reasons = update(Entry).where(Entry.person_id == person_id, Entry.reason != "")
    words = update(Award).where(Award.person_id == person_id, Award.withdrawn_reason != "")
    claims = update(Qualification).where(Qualification.person_id == person_id)
    changed = [
        session.execute(reasons.values(reason="")),
        session.execute(words.values(withdrawn_reason="")),
        session.execute(claims.values(title="", issuer="", decision="", upload_id=None)),
    ]
    return sum(int(getattr(done, "rowcount", 0)) for done in changed)
