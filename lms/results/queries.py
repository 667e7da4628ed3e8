"""Reading closes and results."""

from sqlalchemy import select

from lms.clock import Month
from lms.db import Session
from lms.results.models import MonthClose


def current_close(session: Session, month: Month) -> MonthClose | None:
    """The revision that holds, or None while the month is open."""
    return session.scalar(
        select(MonthClose).where(MonthClose.month == month, MonthClose.is_current)
    )


def revisions(session: Session, month: Month) -> list[MonthClose]:
    """Newest first."""
    found = select(MonthClose).where(MonthClose.month == month)
    return list(session.scalars(found.order_by(MonthClose.revision.desc())))
