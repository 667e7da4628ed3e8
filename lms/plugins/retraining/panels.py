"""What retraining adds to other pages: why one was sent there, and how a month's rule went."""

from typing import Any

from flask import render_template
from sqlalchemy import select

from lms.plugins.api import (
    Month,
    MonthClose,
    Panel,
    ProgrammeKind,
    RuleRun,
    Scope,
    Session,
    Viewer,
    db,
    local_date,
    now,
    policies,
    zone,
)
from lms.plugins.retraining import queries, selection, words
from lms.plugins.retraining.policy import SELECTION
from lms.plugins.retraining.services import RULE


def panels(place: str, subject: Any, viewer: Viewer) -> list[Panel] | None:
    if place == "home":
        # What is unfinished has a course under way, so most people's start page needs no query.
        if not any(found.outline.kind == ProgrammeKind.RETRAINING for found in subject or ()):
            return None
        return _own(queries.unfinished_of(db.session(), viewer.person_id), order=10)
    month = _month_of(subject)
    if month is None:
        return None
    if place == "my_month":
        found = queries.of_month(db.session(), viewer.person_id, month)
        return _own([found] if found else [], order=20)
    if place == "month" and viewer.may("retraining.view", Scope.TEAM):
        return _of_close(db.session(), subject, viewer)
    return None


def _own(rows: Any, order: int) -> list[Panel] | None:
    if not rows:
        return None
    html = render_template(
        "retraining/_mine.html", rows=rows, words=words, today=local_date(now(), zone())
    )
    return [Panel(html, order)]


def _of_close(session: Session, subject: Any, viewer: Viewer) -> list[Panel] | None:
    close = subject if isinstance(subject, MonthClose) else getattr(subject, "close", None)
    if close is None:
        return None
    ran = session.scalar(select(RuleRun).where(RuleRun.rule == RULE, RuleRun.close_id == close.id))
    policy = policies.at_version(session, SELECTION, ran.policy_number if ran else 0)
    html = render_template(
        "retraining/_month.html",
        close=close,
        ran=ran,
        cut=selection.cut(session, close, policy),
        policy=policy,
        sees_all=viewer.may("retraining.view", Scope.ALL),
    )
    return [Panel(html, 20)]


def _month_of(subject: Any) -> Month | None:
    if isinstance(subject, Month):
        return subject
    close = getattr(subject, "close", subject)
    month = getattr(close, "month", None)
    return month if isinstance(month, Month) else None
