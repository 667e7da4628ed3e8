"""A figure of a closed month entered anew by hand: held until the month's next revision."""

from datetime import datetime

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound
from lms.results.defined.scoring import known_metrics
from lms.results.kpi_apply import lock_months
from lms.results.metrics import RANGES, by_code
from lms.results.models import KpiCorrection, KpiValue
from lms.results.queries import current_close

_ANY = (-1e9, 1e9)


def correct(
    session: Session, value_id: int, new: float, *, reason: str, actor: Actor, now: datetime
) -> KpiCorrection:
    """Hold `new` (as stored: a ratio from 0 to 1) for the month's next revision.

    DomainError for a value that cannot be; Conflict while the month is open, or nothing differs.
    """
    lock_months(session)
    found = session.get(KpiValue, value_id)
    if found is None:
        raise NotFound("There is no such figure.")
    if current_close(session, found.month) is None:
        raise Conflict("This month is open: import the right figure instead.")
    if actor.person_id == found.person_id:
        raise DomainError("Nobody corrects their own figures.")
    if len(reason.strip()) < 10:
        raise DomainError(
            "Write the reason in at least %(count)s characters.", field="reason", count=10
        )
    metric = by_code(known_metrics(session)).get(found.metric)
    low, high = RANGES.get(metric.unit if metric else "", _ANY)
    if not low <= new <= high:
        raise DomainError(
            "This must be between %(low)s and %(high)s.", field="value", low=low, high=high
        )
    waiting = session.scalars(
        select(KpiCorrection)
        .where(
            KpiCorrection.month == found.month, KpiCorrection.person_id == found.person_id,
            KpiCorrection.metric == found.metric, KpiCorrection.applied_close_id.is_(None),
        )
        .order_by(KpiCorrection.id.desc())
    ).first()  # fmt: skip
    if new == (waiting.new if waiting else found.value):
        raise DomainError("This is the figure that stands already.", field="value")
    correction = KpiCorrection(
        month=found.month, person_id=found.person_id, metric=found.metric, old=found.value,
        new=new, created_at=now,
    )  # fmt: skip
    session.add(correction)
    audit.record(
        session, actor, "kpi.correct", ("person", found.person_id), now=now, reason=reason.strip(),
        month=str(found.month), metric=found.metric, old=found.value, new=new,
    )  # fmt: skip
    return correction
