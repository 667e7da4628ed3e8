"""What is stored about a person as mentor or mentee, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update

from lms.plugins.api import Session
from lms.plugins.mentoring.models import CheckIn, Pair

Rows = Sequence[Mapping[str, Any]]


def export(session: Session, person_id: int) -> Mapping[str, Rows]:
    pairs = session.execute(
        select(
            Pair.id,
            (Pair.mentor_id == person_id).label("as_mentor"),
            Pair.purpose,
            Pair.reason,
            Pair.created_at,
            Pair.ended_at,
            Pair.end_reason,
        )
        .where(_with(person_id))
        .order_by(Pair.id)
    ).mappings()
    check_ins = session.execute(
        select(
            CheckIn.pair_id,
            CheckIn.due_on,
            CheckIn.done_at,
            CheckIn.mood,
            CheckIn.note,
            CheckIn.next_focus,
            CheckIn.reply,
            CheckIn.replied_at,
        )
        .join(Pair, Pair.id == CheckIn.pair_id)
        .where(_with(person_id))
        .order_by(CheckIn.pair_id, CheckIn.due_on)
    ).mappings()
    return {"pairs": [dict(row) for row in pairs], "check_ins": [dict(row) for row in check_ins]}


def erase(session: Session, person_id: int) -> int:
    """What was written about them and by them as a mentee, and the reasons, which may name them."""
    reasons = update(Pair).where(_with(person_id)).values(reason="", end_reason="")
    about = CheckIn.pair_id.in_(select(Pair.id).where(Pair.mentee_id == person_id))
    texts = update(CheckIn).where(about).values(note="", next_focus="", reply="")
    changed = [session.execute(statement).rowcount for statement in (reasons, texts)]  # type: ignore[attr-defined]
    return sum(changed)


def _with(person_id: int) -> Any:
    return or_(Pair.mentor_id == person_id, Pair.mentee_id == person_id)
