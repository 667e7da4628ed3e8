"""Who is told: adding an address, taking it away, trying it, sending something once more."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import Actor, Conflict, DomainError, NotFound, Session, audit
from lms.plugins.duty import outbox
from lms.plugins.duty.models import Delivery, DeliveryState, Endpoint

_LOCAL = {"localhost", "127.0.0.1", "::1"}


def add(session: Session, url: str, *, actor: Actor, now: datetime) -> str:
    """The secret that signs what is sent there; Conflict: the address is there already."""
    endpoint = Endpoint(url=_checked(url.strip()), secret=secrets.token_urlsafe(32), created_at=now)
    session.add(endpoint)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("This address is told already.", field="url") from None
    subject = ("duty_endpoint", endpoint.id)
    audit.record(session, actor, "duty.endpoint_add", subject, now=now, url=endpoint.url)
    return endpoint.secret


def _checked(url: str) -> str:
    """An address that is safe to post to: nothing but HTTPS leaves the machine, and no password
    stands in what the page and the log show."""
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise DomainError("Write the address in plain characters, without spaces.", field="url")
    try:
        parts = urlsplit(url)
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        raise DomainError("This is not an address.", field="url") from None
    if not parts.hostname:
        raise DomainError("This is not an address.", field="url")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise DomainError("Only https is sent to, or http on this machine.", field="url")
    if "@" in parts.netloc or parts.fragment:
        raise DomainError("The address must hold no password and no “#”.", field="url")
    return url


def remove(session: Session, endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """It is told nothing more, what waits included; the log keeps what it was told."""
    endpoint = _in_use(session, endpoint_id)
    endpoint.removed_at = now
    waiting = update(Delivery).where(
        Delivery.endpoint_id == endpoint_id, Delivery.state == DeliveryState.WAITING
    )
    session.execute(waiting.values(state=DeliveryState.GIVEN_UP))
    subject = ("duty_endpoint", endpoint_id)
    audit.record(session, actor, "duty.endpoint_remove", subject, now=now, url=endpoint.url)


def test(session: Session, endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """A message about nobody; one that still waits is enough."""
    endpoint = _in_use(session, endpoint_id)
    waits = select(Delivery.id).where(
        Delivery.endpoint_id == endpoint_id,
        Delivery.event == outbox.TEST,
        Delivery.state == DeliveryState.WAITING,
    )
    if session.scalar(waits.limit(1)) is None:
        outbox.tell_test(session, endpoint_id, now)
        subject = ("duty_endpoint", endpoint_id)
        audit.record(session, actor, "duty.endpoint_test", subject, now=now, url=endpoint.url)


def send_again(session: Session, delivery_id: int, *, actor: Actor, now: datetime) -> None:
    """The same message under the same key, tried from the beginning."""
    found = session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound("There is no such message.")
    endpoint = _in_use(session, found.endpoint_id)
    if not found.body:
        raise DomainError("The person was erased, and what the message said with them.")
    old = found.state
    found.state, found.tries, found.due_at = DeliveryState.WAITING, 0, now
    if old != DeliveryState.WAITING:
        subject = ("duty_delivery", found.id)
        audit.record(session, actor, "duty.send_again", subject, now=now, url=endpoint.url)


def in_use(session: Session) -> Sequence[Row[Any]]:
    """Each endpoint with how many messages wait for it and how many it never got."""

    def number(state: DeliveryState) -> Any:
        return func.count(Delivery.id).filter(Delivery.state == state)

    return session.execute(
        select(
            Endpoint.id, Endpoint.url, Endpoint.created_at,
            number(DeliveryState.WAITING).label("waiting"),
            number(DeliveryState.GIVEN_UP).label("given_up"),
        )
        .outerjoin(Delivery, Delivery.endpoint_id == Endpoint.id)
        .where(Endpoint.removed_at.is_(None))
        .group_by(Endpoint.id, Endpoint.url, Endpoint.created_at)
        .order_by(Endpoint.url)
    ).all()  # fmt: skip


def _in_use(session: Session, endpoint_id: int) -> Endpoint:
    found = session.get(Endpoint, endpoint_id)
    if found is None or found.removed_at is not None:
        raise NotFound("There is no such endpoint any more.")
    return found
