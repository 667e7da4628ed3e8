"""The secret address of a person's calendar: made, renewed, given up; only its hash is kept."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.courses.sessions.models import CalendarFeed
from lms.db import Session
from lms.people.models import Person


def owner_of(session: Session, token: str) -> tuple[CalendarFeed, Person] | None:
    """Whose calendar the address is, while they are here."""
    row = session.execute(
        select(CalendarFeed, Person)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == _digest(token), Person.left_on.is_(None))
    ).first()
    return (row[0], row[1]) if row else None


def renew(session: Session, person_id: int, *, actor: Actor, now: datetime) -> str:
    """A new secret (256 bits); an older address stops working at once."""
    token = secrets.token_urlsafe(32)
    feed = session.get(CalendarFeed, person_id, with_for_update=True)
    if feed is None:
        feed = CalendarFeed(person_id=person_id, uid=secrets.token_hex(8))
        session.add(feed)
    feed.token_hash, feed.renewed_at = _digest(token), now
    audit.record(session, actor, "calendar.renew", ("person", person_id), now=now)
    session.flush()
    return token


def stop(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """No address any more; safe to repeat."""
    feed = session.get(CalendarFeed, person_id, with_for_update=True)
    if feed is None:
        return
    session.delete(feed)
    audit.record(session, actor, "calendar.stop", ("person", person_id), now=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
