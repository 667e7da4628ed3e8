"""Reading closes and results."""

from typing import NamedTuple

from sqlalchemy import func, select

from lms.clock import Month
from lms.db import Session
from lms.people.models import Person
from lms.results.models import ImportRun, KpiCorrection, MonthClose


class WaitingCorrection(NamedTuple):
    correction: KpiCorrection
    staff_no: str
    name: str
    file: str | None


def current_close(session: Session, month: Month) -> MonthClose | None:
    """The revision that holds, or None while the month is open."""
    return session.scalar(
        select(MonthClose).where(MonthClose.month == month, MonthClose.is_current)
    )


def revisions(session: Session, month: Month) -> list[MonthClose]:
    """Newest first."""
    found = select(MonthClose).where(MonthClose.month == month)
    return list(session.scalars(found.order_by(MonthClose.revision.desc())))


def closes_and_waiting(session: Session, month: Month) -> tuple[list[MonthClose], int]:
    """The revisions, newest first, and how many corrections wait for the next."""
    waiting = (
        select(func.count(KpiCorrection.id))
        .where(KpiCorrection.month == month, KpiCorrection.applied_close_id.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(MonthClose, waiting)
        .where(MonthClose.month == month)
        .order_by(MonthClose.revision.desc())
    ).all()
    return [close for close, _ in rows], rows[0][1] if rows else 0


def waiting_corrections(session: Session, month: Month) -> list[WaitingCorrection]:
    """Figures for a closed month that its next revision will take."""
    rows = session.execute(
        select(KpiCorrection, Person.staff_no, Person.name, ImportRun.filename)
        .join(Person, Person.id == KpiCorrection.person_id)
        .outerjoin(ImportRun, ImportRun.id == KpiCorrection.import_id)
        .where(KpiCorrection.month == month, KpiCorrection.applied_close_id.is_(None))
        .order_by(Person.staff_no, KpiCorrection.id)
    )
    return [WaitingCorrection(*row) for row in rows]
