"""Counts of a close, stored with it: what is frozen is counted once, not on every visit.

{"ranked": {"count", "score", "service", "feedback", "training" (means), "partial", "kpi_met",
 "csat" (how many have that figure)}, "not_ranked": {reason: count},
 "bins": [[lowest score in hundredths, count], …],
 "within": {team or channel: ranked}, "teams": [[id, name], …], "metrics": [code, …]}
"""

from typing import Any

from sqlalchemy import Integer, Select, case, cast, func, select

from lms.db import Session
from lms.people.models import Team
from lms.results.models import MonthFigure, MonthResult
from lms.results.rounding import whole

BIN = 200  # hundredths: bars of two points


def summarise(session: Session, close_id: int, scope: str) -> dict[str, Any]:
    here = MonthResult.close_id == close_id
    r = MonthResult
    groups = session.execute(
        select(
            r.not_ranked,
            func.count(),
            *(func.avg(c) for c in (r.score, r.service, r.feedback, r.training)),
            func.sum(case((r.is_partial, 1), else_=0)),
            func.sum(case((r.kpi_met, 1), else_=0)),
            func.count(r.csat_rank),
        )
        .where(here)
        .group_by(r.not_ranked)
    ).all()
    names = ("count", "score", "service", "feedback", "training", "partial", "kpi_met", "csat")
    ranked = dict.fromkeys(names, 0) | next(
        (dict(zip(names, map(_rounded, row[1:]), strict=True)) for row in groups if row[0] is None),
        {},
    )
    lowest = (whole(r.score / float(BIN)) * BIN).label("lowest")
    bins = session.execute(
        select(cast(lowest, Integer), func.count())
        .where(here, r.not_ranked.is_(None))
        .group_by(lowest)
        .order_by(lowest)
    )
    return {
        "ranked": ranked,
        "not_ranked": {row[0]: row[1] for row in groups if row[0] is not None},
        "bins": [[low, count] for low, count in bins],
        "within": _within(session, close_id, scope),
        "teams": _teams(session, close_id),
        "metrics": sorted(session.scalars(_metrics(close_id))),
    }


def _within(session: Session, close_id: int, scope: str) -> dict[str, int]:
    """How many are ranked against each other, where that is not the whole company."""
    part = {"team": MonthResult.team_id, "channel": MonthResult.channel}.get(scope)
    if part is None:
        return {}
    rows = session.execute(
        select(part, func.count())
        .where(MonthResult.close_id == close_id, MonthResult.not_ranked.is_(None))
        .group_by(part)
    )
    return {str(name): count for name, count in rows}


def _metrics(close_id: int) -> Select[str]:
    """Those of which anybody has a figure."""
    return select(MonthFigure.metric).where(MonthFigure.close_id == close_id).distinct()


def _teams(session: Session, close_id: int) -> list[list[Any]]:
    here = select(MonthResult.team_id).where(MonthResult.close_id == close_id)
    rows = session.execute(select(Team.id, Team.name).where(Team.id.in_(here)).order_by(Team.name))
    return [[team_id, name] for team_id, name in rows]


def _rounded(value: Any) -> int | None:
    return None if value is None else round(float(value))
