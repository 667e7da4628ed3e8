"""Where a person is reached: added by themselves, used once it is sure to be theirs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Actor,
    AddressKind,
    Conflict,
    DomainError,
    NotFound,
    Session,
    audit,
)
from lms.plugins.messaging.known import Known
from lms.plugins.messaging.models import Address, Delivery, DeliveryState, OwnKind

# Confirmations to addresses that may be a stranger's: so many for one person in a day.
_MOST_A_DAY = 5


def of_person(session: Session, person_id: int) -> Sequence[Address]:
    """Those in use, confirmed or not."""
    here = (Address.person_id == person_id, Address.removed_at.is_(None))
    return session.scalars(select(Address).where(*here).order_by(Address.id)).all()


def add(
    session: Session, person_id: int, to: Known, raw: str, *, actor: Actor, now: datetime
) -> Address:
    """The person's address on this channel from now on; the one before is used no more.

    An e-mail address is sent a link first.
    """
    if to.problem:
        raise DomainError("This way is not set up yet.", field="address")
    address = to.channel.check_address(raw, to.settings)
    held = _in_use(session, person_id, to.name)
    if held is not None and held.address == address:
        return held
    needs_link = to.channel.address_kind is AddressKind.EMAIL
    if needs_link:
        _check_patience(session, person_id, now)
    if held is not None:
        retire(session, held, now)
    found = Address(
        person_id=person_id, channel=to.name, address=address, created_at=now,
        confirmed_at=None if needs_link else now,
    )  # fmt: skip
    session.add(found)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("Your address was changed in the meantime.", field="address") from None
    if needs_link:
        _send_link(session, found, now)
    _note(session, actor, "messaging.address_add", found, now)
    return found


def send_link_again(session: Session, person_id: int, address_id: int, now: datetime) -> None:
    """A new link; one that still waits to be sent is enough."""
    found = _own(session, person_id, address_id)
    if found.confirmed_at is not None:
        return
    waits = (Delivery.address_id == found.id, Delivery.state == DeliveryState.WAITING)
    if session.scalar(select(Delivery.id).where(*waits).limit(1)) is None:
        _check_patience(session, person_id, now)
        _send_link(session, found, now)


def confirm(session: Session, address_id: int, *, now: datetime) -> Address:
    """Safe to repeat; DomainError when the person has another address by now."""
    found = session.get(Address, address_id)
    if found is None or found.removed_at is not None:
        raise DomainError("This address is not in use any more.")
    if found.confirmed_at is None:
        found.confirmed_at = now
        _note(session, Actor(found.person_id), "messaging.address_confirm", found, now)
    return found


def remove(
    session: Session, person_id: int, address_id: int, *, actor: Actor, now: datetime
) -> None:
    """Nothing is sent there any more, what waits included."""
    found = _own(session, person_id, address_id)
    retire(session, found, now)
    _note(session, actor, "messaging.address_remove", found, now)


def retire(session: Session, address: Address, now: datetime) -> None:
    """Nothing is sent there from now on, what waits included."""
    address.removed_at = now
    waiting = (Delivery.address_id == address.id, Delivery.state == DeliveryState.WAITING)
    stop = update(Delivery).where(*waiting)
    session.execute(stop.values(state=DeliveryState.GIVEN_UP, content={}))
    session.flush()


def _send_link(session: Session, address: Address, now: datetime) -> None:
    session.add(
        Delivery(
            channel=address.channel, address_id=address.id, person_id=address.person_id,
            kind=OwnKind.CONFIRM, created_at=now, due_at=now,
        )
    )  # fmt: skip


def _check_patience(session: Session, person_id: int, now: datetime) -> None:
    sent = session.scalar(
        select(func.count(Delivery.id)).where(
            Delivery.person_id == person_id,
            Delivery.kind == OwnKind.CONFIRM,
            Delivery.created_at > now - timedelta(days=1),
        )
    )
    if (sent or 0) >= _MOST_A_DAY:
        raise Conflict("That is enough for one day. Try again tomorrow.", field="address")


def _in_use(session: Session, person_id: int, channel: str) -> Address | None:
    here = (Address.person_id == person_id, Address.channel == channel)
    return session.scalar(select(Address).where(*here, Address.removed_at.is_(None)))


def _own(session: Session, person_id: int, address_id: int) -> Address:
    found = session.get(Address, address_id)
    if found is None or found.person_id != person_id or found.removed_at is not None:
        raise NotFound("There is no such address any more.")
    return found


def _note(session: Session, actor: Actor, action: str, address: Address, now: datetime) -> None:
    subject = ("messaging_address", address.id)
    audit.record(session, actor, action, subject, now=now, channel=address.channel)
