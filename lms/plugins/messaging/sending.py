"""Sending what waits: at least once, in order for each address, later and later after a failure.

A message is claimed, with its key, and the claim committed before it is sent. So two processes do
not send it at once, one that dies in between leaves it to a later try under the same key, and no
transaction is open while the other side takes its time. A channel that is down as a whole is held
for a while instead: no message loses a try for it.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from lms.plugins.api import (
    TRIES,
    ChannelDown,
    Notification,
    Person,
    Session,
    plugin_settings,
    wait_after,
)
from lms.plugins.messaging import spreading
from lms.plugins.messaging.composing import Claimed, compose
from lms.plugins.messaging.known import PLUGIN, Known, known
from lms.plugins.messaging.models import Address, Delivery, DeliveryState, Health

# A claim that was not settled by then belongs to a process that died.
LEASE = timedelta(minutes=2)
# For one channel in one run, so that a long queue does not keep other jobs from running.
_SECONDS = 5.0
_HELD = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))
_WAITING = Delivery.state == DeliveryState.WAITING


def deliver(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job."""
    channels = known(session)
    spreading.spread(session, list(channels), now)
    session.commit()
    for name in _with_work(session, now):
        if name in channels:
            _send_through(session, channels[name], now)


def _with_work(session: Session, now: datetime) -> list[str]:
    held = select(Health.channel).where(Health.held_until > now)
    due = select(Delivery.channel).where(_WAITING, Delivery.due_at <= now).distinct()
    found = session.scalars(due.where(Delivery.channel.not_in(held))).all()
    session.commit()
    return sorted(found)


def _send_through(session: Session, to: Known, now: datetime) -> None:
    if to.problem:
        _hold(session, to.name, to.problem.en, now)
        return
    own, stop = plugin_settings(session, PLUGIN), monotonic() + _SECONDS
    try:
        while monotonic() < stop and (claimed := claim(session, to.name, now)):
            try:
                message = compose(session, claimed, own)
                session.commit()
                to.channel.send(message, claimed.address, to.settings, now)
            except ChannelDown as error:
                _give_back(session, claimed, now)
                _hold(session, to.name, str(error), now)
                return
            except Exception as error:  # whatever a channel may raise is this message's failure
                session.rollback()
                _failed(session, to.name, claimed, str(error) or type(error).__name__, now)
            else:
                _delivered(session, to.name, claimed, now)
    finally:
        to.channel.close()


def claim(session: Session, channel: str, now: datetime) -> Claimed | None:
    """The next message of the channel, now ours for a while; None when nothing is due."""
    older = aliased(Delivery)
    goes_first = select(older.id).where(
        older.address_id == Delivery.address_id,
        older.state == DeliveryState.WAITING,
        older.id < Delivery.id,
    )
    found = session.execute(
        select(
            Delivery.id, Delivery.key, Delivery.tries, Delivery.kind, Delivery.content,
            Delivery.created_at, Delivery.address_id, Address.address,
            func.coalesce(Person.locale, Address.locale, "zh_Hans"),
            Notification.text, Notification.url,
        )
        .join(Address, Address.id == Delivery.address_id)
        .outerjoin(Person, Person.id == Delivery.person_id)
        .outerjoin(Notification, Notification.id == Delivery.notification_id)
        .where(Delivery.channel == channel, _WAITING, Delivery.due_at <= now)
        .where(~goes_first.exists())
        .order_by(Delivery.due_at, Delivery.id)  # as its index: a long queue costs nothing
        .limit(1)
    ).first()  # fmt: skip
    if found is None:
        session.commit()
        return None
    claimed = Claimed(*found)
    key = session.scalar(
        update(Delivery)
        .where(Delivery.id == claimed.id, _WAITING, Delivery.due_at <= now)
        .values(
            key=func.coalesce(Delivery.key, str(uuid.uuid4())),
            tries=claimed.tries + 1, tried_at=now, due_at=now + LEASE,
        )
        .returning(Delivery.key)
    )  # fmt: skip
    session.commit()
    # Another process was quicker: there may be more for this one in the next run.
    return claimed._replace(key=key, tries=claimed.tries + 1) if key else None


def _delivered(session: Session, channel: str, claimed: Claimed, now: datetime) -> None:
    done = {"state": DeliveryState.DELIVERED, "answer": "", "content": {}}
    session.execute(_still(claimed).values(**done))
    health = _health(session, channel)
    health.sent_at, health.failures, health.held_until = now, 0, None
    session.commit()


def _failed(session: Session, channel: str, claimed: Claimed, why: str, now: datetime) -> None:
    values: dict[str, Any] = {"answer": why[:300], "due_at": now + wait_after(claimed.tries)}
    if claimed.tries >= TRIES:
        values["state"] = DeliveryState.GIVEN_UP
    session.execute(_still(claimed).values(**values))
    health = _health(session, channel)
    health.failed_at, health.error = now, why[:300]
    session.commit()


def _give_back(session: Session, claimed: Claimed, now: datetime) -> None:
    session.execute(_still(claimed).values(tries=claimed.tries - 1, due_at=now))
    session.commit()


def _hold(session: Session, channel: str, why: str, now: datetime) -> None:
    health = _health(session, channel)
    health.held_until = now + _HELD[min(health.failures, len(_HELD) - 1)]
    health.failures += 1
    health.failed_at, health.error = now, why[:300]
    session.commit()


def _health(session: Session, channel: str) -> Health:
    found = session.get(Health, channel, with_for_update=True)
    if found is None:
        found = Health(channel=channel, failures=0)
        session.add(found)
    return found


def _still(claimed: Claimed) -> Any:
    return update(Delivery).where(Delivery.id == claimed.id, _WAITING)
