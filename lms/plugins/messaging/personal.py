"""What is kept about how a person is reached, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Update, delete, select, update

from lms.plugins.api import Session
from lms.plugins.messaging.models import (
    Address,
    Delivery,
    DeliveryState,
    Digest,
    DigestChoice,
    Preference,
)


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, columns in (
        ("addresses", (Address.channel, Address.address, Address.created_at,
                       Address.confirmed_at, Address.removed_at)),
        ("preferences", (Preference.kind, Preference.channel, Preference.is_on)),
        ("digest", (DigestChoice.rhythm, DigestChoice.changed_at)),
        ("deliveries", (Delivery.channel, Delivery.kind, Delivery.created_at, Delivery.state,
                        Delivery.tries, Delivery.tried_at, Delivery.answer)),
    ):  # fmt: skip
        table = columns[0].class_
        rows = session.execute(select(*columns).where(table.person_id == person_id))
        found[name] = [dict(row) for row in rows.mappings()]
    return found


def erase(session: Session, person_id: int, now: datetime) -> int:
    """Addresses and choices go. That something was sent stays, but not where to, or the answer."""
    changed = 0
    for model in (Preference, DigestChoice, Digest):
        changed += _changed(session, delete(model).where(model.person_id == person_id))
    waits = (Delivery.person_id == person_id, Delivery.state == DeliveryState.WAITING)
    session.execute(update(Delivery).where(*waits).values(state=DeliveryState.GIVEN_UP))
    told = update(Delivery).where(Delivery.person_id == person_id)
    changed += _changed(session, told.values(answer="", content={}))
    known = update(Address).where(Address.person_id == person_id)
    return changed + _changed(session, known.values(address="", removed_at=now))


def _changed(session: Session, statement: Delete | Update) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
