"""Saving a rubric: always a new version, upon the one its author began with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import func, select

from lms import audit
from lms.audit import Actor
from lms.cases.models import Drill, DrillRun, Rubric
from lms.cases.rubrics import checking
from lms.db import Localized, Session
from lms.errors import Conflict, NotFound

_PARTS = ("title", "pass_mark", "criteria", "critical")


def new_key() -> str:
    return f"rubric-{uuid4().hex[:12]}"


def one(session: Session, rubric_id: int) -> Rubric:
    found = session.get(Rubric, rubric_id)
    if found is None:
        raise NotFound("There is no such rubric.")
    return found


class Version(NamedTuple):
    """`drills` are made with it now; `runs` were begun with it."""

    rubric: Rubric
    drills: int
    runs: int


def versions(session: Session, key: str) -> list[Version]:
    """All of one rubric, the newest first. One query."""
    drills = select(func.count(Drill.id)).where(Drill.rubric_id == Rubric.id).scalar_subquery()
    runs = select(func.count(DrillRun.id)).where(DrillRun.rubric_id == Rubric.id).scalar_subquery()
    found = select(Rubric, drills, runs).where(Rubric.key == key).order_by(Rubric.number.desc())
    return [Version(*row) for row in session.execute(found)]


def latest(session: Session) -> list[Version]:
    """The newest version of every rubric."""
    newest = select(func.max(Rubric.id)).group_by(Rubric.key).scalar_subquery()
    drills = select(func.count(Drill.id)).where(Drill.rubric_id == Rubric.id).scalar_subquery()
    runs = select(func.count(DrillRun.id)).where(DrillRun.rubric_id == Rubric.id).scalar_subquery()
    found = select(Rubric, drills, runs).where(Rubric.id.in_(newest)).order_by(Rubric.key)
    return [Version(*row) for row in session.execute(found)]


def parts_of(rubric: Rubric) -> dict[str, Any]:
    """As a content file has it, less its key; the columns are never handed out to be changed."""
    return {
        "title": {"zh": rubric.title.zh, "en": rubric.title.en},
        "pass_mark": rubric.pass_mark,
        "criteria": [dict(criterion) for criterion in rubric.criteria],
        "critical": [dict(error) for error in rubric.critical],
    }


def save(
    session: Session, key: str, new: Mapping[str, Any], *, based_on: int, actor: Actor,
    now: datetime,
) -> Rubric:  # fmt: skip
    """The next version of the rubric; the present one if it says just this already.

    `based_on`: the number that its author began with, 0 for a new rubric; Conflict when there is a
    later one. Drills, runs and ratings keep the version they have.
    """
    checking.check(new)
    present = session.scalar(
        select(Rubric)
        .where(Rubric.key == key)
        .order_by(Rubric.number.desc())
        .limit(1)
        .with_for_update()
    )
    if present is not None and parts_of(present) == dict(new):
        return present
    number = present.number if present else 0
    if number != based_on:
        raise Conflict(
            "Somebody else has saved version %(number)s in the meantime. What you typed is still "
            "here: look at theirs, then save again to make yours the next version.",
            number=number,
        )
    made = Rubric(key=key, number=number + 1, created_at=now, **new)
    made.title = Localized.of(new["title"])
    session.add(made)
    session.flush()
    audit.record(
        session, actor, "rubric.save", ("rubric", made.id), now=now, key=key, number=made.number
    )
    return made


__all__ = ["Version", "latest", "new_key", "one", "parts_of", "save", "versions"]
