"""One's last closed month in brief, for the start page."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select

from lms.clock import Month
from lms.db import Session, engine_of, read_rows
from lms.results.evidence import Part, parts, ranked_among
from lms.results.metrics import COMPONENTS
from lms.results.models import MonthClose, MonthResult

_MONTHS = 6
# Made once: every agent's start page asks it.
_LATEST = (
    select(
        MonthClose.id,
        MonthClose.month,
        MonthResult.team_id,
        MonthResult.channel,
        MonthResult.score,
        MonthResult.rank,
        MonthResult.not_ranked,
        MonthResult.kpi_met,
        *(getattr(MonthResult, name) for name in COMPONENTS),
    )
    .join(MonthClose, MonthClose.id == MonthResult.close_id)
    .where(MonthResult.person_id == bindparam("person_id"), MonthClose.is_current)
    .order_by(MonthClose.month.desc())
    .limit(_MONTHS)
)


class _Frame(NamedTuple):
    """What a close says of itself, which never changes; its policy alone has some kilobytes."""

    policy: Mapping[str, Any]
    summary: Mapping[str, Any]
    ranked: int


_frames: WeakKeyDictionary[Engine, dict[int, _Frame]] = WeakKeyDictionary()


class InBrief(NamedTuple):
    """Scores in hundredths, None where there is none; `trend` oldest first, in points."""

    month: Month
    score: int | None
    rank: int | None
    of: int
    not_ranked: str | None
    kpi_met: bool
    parts: list[Part]
    trend: list[float | None]

    @property
    def change(self) -> float | None:
        """Points more or less than the month before on record."""
        now, before = (self.trend[-1:] or [None])[0], (self.trend[-2:-1] or [None])[0]
        return None if now is None or before is None else now - before


def latest(session: Session, person_id: int) -> InBrief | None:
    """None while no closed month has a result of theirs."""
    found = read_rows(session, _LATEST, person_id=person_id)
    if not found:
        return None
    last = found[0]
    frame = _frame(session, last.id)
    return InBrief(
        month=last.month,
        score=last.score,
        rank=last.rank,
        of=ranked_among(frame, last),
        not_ranked=last.not_ranked,
        kpi_met=bool(last.kpi_met),
        parts=parts(last, frame.policy),
        trend=[None if row.score is None else row.score / 100 for row in reversed(found)],
    )


def _frame(session: Session, close_id: int) -> _Frame:
    kept = _frames.setdefault(engine_of(session), {})
    if close_id not in kept:
        wanted = select(MonthClose.policy, MonthClose.summary, MonthClose.ranked)
        kept[close_id] = _Frame(*session.execute(wanted.where(MonthClose.id == close_id)).one())
    return kept[close_id]
