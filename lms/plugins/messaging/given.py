"""Addresses that HR gave with the roster: used without a link, since HR vouches for them.

Whoever has an address of their own keeps it, and one that was removed is not put back.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from lms.plugins.api import Person, Session
from lms.plugins.messaging.addresses import retire
from lms.plugins.messaging.models import Address

_CHANNEL = "email"


def adopt(session: Session, now: datetime) -> None:
    """One query while nothing has changed."""
    earlier = aliased(Address)
    known = select(earlier.id).where(
        earlier.person_id == Person.id, earlier.channel == _CHANNEL, earlier.address == Person.email
    )
    held = and_(
        Address.person_id == Person.id, Address.channel == _CHANNEL, Address.removed_at.is_(None)
    )
    rows = session.execute(
        select(Person.id, Person.email, Person.email_at, Address)
        .outerjoin(Address, held)
        .where(
            Person.email.is_not(None),
            ~known.exists(),
            or_(Address.id.is_(None), Address.is_given, Address.confirmed_at.is_(None)),
        )
    ).all()
    for person_id, email, given_at, own in rows:
        if own is not None:
            retire(session, own, now)
        session.add(
            Address(
                person_id=person_id, channel=_CHANNEL, address=email, created_at=now,
                confirmed_at=given_at, is_given=True,
            )
        )  # fmt: skip
    session.flush()
