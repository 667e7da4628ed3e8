"""What endpoints were told about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, select, update

from lms.plugins.api import Session
from lms.plugins.duty.models import Delivery, DeliveryState, Endpoint


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    rows = session.execute(
        select(Endpoint.url, Delivery.body, Delivery.state, Delivery.created_at)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Delivery.person_id == person_id)
        .order_by(Delivery.id)
    )
    return {"deliveries": [dict(row) for row in rows.mappings()]}


def erase(session: Session, person_id: int) -> int:
    """The messages say nothing any more, and those that wait are not sent."""
    waits = Delivery.state == DeliveryState.WAITING
    about = update(Delivery).where(Delivery.person_id == person_id, Delivery.body != "")
    changed = session.execute(
        about.values(body="", state=case((waits, DeliveryState.GIVEN_UP), else_=Delivery.state))
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
