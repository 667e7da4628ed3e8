"""Who may score alone: whoever matched as many gold runs as the policy asks for, or as there are.

A gold run counts as matched for whoever made it.
"""

from collections.abc import Collection

from sqlalchemy import func, or_, select

from lms.cases.raters.models import GoldRun, Trial
from lms.cases.raters.policy import GOLD
from lms.db import Session
from lms.policies import in_force


def qualified(session: Session, rater_ids: Collection[int]) -> frozenset[int]:
    """Of these raters, those whose rating needs no other beside it. Two or three queries."""
    asked = int(in_force(session, GOLD)["gold_needed"])
    active = select(func.count(GoldRun.id)).where(GoldRun.retired_at.is_(None))
    needed = min(asked, session.scalar(active) or 0)
    if needed == 0:
        return frozenset(rater_ids)
    rows = session.execute(
        select(GoldRun.id, GoldRun.made_by, Trial.rater_id)
        .outerjoin(
            Trial,
            (Trial.gold_id == GoldRun.id) & Trial.matched.is_(True) & Trial.rater_id.in_(rater_ids),
        )
        .where(
            GoldRun.retired_at.is_(None),
            or_(Trial.id.is_not(None), GoldRun.made_by.in_(rater_ids)),
        )
    ).all()
    held = {(gold_id, who) for gold_id, maker, rater in rows for who in (maker, rater) if who}
    return frozenset(rater for rater in rater_ids if sum(who == rater for _, who in held) >= needed)
