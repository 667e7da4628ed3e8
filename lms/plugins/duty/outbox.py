"""Messages about changes, written in the transaction of the change: one for each endpoint."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, true, update

from lms.plugins.api import (
    Clearance,
    ClearanceGated,
    ClearanceGranted,
    ClearanceNarrowed,
    ClearanceReopened,
    ClearanceRevoked,
    Event,
    Session,
    in_force,
    local_date,
    zone,
)
from lms.plugins.duty import standing
from lms.plugins.duty.models import Delivery, DeliveryState, Endpoint

GRANTED, REVOKED, ENDED = "clearance.granted", "clearance.revoked", "clearance.ended"
NARROWED = "clearance.narrowed"
GATED, REOPENED = "clearance.gated", "clearance.reopened"
TEST = "test"
_NAMES: Mapping[type[Event], str] = {
    ClearanceGranted: GRANTED,
    ClearanceNarrowed: NARROWED,
    ClearanceRevoked: REVOKED,
    ClearanceGated: GATED,
    ClearanceReopened: REOPENED,
}
_Heard = (
    ClearanceGranted | ClearanceNarrowed | ClearanceRevoked | ClearanceGated | ClearanceReopened
)
# How long a process may have been down without an end by date being missed.
_LOOKS_BACK = timedelta(days=14)


def hear(session: Session, event: Event) -> None:
    if isinstance(event, _Heard):
        name = _NAMES[type(event)]
        for endpoint_id in session.scalars(_listening()).all():
            tell(session, endpoint_id, name, event.person_id, event.clearance_id, event.at)


def note_ended(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """Tell of clearances whose last day has passed: nobody does anything then, so no event says so.

    Not of one that another has taken over from, nor to an endpoint that is newer than the end.
    """
    today = local_date(now, zone())
    held = select(Clearance.person_id).where(in_force(today)).correlate(None)
    told = and_(
        Delivery.endpoint_id == Endpoint.id,
        Delivery.clearance_id == Clearance.id,
        Delivery.event == ENDED,
    )
    found = session.execute(
        select(Endpoint.id, Endpoint.created_at, Clearance.id, Clearance.person_id, Clearance.until)
        .join(Clearance, true())
        .outerjoin(Delivery, told)
        .where(
            Endpoint.removed_at.is_(None),
            Clearance.until.between(today - _LOOKS_BACK, today - timedelta(days=1)),
            or_(Clearance.revoked_on.is_(None), Clearance.revoked_on > Clearance.until),
            Clearance.person_id.not_in(held),
            Delivery.id.is_(None),
        )
        .order_by(Clearance.until, Clearance.id)
    ).all()
    for endpoint_id, since, clearance_id, person_id, until in found:
        if until is not None and local_date(since, zone()) <= until:
            tell(session, endpoint_id, ENDED, person_id, clearance_id, now)


def tell(
    session: Session,
    endpoint_id: int,
    event: str,
    person_id: int,
    clearance_id: int,
    at: datetime,
) -> None:
    """A message with what holds for the person now; what waits for the same ears goes first."""
    now_holds = standing.by_id(session, person_id, local_date(at, zone()))
    if now_holds is None:
        return
    earlier = update(Delivery).where(
        Delivery.endpoint_id == endpoint_id,
        Delivery.person_id == person_id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.due_at > at,
    )
    # Messages about a person keep their order, so a new one is a reason to try the older at once.
    session.execute(earlier.values(due_at=at))
    message = Delivery(
        endpoint_id=endpoint_id, event=event, person_id=person_id, clearance_id=clearance_id
    )
    _store(session, message, now_holds.as_json(), at)


def tell_test(session: Session, endpoint_id: int, at: datetime) -> None:
    _store(session, Delivery(endpoint_id=endpoint_id, event=TEST), {}, at)


def _store(session: Session, message: Delivery, facts: Mapping[str, Any], at: datetime) -> None:
    message.key = str(uuid.uuid4())
    message.created_at = message.due_at = at
    session.add(message)
    session.flush()  # the sequence is the number it is stored under
    body = {"event": message.event, "sequence": message.id, "at": at.isoformat(), **facts}
    message.body = json.dumps(body, ensure_ascii=False)
    session.flush()


def _listening() -> Any:
    return select(Endpoint.id).where(Endpoint.removed_at.is_(None)).order_by(Endpoint.id)
