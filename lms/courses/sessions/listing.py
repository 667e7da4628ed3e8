"""The planners' list of sessions: coming, past, cancelled; page by page or as a file."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from lms.courses.sessions import queries
from lms.courses.sessions.models import TrainingSession
from lms.db import Session
from lms.i18n import N_, pick
from lms.people.organisation import zone
from lms.web.lists import PER_PAGE, Page

SHOWN = ("coming", "past", "cancelled")
HEADERS = (
    N_("Session"), N_("Begins"), N_("Minutes"), N_("Place"), N_("Led by"), N_("Places"),
    N_("Booked"), N_("Waiting"), N_("Attended"),
)  # fmt: skip
_MOST = 10_000


def _where(show: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    if show == "cancelled":
        return (TrainingSession.cancelled_at.is_not(None),)
    if show == "past":
        return (TrainingSession.ends_at <= now, TrainingSession.cancelled_at.is_(None))
    return queries.coming(now)


def page(session: Session, show: str, now: datetime, number: int) -> Page[queries.Listed]:
    """Coming ones soonest first, the others latest first."""
    where = _where(show, now)
    total = queries.counted(session, where)
    pages = max(1, -(-total // PER_PAGE))
    number = min(number, pages)
    order = None if show == "coming" else TrainingSession.starts_at.desc()
    offset = (number - 1) * PER_PAGE
    items = queries.listed(session, where, order=order, limit=PER_PAGE, offset=offset)
    return Page(items, number, pages, total)


def as_rows(session: Session, show: str, now: datetime) -> list[list[Any]]:
    """The whole list under `HEADERS`; times are local."""
    return [
        [
            pick(found.planned.title),
            f"{found.planned.starts_at.astimezone(zone()):%Y-%m-%d %H:%M}",
            found.planned.minutes,
            found.planned.place,
            found.planned.facilitator.name if found.planned.facilitator else "",
            found.planned.capacity or "",
            found.booked,
            found.waiting,
            found.attended,
        ]
        for found in queries.listed(session, _where(show, now), limit=_MOST)
    ]
