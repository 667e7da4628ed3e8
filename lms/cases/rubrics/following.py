"""Drills that still use an earlier version of a rubric, and moving them to the newest."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.cases.models import Drill, Rubric
from lms.cases.rubrics import versions
from lms.db import Session
from lms.errors import Conflict, DomainError


def behind(session: Session, rubric: Rubric) -> Sequence[tuple[Drill, int]]:
    """Each with the number of the version it uses; those of archived cases too. One query."""
    found = (
        select(Drill, Rubric.number)
        .join(Drill.rubric)
        .where(Rubric.key == rubric.key, Rubric.number < rubric.number)
        .order_by(Drill.id)
    )
    return [(drill, number) for drill, number in session.execute(found)]


def move(
    session: Session, rubric_id: int, drill_ids: Collection[int], *, actor: Actor, now: datetime
) -> int:
    """Let these drills use this version, the newest; returns how many did not yet.

    Runs keep what they began with, scored or not. Conflict if there is a newer version.
    """
    rubric = versions.one(session, rubric_id)
    if not drill_ids:
        raise DomainError("Tick the drills to move.", field="drill")
    newest = select(Rubric.id).where(Rubric.key == rubric.key, Rubric.number > rubric.number)
    if session.scalar(newest.limit(1)) is not None:
        raise Conflict("There is a newer version of this rubric. Move the drills to that one.")
    earlier = select(Rubric.id).where(Rubric.key == rubric.key, Rubric.number < rubric.number)
    found = session.scalars(
        select(Drill)
        .where(Drill.id.in_(drill_ids), Drill.rubric_id.in_(earlier))
        .order_by(Drill.id)
        .with_for_update()
    ).all()
    for drill in found:
        old, drill.rubric_id = drill.rubric_id, rubric.id
        audit.record(
            session, actor, "drill.rubric", ("drill", drill.id), now=now, old=old, new=rubric.id,
            number=rubric.number,
        )  # fmt: skip
    return len(found)
