"""For the admin: how the channels are, a test message, and sending something once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from lms.plugins.api import Actor, Conflict, NotFound, Session, audit
from lms.plugins.messaging.known import Known
from lms.plugins.messaging.models import (
    Address,
    Delivery,
    DeliveryState,
    Health,
    OwnKind,
)


class ChannelRow(NamedTuple):
    known: Known
    health: Health | None
    waiting: int
    given_up: int
    people: int

    @property
    def is_down(self) -> bool:
        return bool(self.health and self.health.failures)


def overview(session: Session, channels: Sequence[Known]) -> list[ChannelRow]:
    """Three queries for all."""
    health = {row.channel: row for row in session.scalars(select(Health))}
    states = (DeliveryState.WAITING, DeliveryState.GIVEN_UP)
    counts = {
        (channel, state): number
        for channel, state, number in session.execute(
            select(Delivery.channel, Delivery.state, func.count())
            .where(Delivery.state.in_(states))
            .group_by(Delivery.channel, Delivery.state)
        )
    }
    confirmed = (
        Address.removed_at.is_(None),
        Address.confirmed_at.is_not(None),
        Address.person_id.is_not(None),
    )
    reached = select(Address.channel, func.count()).where(*confirmed).group_by(Address.channel)
    people = {channel: number for channel, number in session.execute(reached)}
    return [
        ChannelRow(
            to, health.get(to.name), counts.get((to.name, states[0]), 0),
            counts.get((to.name, states[1]), 0), people.get(to.name, 0),
        )
        for to in channels
    ]  # fmt: skip


def send_test(session: Session, to: Known, person_id: int, *, actor: Actor, now: datetime) -> None:
    """To the admin's own address on the channel; one test that still waits is enough."""
    here = (Address.person_id == person_id, Address.channel == to.name)
    own = session.scalar(select(Address).where(*here, Address.removed_at.is_(None)))
    if own is None:
        raise Conflict("Add your own address for this channel first, on your notices page.")
    if not queue_test(session, own, now):
        return
    subject = ("messaging_channel", None)
    audit.record(session, actor, "messaging.test", subject, now=now, channel=to.name)


def send_again(session: Session, delivery_id: int, *, actor: Actor, now: datetime) -> None:
    """The same message under the same key, tried from the beginning, if it was not delivered."""
    found = session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound("There is no such message.")
    address = session.get_one(Address, found.address_id)
    if address.removed_at is not None:
        raise Conflict("This address is not in use any more.")
    if found.state == DeliveryState.DELIVERED:
        return
    if found.kind == OwnKind.DIGEST and not found.content:
        raise Conflict("What it said is not kept. The next digest says what holds by then.")
    old = found.state
    found.state, found.tries, found.due_at = DeliveryState.WAITING, 0, now
    _try_at_once(session, found.channel)
    if old != DeliveryState.WAITING:
        subject = ("messaging_delivery", found.id)
        audit.record(session, actor, "messaging.send_again", subject, now=now, kind=found.kind)


def queue_test(session: Session, to: Address, now: datetime) -> bool:
    """A test message to an address, tried at once; False while one still waits."""
    waits = (
        Delivery.address_id == to.id,
        Delivery.kind == OwnKind.TEST,
        Delivery.state == DeliveryState.WAITING,
    )
    if session.scalar(select(Delivery.id).where(*waits).limit(1)) is not None:
        return False
    session.add(
        Delivery(
            channel=to.channel, address_id=to.id, person_id=to.person_id, kind=OwnKind.TEST,
            created_at=now, due_at=now,
        )
    )  # fmt: skip
    _try_at_once(session, to.channel)
    return True


def _try_at_once(session: Session, channel: str) -> None:
    """An admin who asks has mended something: a channel that is held is tried again."""
    health = session.get(Health, channel)
    if health is not None:
        health.held_until = None
