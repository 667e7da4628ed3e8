"""Closing a month: freeze the figures, score, rank, run the rules; later, revisions."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, except_, select
from sqlalchemy.exc import IntegrityError

from lms import audit, events
from lms.audit import Actor
from lms.clock import Month, local_date
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.people.organisation import zone
from lms.plugins.bus import emit
from lms.results import scoring
from lms.results.defined.scoring import scoring_policy
from lms.results.kpi_apply import lock_months
from lms.results.models import (
    KpiCorrection,
    KpiRow,
    KpiValue,
    MonthClose,
    MonthFigure,
    MonthResult,
)
from lms.results.queries import current_close
from lms.results.summary import summarise
from lms.results.training import own_figures
from lms.rules.services import RuleOutcome, run_all, would_read_anew


class Closed(NamedTuple):
    """A close with what the rules made of it."""

    close: MonthClose
    outcomes: list[RuleOutcome]


def close_month(
    session: Session,
    month: Month,
    *,
    assign: bool,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> MonthClose:
    """Close a month, or make its next revision; see `run_close`."""
    return run_close(session, month, assign=assign, actor=actor, now=now, reason=reason).close


def run_close(
    session: Session,
    month: Month,
    *,
    assign: bool,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Closed:
    """Close a month. A closed one gets a revision if a reason is given and anything changes, be it
    a rule's policy for the month.

    DomainError before the month is over, without figures, or when nothing would change; Conflict
    when somebody else closes it at the same moment. With `assign` false the rules' proposals are
    recorded as history, without consequence.
    """
    if local_date(now, zone()) <= month.last_day:
        raise DomainError(
            "%(month)s is not over yet; it can be closed from %(day)s.",
            month=str(month),
            day=month.plus(1).first_day.isoformat(),
        )
    lock_months(session)
    before = current_close(session, month)
    if before is None:
        _require_rows(session, month)
    elif not reason.strip():
        raise DomainError(
            "%(month)s is closed already (revision %(revision)s). A new revision needs a reason.",
            field="reason",
            month=str(month),
            revision=before.revision,
        )
    close = _new_close(session, month, before, actor, now, reason.strip())
    _take_corrections(session, close)
    policy = scoring_policy(session, month)
    close.ranked = scoring.compute(
        session, close.id, month, policy, own_figures(session, month, now)
    )
    close.summary = summarise(session, close.id, policy["scope"])
    same = before is not None and not _differs(session, before, close)
    if before is not None and same and not would_read_anew(session, month):
        raise DomainError(
            "Nothing has changed since revision %(revision)s of %(month)s.",
            month=str(month),
            revision=before.revision,
        )
    audit.record(
        session, actor, "month.close", ("month_close", close.id), now=now, reason=close.reason,
        month=str(month), revision=close.revision, ranked=close.ranked, assign=assign,
    )  # fmt: skip
    session.flush()
    outcomes = run_all(session, close, assign=assign, actor=actor, now=now)
    emit(events.MonthClosed(now, month, close.id, close.revision))
    return Closed(close, outcomes)


def _require_rows(session: Session, month: Month) -> None:
    if session.scalar(select(KpiRow.id).where(KpiRow.month == month).limit(1)) is None:
        raise DomainError(
            "There are no figures for %(month)s yet; import its KPI file first.", month=str(month)
        )


def _new_close(
    session: Session,
    month: Month,
    before: MonthClose | None,
    actor: Actor,
    now: datetime,
    reason: str,
) -> MonthClose:
    policy = scoring_policy(session, month)
    if before is not None:
        before.is_current = False
    close = MonthClose(
        month=month,
        revision=before.revision + 1 if before else 1,
        is_current=True,
        closed_at=now,
        closed_by=actor.person_id,
        reason=reason,
        policy=dict(policy.params),
        policy_number=policy.number,
        ranked=0,
    )
    session.add(close)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("Somebody else has just closed %(month)s.", month=str(month)) from None
    return close


def _take_corrections(session: Session, close: MonthClose) -> None:
    """Corrections that waited become the month's figures; of several the latest holds."""
    here = (KpiCorrection.month == close.month, KpiCorrection.applied_close_id.is_(None))
    waiting = session.scalars(select(KpiCorrection).where(*here).order_by(KpiCorrection.id)).all()
    if not waiting:
        return
    latest = {(c.person_id, c.metric): c for c in waiting}
    # In place: appeals are filed against the row, which stays (the correction keeps the old value).
    people = select(KpiCorrection.person_id).where(*here)
    values = select(KpiValue).where(KpiValue.month == close.month, KpiValue.person_id.in_(people))
    known = {(v.person_id, v.metric): v for v in session.scalars(values)}
    for (person_id, metric), c in latest.items():
        found = known.get((person_id, metric))
        if found is None:
            found = KpiValue(month=c.month, person_id=person_id, metric=metric)
            session.add(found)
        found.value, found.import_id, found.source_row = c.new, c.import_id, c.source_row
    with_row = set(session.scalars(select(KpiRow.person_id).where(KpiRow.month == close.month)))
    first = {c.person_id: c for c in reversed(waiting) if c.person_id not in with_row}
    session.add_all(
        KpiRow(month=c.month, person_id=c.person_id, import_id=c.import_id, source_row=c.source_row)
        for c in first.values()
    )
    for correction in waiting:
        correction.applied_close_id = close.id
    session.flush()


def _differs(session: Session, before: MonthClose, after: MonthClose) -> bool:
    """Whether any result or figure is other than it was, wherever it came from."""
    results: list[ColumnElement[Any]] = [
        c for c in MonthResult.__table__.columns if c.name != "close_id"
    ]
    figures: list[ColumnElement[Any]] = [
        c
        for c in MonthFigure.__table__.columns
        if c.name not in ("close_id", "import_id", "source_row")
    ]
    for columns, close_id in (
        (results, MonthResult.close_id),
        (figures, MonthFigure.close_id),
    ):
        for one, other in ((before, after), (after, before)):
            changed = except_(
                select(*columns).where(close_id == one.id),
                select(*columns).where(close_id == other.id),
            ).limit(1)
            if session.execute(changed).first() is not None:
                return True
    return False
