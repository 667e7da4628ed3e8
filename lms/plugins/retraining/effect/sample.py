"""Who was near the cut-off of a month that had consequences, and their score a month later."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from lms.plugins.api import (
    Month,
    MonthClose,
    MonthResult,
    Proposal,
    ProposalState,
    RuleRun,
    Session,
)
from lms.plugins.retraining.effect.discontinuity import Point
from lms.plugins.retraining.services import RULE

# Longer ago, other people, policies and courses; and each month has to be read.
LONGEST = 24


class Line(NamedTuple):
    """The cut-off of a month in hundredths: up to which score people were selected, by their share
    or by the fixed score, whichever reached higher; and the next score above it."""

    month: Month
    close_id: int
    selected: int
    next_above: int

    @property
    def half_way(self) -> float:
        return (self.selected + self.next_above) / 2


class Sample(NamedTuple):
    """`points` near the real line, `placebo` near one that has no consequence; `lost`: people-
    months near the real line without a score a month later, below and above it."""

    lines: Sequence[Line]
    points: Sequence[Point]
    placebo: Sequence[Point]
    lost: tuple[int, int]


def sample(session: Session, band: float) -> Sample:
    """Of the last `LONGEST` months whose selection was carried out and whose next month is closed.

    `band`: how far from the line, in points. The placebo line lies two bands above the real one, so
    that nobody near it was selected.
    """
    lines = _lines(session)
    width = round(band * 100)
    near, lost = _near(session, lines, width, shift=0)
    placebo, _lost = _near(session, lines, width, shift=2 * width)
    return Sample([lines[i][0] for i in lines], near, placebo, lost)


def _lines(session: Session) -> dict[int, tuple[Line, int]]:
    """By close, with the close of the month after; three queries."""
    after = aliased(MonthClose)
    runs = session.execute(
        select(MonthClose.id, RuleRun.period, after.id, func.min(Proposal.id))
        .join(Proposal, Proposal.run_id == RuleRun.id)
        .join(MonthClose, and_(MonthClose.id == RuleRun.close_id, MonthClose.is_current))
        .join(after, and_(follows(after.month, MonthClose.month), after.is_current))
        .where(RuleRun.rule == RULE, RuleRun.is_current, Proposal.state == ProposalState.APPLIED)
        .group_by(MonthClose.id, RuleRun.period, after.id)
        .order_by(RuleRun.period.desc())
        .limit(LONGEST)
    ).all()
    told = {
        proposal_id: _reached(evidence)
        for proposal_id, evidence in session.execute(
            select(Proposal.id, Proposal.evidence).where(Proposal.id.in_([r[3] for r in runs]))
        )
    }
    cuts = {
        close_id: reached
        for close_id, _m, _a, first in runs
        if (reached := told[first]) is not None
    }
    if not cuts:
        return {}
    above = session.execute(
        select(MonthResult.close_id, func.min(MonthResult.score))
        .where(
            MonthResult.rank.is_not(None),
            or_(*(_of(i) & (MonthResult.score > cut) for i, cut in cuts.items())),
        )
        .group_by(MonthResult.close_id)
    )
    next_above = {close_id: score for close_id, score in above if score is not None}
    return {
        close_id: (Line(month, close_id, cuts[close_id], next_above[close_id]), after_id)
        for close_id, month, after_id, _first in runs
        if close_id in next_above
    }


def _reached(evidence: Mapping[str, Any]) -> int | None:
    """The highest score that was selected: up to the share's, and all below the fixed one."""
    share, fixed = evidence.get("cut_off"), evidence.get("threshold")
    known = ([] if share is None else [share]) + ([] if fixed is None else [fixed - 1])
    return max(known, default=None)


def follows(later: Any, earlier: Any) -> ColumnElement[bool]:
    """Whether a month is the one after another; in the database months are numbers."""
    return type_coerce(later, Integer) == type_coerce(earlier, Integer) + 1


def _of(close_id: int) -> ColumnElement[bool]:
    return MonthResult.close_id == close_id


def _near(
    session: Session, lines: dict[int, tuple[Line, int]], width: int, *, shift: int
) -> tuple[list[Point], tuple[int, int]]:
    """One query for all months: everybody ranked within the band, with the next month's score."""
    if not lines:
        return [], (0, 0)
    after = aliased(MonthResult)
    windows = []
    for close_id, (line, after_id) in lines.items():
        middle = line.half_way + shift
        inside = MonthResult.score.between(middle - width, middle + width)
        windows.append((close_id, after_id, inside))
    next_of = or_(*(_of(i) & (after.close_id == then) for i, then, _ in windows))
    rows = session.execute(
        select(MonthResult.close_id, MonthResult.person_id, MonthResult.score, after.score)
        .outerjoin(after, and_(after.person_id == MonthResult.person_id, next_of))
        .where(MonthResult.rank.is_not(None), or_(*(_of(i) & inside for i, _, inside in windows)))
        .order_by(MonthResult.close_id, MonthResult.person_id)
    )
    points, lost = [], [0, 0]
    for close_id, person_id, score, then in rows:
        assert score is not None  # noqa: S101  ranked
        line = lines[close_id][0]
        distance = (score - line.half_way - shift) / 100
        below = distance < 0
        if then is None:
            lost[0 if below else 1] += 1
        else:
            points.append(Point(person_id, distance, below, then / 100, line.month.index))
    return points, (lost[0], lost[1])
