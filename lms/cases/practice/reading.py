"""What somebody should practise next, and what they were to practise so far."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Integer,
    Select,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload

from lms.cases.models import Case, CaseVersion, Drill, DrillRun, Rating, Rubric, RunState
from lms.cases.practice.models import PracticeItem
from lms.db import Localized, Session, read_rows

_RECENT, _UNTRIED = 12, 30
_PERSON = bindparam("person_id", type_=Integer)


class Next(NamedTuple):
    """A drill and why: `assigned` (with `reasons`), `weakest` (the one reason), or `untried`.

    `is_other`: not the drill in which the weakest mark was given. `more`: further items assigned.
    """

    why: str
    drill_id: int
    title: Localized
    at: datetime | None = None
    reasons: Sequence[dict[str, Any]] = ()
    is_other: bool = False
    more: int = 0


def next_practice(session: Session, person_id: int, channel: str) -> Next | None:
    """What was assigned first, then the lowest criterion of late, then a drill of the channel that
    they have not tried; None when all of that is done. One query."""
    rows = read_rows(session, _everything(), person_id=person_id, channel=channel)
    assigned = [row for row in rows if row.why == "assigned"]
    if assigned:
        first = assigned[0]
        return Next(
            "assigned", first.drill_id, first.title, first.at, first.given, more=len(assigned) - 1
        )
    untried = [row for row in rows if row.why == "untried"]
    weakest = _weakest([row for row in rows if row.why == "scored"])
    if weakest:
        row, reason = weakest
        other = next((u for u in untried if u.rubric_key == row.rubric_key), None)
        best = other or row
        return Next("weakest", best.drill_id, best.title, row.at, [reason], other is not None)
    return Next("untried", untried[0].drill_id, untried[0].title) if untried else None


def _weakest(scored: Sequence[Any]) -> tuple[Any, dict[str, Any]] | None:
    """Of each criterion the latest mark; of these the lowest that is below its pass line."""
    seen: set[tuple[str, str]] = set()
    low: list[tuple[int, Any, dict[str, Any]]] = []
    for row in scored:
        for criterion in row.criteria:
            key = criterion["key"]
            level = row.given.get(key)
            if level is None or (row.rubric_key, key) in seen:
                continue
            seen.add((row.rubric_key, key))
            if (level - 1) * 25 < row.pass_mark:
                title = criterion["title"]
                reason = {"key": key, "zh": title["zh"], "en": title["en"], "level": level}
                low.append((level, row, reason))
    if not low:
        return None
    _level, row, reason = min(low, key=lambda found: found[0])
    return row, reason


@cache
def _everything() -> Any:
    """Made once: every start page asks it, and to make it takes longer than to run it."""
    parts = (_assigned(), _scored(), _untried())
    # Each has an order and a limit of its own, which a union takes from subqueries only.
    return union_all(*(select(part.subquery()) for part in parts))


def _assigned() -> Select[Any]:
    """A pending appeal against the run's score holds what follows from it."""
    return (
        select(
            literal_column("'assigned'").label("why"),
            Drill.id.label("drill_id"),
            Drill.title,
            PracticeItem.reasons.label("given"),
            PracticeItem.created_at.label("at"),
            cast(null(), JSON).label("criteria"),
            literal_column("''").label("rubric_key"),
            cast(null(), Integer).label("pass_mark"),
        )
        .join(Drill, Drill.id == PracticeItem.drill_id)
        .join(DrillRun, DrillRun.id == PracticeItem.run_id)
        .where(
            PracticeItem.person_id == _PERSON,
            PracticeItem.done_at.is_(None),
            PracticeItem.withdrawn_at.is_(None),
            DrillRun.state == RunState.SCORED,
        )
        .order_by(PracticeItem.id)
        .limit(_RECENT)
    )


def _scored() -> Select[Any]:
    return (
        select(
            literal_column("'scored'").label("why"),
            Drill.id.label("drill_id"),
            Drill.title,
            Rating.levels.label("given"),
            DrillRun.scored_at.label("at"),
            Rubric.criteria,
            Rubric.key.label("rubric_key"),
            DrillRun.pass_mark,
        )
        .join(Rating, Rating.run_id == DrillRun.id)
        .join(Rubric, Rubric.id == DrillRun.rubric_id)
        .join(Drill, Drill.id == DrillRun.drill_id)
        .where(
            DrillRun.person_id == _PERSON,
            DrillRun.state == RunState.SCORED,
            Rating.superseded_at.is_(None),
        )
        .order_by(DrillRun.scored_at.desc(), Rating.is_adjudication.desc(), Rating.id.desc())
        .limit(_RECENT)
    )


def _untried() -> Select[Any]:
    tried = select(DrillRun.id).where(DrillRun.drill_id == Drill.id, DrillRun.person_id == _PERSON)
    return (
        select(
            literal_column("'untried'").label("why"),
            Drill.id.label("drill_id"),
            Drill.title,
            cast(null(), JSON).label("given"),
            Drill.created_at.label("at"),
            cast(null(), JSON).label("criteria"),
            Rubric.key.label("rubric_key"),
            cast(null(), Integer).label("pass_mark"),
        )
        .join(CaseVersion, CaseVersion.id == Drill.case_version_id)
        .join(Rubric, Rubric.id == Drill.rubric_id)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(
            CaseVersion.channel == bindparam("channel"),
            Case.archived_at.is_(None),
            ~tried.exists(),
        )
        .order_by(Drill.id)
        .limit(_UNTRIED)
    )


def of_person(session: Session, person_id: int, limit: int = 50) -> list[PracticeItem]:
    """Not the withdrawn ones; open first, then what was done last."""
    found = select(PracticeItem).where(
        PracticeItem.person_id == person_id, PracticeItem.withdrawn_at.is_(None)
    )
    order = (PracticeItem.done_at.is_not(None), PracticeItem.done_at.desc(), PracticeItem.id)
    parts = (
        joinedload(PracticeItem.drill),
        joinedload(PracticeItem.run).joinedload(DrillRun.drill),
    )
    return list(session.scalars(found.options(*parts).order_by(*order).limit(limit)))


def of_run(session: Session, run_id: int) -> PracticeItem | None:
    """What the run's score left to practise, if it still does."""
    return session.scalar(
        select(PracticeItem)
        .where(PracticeItem.run_id == run_id, PracticeItem.withdrawn_at.is_(None))
        .options(joinedload(PracticeItem.drill))
    )
