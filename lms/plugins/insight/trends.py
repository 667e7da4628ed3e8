"""A measure month by month: of one person, or the mean of those ranked in a team or everywhere.

Sums of a close are kept by team once they were asked for: a close never changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Float, Select, and_, cast, func, select

from lms.plugins.api import Month, MonthFigure, MonthResult, Session, Team, engine_of
from lms.plugins.insight.months import SCORE

# How many and their sum, by team and channel as they were then.
Sums = Mapping[tuple[int | None, str | None], tuple[int, float]]
_kept: WeakKeyDictionary[Engine, dict[tuple[int, str], Sums]] = WeakKeyDictionary()


class Point(NamedTuple):
    """`people`: of how many it is the mean; `value` None without any."""

    month: Month
    value: float | None
    people: int


def of_person(
    session: Session, person_id: int, closes: Mapping[Month, int], code: str
) -> list[Point]:
    """The person's own figure of each month, ranked or not."""
    ids = list(closes.values())
    mine = (MonthResult.close_id.in_(ids), MonthResult.person_id == person_id)
    found: Any = select(MonthResult.close_id, MonthResult.score).where(*mine)
    if code != SCORE:
        found = select(MonthFigure.close_id, MonthFigure.value).where(
            MonthFigure.close_id.in_(ids),
            MonthFigure.person_id == person_id,
            MonthFigure.metric == code,
        )
    values = {close_id: value for close_id, value in session.execute(found) if value is not None}
    scale = 100 if code == SCORE else 1
    return [
        Point(month, values[i] / scale if i in values else None, int(i in values))
        for month, i in closes.items()
    ]


def of_teams(
    session: Session,
    closes: Mapping[Month, int],
    code: str,
    teams: Iterable[int] | None,
    channel: str | None = None,
) -> list[Point]:
    """The mean over the ranked people of these teams and of a channel, as they were then; None: of
    all there are."""
    wanted = None if teams is None else set(teams)
    sums = _sums(session, list(closes.values()), code)
    points = []
    for month, close_id in closes.items():
        parts = [
            part
            for (team, at), part in sums[close_id].items()
            if (wanted is None or team in wanted) and channel in (None, at)
        ]
        people = sum(count for count, _ in parts)
        mean = sum(total for _, total in parts) / people if people else None
        points.append(Point(month, mean, people))
    return points


def teams_in(session: Session, closes: Mapping[Month, int]) -> Sequence[tuple[int, str]]:
    """Teams with somebody ranked in one of these months, by name; asks for what is kept first."""
    sums = _sums(session, list(closes.values()), SCORE)
    ids = {team for close_id in closes.values() for team, _ in sums[close_id] if team is not None}
    rows = session.execute(select(Team.id, Team.name).order_by(Team.name))
    return [(team_id, name) for team_id, name in rows if team_id in ids]


def _sums(session: Session, close_ids: Sequence[int], code: str) -> Mapping[int, Sums]:
    kept = _kept.setdefault(engine_of(session), {})
    missing = [i for i in close_ids if (i, code) not in kept]
    if missing:
        fresh: dict[int, dict[Any, tuple[int, float]]] = {i: {} for i in missing}
        for close_id, team_id, channel, count, total in session.execute(_statement(missing, code)):
            fresh[close_id][team_id, channel] = (count, float(total))
        kept.update({(i, code): sums for i, sums in fresh.items()})
    return {i: kept[i, code] for i in close_ids}


def _statement(close_ids: Sequence[int], code: str) -> Select[Any]:
    value = cast(MonthResult.score, Float(53)) / 100.0 if code == SCORE else MonthFigure.value
    part = MonthResult.close_id, MonthResult.team_id, MonthResult.channel
    found = select(*part, func.count(value), func.sum(value))
    if code != SCORE:
        figure = and_(
            MonthFigure.close_id == MonthResult.close_id,
            MonthFigure.person_id == MonthResult.person_id,
            MonthFigure.metric == code,
        )
        found = found.join(MonthFigure, figure)
    return found.where(
        MonthResult.close_id.in_(close_ids), MonthResult.not_ranked.is_(None), value.is_not(None)
    ).group_by(*part)
