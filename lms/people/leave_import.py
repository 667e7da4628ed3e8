"""Storing leave. The same leave again changes nothing; overlapping ones stand side by side.

Courses that pause during leave are due later.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, true

from lms import audit
from lms.audit import Actor
from lms.courses.deadlines.pauses import pause
from lms.db import Session
from lms.people.models import Leave
from lms.progress import Report, to_nobody, watched
from lms.results.models import ImportRun

Span = tuple[int, date, date]


def _spans(rows: list[dict[str, Any]]) -> dict[Span, str]:
    """Once each, however often the file has them."""
    return {
        (r["person_id"], date.fromisoformat(r["first_day"]), date.fromisoformat(r["last_day"])): r[
            "reason"
        ]
        for r in rows
    }


def _stored(session: Session) -> dict[Span, Leave]:
    return {(x.person_id, x.first_day, x.last_day): x for x in session.scalars(select(Leave))}


def plan_leave(session: Session, rows: list[dict[str, Any]], _now: datetime) -> dict[str, int]:
    stored, wanted = _stored(session), _spans(rows)
    added = sum(1 for span in wanted if span not in stored)
    changed = sum(
        1 for span, why in wanted.items() if span in stored and _differs(stored[span], why)
    )
    return {"added": added, "replaced": changed, "same": len(wanted) - added - changed}


def _differs(leave: Leave, reason: str) -> bool:
    return bool(reason) and leave.reason != reason


def apply_leave(
    session: Session,
    run: ImportRun,
    *,
    actor: Actor,
    now: datetime,
    report: Report = to_nobody,
) -> dict[str, int]:
    counts = plan_leave(session, run.rows, now)
    stored = _stored(session)
    new: list[list[Any]] = []
    spans = _spans(run.rows)
    for span, reason in watched(spans.items(), len(spans), "store", report):
        person_id, first, last = span
        if span not in stored:
            session.add(Leave(person_id=person_id, first_day=first, last_day=last, reason=reason))
            new.append([person_id, first.isoformat(), last.isoformat()])
        elif _differs(stored[span], reason):
            stored[span].reason = reason
    audit.record(
        session, actor, "leave.import", ("import", run.id), now=now,
        file=run.filename, counts=counts, added=new,
    )  # fmt: skip
    session.flush()
    pause(session, true(), actor=actor, now=now)
    return counts
