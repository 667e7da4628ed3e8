"""The course of the month on everybody's home page."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import render_template
from sqlalchemy import and_, bindparam, select

from lms.plugins.api import (
    Enrolment,
    EnrolmentStatus,
    Month,
    Panel,
    Viewer,
    db,
    local_date,
    now,
    zone,
)
from lms.plugins.planning import words
from lms.plugins.planning.models import PlanEntry, Status


def of_this_month(viewer: Viewer) -> Sequence[Panel]:
    """What goes on this month, each with the viewer's own enrolment in it if there is one."""
    month = Month.of(local_date(now(), zone()))
    rows = db.session.execute(_planned(), {"month": month, "person_id": viewer.person_id})
    latest = {entry: (enrolment_id, status) for entry, enrolment_id, status in rows}
    if not latest:
        return []
    html = render_template("planning/_this_month.html", found=latest, words=words)
    return [Panel(html, order=20)]


@cache
def _planned() -> Any:
    """Made once: every start page asks it."""
    return (
        select(PlanEntry, Enrolment.id, Enrolment.status)
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.programme_id == PlanEntry.programme_id,
                Enrolment.person_id == bindparam("person_id"),
                Enrolment.status != EnrolmentStatus.CANCELLED,
            ),
        )
        .where(
            PlanEntry.month == bindparam("month", type_=PlanEntry.month.type),
            PlanEntry.status != Status.CANCELLED,
        )
        .order_by(PlanEntry.id, Enrolment.id)
    )
