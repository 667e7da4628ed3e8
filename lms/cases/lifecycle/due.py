"""Cases that somebody should look at again, and those that are archived."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.cases.models import Case, CaseState, CaseVersion
from lms.clock import local_date
from lms.db import Localized, Session
from lms.jobs import Job
from lms.people.notices import notify
from lms.people.organisation import zone

PAGE_SIZE = 30
_TOLD_AT_ONCE = 200


def due(
    session: Session, until: date, page: int, keeper_id: int | None = None
) -> tuple[Sequence[CaseVersion], int]:
    """A page of the published cases to be looked at by `until`, the longest overdue first, and how
    many there are. `keeper_id`: only those this person owns or reviews."""
    wanted = _due(until)
    if keeper_id is not None:
        wanted = wanted.where(or_(Case.owner_id == keeper_id, Case.reviewer_id == keeper_id))
    return _page(session, wanted.order_by(Case.review_by, Case.id), page)


def _due(until: date) -> Select[CaseVersion]:
    is_due = (Case.review_by <= until, CaseVersion.state == CaseState.PUBLISHED)
    return select(CaseVersion).join(CaseVersion.case).where(*is_due)


def archived(session: Session, page: int) -> tuple[Sequence[CaseVersion], int]:
    """A page of the archived cases, the latest archived first, and how many there are."""
    is_it = CaseVersion.state == CaseState.ARCHIVED
    wanted = select(CaseVersion).join(CaseVersion.case).where(is_it)
    return _page(session, wanted.order_by(Case.archived_at.desc(), Case.id.desc()), page)


def _page(
    session: Session, wanted: Select[CaseVersion], page: int
) -> tuple[Sequence[CaseVersion], int]:
    counted = wanted.order_by(None).with_only_columns(func.count(CaseVersion.id))
    case = joinedload(CaseVersion.case)
    people = (case.joinedload(one) for one in (Case.owner, Case.reviewer, Case.archived_by))
    shown = wanted.options(*people).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return session.scalars(shown).all(), session.scalar(counted) or 0


def remind(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Tells owner and reviewer of each case whose day has come, once for each day that was set."""
    today = local_date(now, zone())
    untold = or_(Case.review_told.is_(None), Case.review_told != Case.review_by)
    late = _due(today).where(untold).options(joinedload(CaseVersion.case)).order_by(Case.id)
    for version in session.scalars(late.limit(_TOLD_AT_ONCE)):
        case = version.case
        case.review_told = case.review_by
        text = Localized(
            f"案例“{version.title.pick('zh')}”到了复核日期，请看看是否仍然适用。",
            f"“{version.title.pick('en')}” is due for another look: does it still hold?",
        )
        told = {one for one in (case.owner_id, case.reviewer_id) if one is not None}
        notify(session, sorted(told), "case.review_due", text, f"/cases/{case.id}", now)


REMIND = Job("cases.review_due", remind, every=timedelta(hours=6))
