"""The tracker on an agent's home page: how the last closed months stand."""

from collections.abc import Sequence

from flask import render_template
from flask_login import current_user
from sqlalchemy import and_, bindparam, select

from lms.plugins.api import (
    Month,
    MonthClose,
    MonthResult,
    Panel,
    Session,
    Viewer,
    db,
    read_rows,
)
from lms.plugins.promotion import streaks
from lms.plugins.promotion.evidence import ClosedMonth, MonthEvidence
from lms.plugins.promotion.policy import LONGEST_RUN, TRACKS, Track, track_from


def panels(place: str, viewer: Viewer) -> list[Panel] | None:
    if place != "home_more":
        return None
    me = current_user.known
    track = track_from(me.level)
    if track is None:
        return None
    here_since, found = Month.of(me.hired_on), _latest(db.session(), viewer.person_id, track)
    months = [month for month in found if month.closed.month >= here_since]
    if not months:
        return None
    html = render_template(
        "promotion/_tracker.html", months=months, streak=_streak(months), track=track
    )
    return [Panel(html, 60)]


# Made once: every agent's home page asks it, and making it costs as much as the answer.
_LATEST = {
    track.key: select(
        MonthClose.id,
        MonthClose.month,
        MonthClose.revision,
        MonthClose.policy_number,
        streaks.with_csat().label("n"),
        MonthResult.person_id,
        MonthResult.not_ranked,
        MonthResult.kpi_met,
        MonthResult.csat_rank,
        track.policy.newest().label("policy"),
    )
    .outerjoin(
        MonthResult,
        and_(
            MonthResult.close_id == MonthClose.id, MonthResult.person_id == bindparam("person_id")
        ),
    )
    .where(MonthClose.is_current)
    .order_by(MonthClose.month.desc())
    .limit(LONGEST_RUN)
    for track in TRACKS.values()
}


def _latest(session: Session, person_id: int, track: Track) -> Sequence[MonthEvidence]:
    """As many of the last closed months as a run has, oldest first, without their figures.

    None where the track asks for no run.
    """
    rows = read_rows(session, _LATEST[track.key], person_id=person_id)
    policy = {**track.policy.defaults(), **((rows[0].policy if rows else None) or {})}
    if not policy["streak"]:
        return []
    rows = rows[: policy["months"]]
    return [
        MonthEvidence(
            ClosedMonth(
                r.id,
                r.month,
                r.revision,
                r.policy_number,
                r.n,
                streaks.limit_of(r.n, policy["top_share"]),
                (),
            ),
            r.person_id is not None,
            r.not_ranked,
            bool(r.kpi_met),
            r.csat_rank,
        )
        for r in reversed(rows)
    ]


def _streak(months: Sequence[MonthEvidence]) -> int:
    """Qualifying months in a row up to the last one closed."""
    count = 0
    expected: Month | None = None
    for month in reversed(months):
        at = month.closed.month
        if not month.qualifies or (expected is not None and at != expected):
            break
        count, expected = count + 1, at.plus(-1)
    return count
