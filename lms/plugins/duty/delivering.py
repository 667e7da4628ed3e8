"""Sending what waits: at least once, in order for each person, later and later after a failure.

A message is claimed by moving its next try ahead, and committed, before it is sent. So two
processes do not send it at once, one that dies in between leaves it to the next try, and no
transaction is open while the other side takes its time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from lms.plugins.api import TRIES, Answer, Session, wait_after
from lms.plugins.duty.models import Delivery, DeliveryState, Endpoint
from lms.plugins.duty.posting import post_signed

# To one endpoint in one run, so that a long queue does not keep other jobs from running.
_AT_ONCE = 20
_WAITING = Delivery.state == DeliveryState.WAITING


class _Claimed(NamedTuple):
    id: int
    tries: int
    key: str
    body: str
    url: str
    secret: str


def deliver(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job. An endpoint that fails is left alone until the next run."""
    due = select(Delivery.endpoint_id).where(_WAITING, Delivery.due_at <= now).distinct()
    for endpoint_id in session.scalars(due.order_by(Delivery.endpoint_id)).all():
        for _ in range(_AT_ONCE):
            claimed = _claim(session, endpoint_id, now)
            if claimed is None:
                break
            answer = post_signed(claimed.url, claimed.secret, claimed.key, claimed.body)
            _note(session, claimed, answer, now)
            if not answer.is_ok:
                break


def _claim(session: Session, endpoint_id: int, now: datetime) -> _Claimed | None:
    older = aliased(Delivery)
    goes_first = select(older.id).where(
        older.endpoint_id == Delivery.endpoint_id,
        older.person_id == Delivery.person_id,
        older.state == DeliveryState.WAITING,
        older.id < Delivery.id,
    )
    found = session.execute(
        select(Delivery.id, Delivery.tries, Delivery.key, Delivery.body)
        .add_columns(Endpoint.url, Endpoint.secret)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Delivery.endpoint_id == endpoint_id, _WAITING, Delivery.due_at <= now)
        .where(~goes_first.exists())
        .order_by(Delivery.id)
        .limit(1)
    ).first()
    claimed = _Claimed(*found) if found else None
    if claimed and not _is_ours(session, claimed, now):
        claimed = None
    session.commit()
    return claimed


def _is_ours(session: Session, claimed: _Claimed, now: datetime) -> bool:
    following = now + wait_after(claimed.tries + 1)
    taken = session.scalar(
        update(Delivery)
        .where(Delivery.id == claimed.id, _WAITING, Delivery.due_at <= now)
        .values(tries=claimed.tries + 1, tried_at=now, due_at=following)
        .returning(Delivery.id)
    )
    return taken is not None


def _note(session: Session, claimed: _Claimed, answer: Answer, now: datetime) -> None:
    values: dict[str, Any] = {"answer": answer.text}
    if answer.is_ok:
        values["state"] = DeliveryState.DELIVERED
    elif claimed.tries + 1 >= TRIES:
        values["state"] = DeliveryState.GIVEN_UP
    still = (Delivery.id == claimed.id, _WAITING)
    session.execute(update(Delivery).where(*still).values(**values))
    session.commit()
