"""Cases in the order of the mean score of their drills, those that were never scored last."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from lms.cases.duplicates.family import kept_cases
from lms.cases.models import CaseVersion, Drill, DrillRun, RunState

ORDERS = ("lowest", "highest")


class Score(NamedTuple):
    """Of so many scored runs; `mean` in hundredths of a percent."""

    runs: int
    mean: int


def in_order(
    connection: Connection, version_ids: Sequence[int], order: str
) -> tuple[list[int], Mapping[int, Score]]:
    """The versions in this order, equal ones as they come, and the scores of their cases. One query
    if there is something to put in order."""
    if order not in ORDERS or not version_ids:
        return list(version_ids), {}
    scores = _scores(connection, version_ids)
    sign = 1 if order == "lowest" else -1
    known = sorted(
        (one for one in version_ids if one in scores), key=lambda v: sign * scores[v].mean
    )
    return [*known, *(one for one in version_ids if one not in scores)], scores


def _scores(connection: Connection, version_ids: Sequence[int]) -> dict[int, Score]:
    """Cases merged into one of these count with it."""
    shown = (
        select(CaseVersion.id.label("version_id"), CaseVersion.case_id)
        .where(CaseVersion.id.in_(version_ids))
        .cte("shown")
    )
    kept = kept_cases()
    own = select(shown.c.version_id, shown.c.case_id)
    merged = select(shown.c.version_id, kept.c.case_id).join(
        kept, kept.c.kept_id == shown.c.case_id
    )
    members = own.union_all(merged).subquery()
    rows = connection.execute(
        select(members.c.version_id, func.count(), func.avg(DrillRun.score))
        .join(CaseVersion, CaseVersion.case_id == members.c.case_id)
        .join(Drill, Drill.case_version_id == CaseVersion.id)
        .join(DrillRun, DrillRun.drill_id == Drill.id)
        .where(DrillRun.state == RunState.SCORED)
        .group_by(members.c.version_id)
    )
    return {version_id: Score(runs, round(mean)) for version_id, runs, mean in rows}
