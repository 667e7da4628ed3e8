"""Signing in: passwords, activation links, sessions that can be ended."""

import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_login import UserMixin
from sqlalchemy import Date, and_, bindparam, select
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.clock import local_date, now
from lms.db import Session, db, reading
from lms.errors import DomainError
from lms.people.channels import union
from lms.people.clearance import in_force
from lms.people.models import Account, Channel, Clearance, Person, RoleAssignment
from lms.people.notices import unread
from lms.people.organisation import zone

MIN_PASSWORD = 10
ACTIVATION_LASTS = timedelta(days=7)

# A hash costs 64 MiB and a third of a second: a burst of sign-ins must not take the machine.
_hashing = threading.BoundedSemaphore(2)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    """Checked for unknown staff numbers, so that they answer as slowly as known ones."""
    return _hasher().hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Cleared:
    """The clearance that holds today; the longest-standing of several, `channels` of them all."""

    from_day: date
    until: date | None
    source: str
    channels: tuple[Channel, ...] = tuple(Channel)


class SignedInUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: the person, the session version they signed in with, and what every
    page asks about them: assigned roles (each with the team it is for), how many notices are
    unread, and the clearance that holds today."""

    def __init__(
        self,
        person: Person,
        session_version: int,
        roles: Sequence[tuple[str, int | None]] = (),
        unread: int = 0,
        clearance: Cleared | None = None,
    ) -> None:
        self.person = person
        self.session_version = session_version
        self.roles = roles
        self.unread = unread
        self.clearance = clearance

    def get_id(self) -> str:
        return f"{self.person.id}.{self.session_version}"


_CLEARED = and_(Clearance.person_id == Person.id, in_force(bindparam("day", type_=Date())))
# One query for all that the frame of a page needs to know; a row for each role and clearance.
_SIGNED_IN = (
    select(
        Person,
        unread(Person.id.expression),
        RoleAssignment.role,
        RoleAssignment.team_id,
        Clearance.from_day,
        Clearance.until,
        Clearance.source,
        Clearance.channels,
    )
    .join(Person.account)
    .outerjoin(RoleAssignment, RoleAssignment.person_id == Person.id)
    .outerjoin(Clearance, _CLEARED)
    .where(
        Person.id == bindparam("id"),
        Person.left_on.is_(None),
        Account.session_version == bindparam("version"),
    )
    .order_by(Clearance.from_day)
)


def load_user(session_id: str) -> SignedInUser | None:
    person_id, _, version = session_id.partition(".")
    if not (person_id.isdecimal() and version.isdecimal()):
        return None
    wanted = {
        "id": int(person_id), "version": int(version), "day": local_date(now(), zone())
    }  # fmt: skip
    if reading.get():
        return _signed_in(db.session.execute(_SIGNED_IN, wanted).all(), int(version))
    # Who asks is found out before the transaction that writes: on SQLite that one keeps all other
    # writers waiting. What was read then belongs to the request's session as if it had read it.
    with Session(db.engine.execution_options(lms_read=True)) as session:
        user = _signed_in(session.execute(_SIGNED_IN, wanted).all(), int(version))
    if user is not None:
        user.person = db.session.merge(user.person, load=False)
    return user


def _signed_in(rows: Sequence[Any], version: int) -> SignedInUser | None:
    if not rows:
        return None
    first = rows[0]
    roles = {(row.role, row.team_id) for row in rows if row.role is not None}
    cleared = None
    if first.from_day is not None:
        held = union(row.channels for row in rows)
        cleared = Cleared(first.from_day, first.until, first.source, held)
    return SignedInUser(first[0], version, tuple(roles), first[1], cleared)


def hash_password(password: str) -> str:
    with _hashing:
        return _hasher().hash(password)


def check_password(session: Session, staff_no: str, password: str) -> SignedInUser | None:
    """The user, or None; takes the same time whether or not the staff number exists."""
    person = session.scalar(
        select(Person)
        .where(Person.staff_no == staff_no.strip(), Person.left_on.is_(None))
        .options(joinedload(Person.account))
    )
    account = person.account if person else None
    stored = (account.password_hash if account else None) or _decoy()
    try:
        with _hashing:
            _hasher().verify(stored, password)
    except VerificationError:
        return None
    return SignedInUser(person, account.session_version) if person and account else None


def set_password(
    session: Session, account: Account, password: str, *, actor: Actor, now: datetime
) -> None:
    """Store the password, spend the activation link and end all other sessions."""
    if len(password) < MIN_PASSWORD:
        raise DomainError(
            "Use at least %(count)s characters.", field="password", count=MIN_PASSWORD
        )
    account.password_hash = hash_password(password)
    account.activation_hash = account.activation_expires = None
    account.session_version += 1
    audit.record(session, actor, "account.password", ("person", account.person_id), now=now)


def invite(session: Session, person: Person, *, actor: Actor, now: datetime) -> str:
    """A one-time token with which the person sets a password; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    account = session.get(Account, person.id)
    if account is None:
        account = Account(person_id=person.id)
        session.add(account)
    account.activation_hash = _digest(token)
    account.activation_expires = now + ACTIVATION_LASTS
    audit.record(session, actor, "account.invite", ("person", person.id), now=now)
    session.flush()
    return token


def account_for_token(session: Session, token: str, now: datetime) -> Account | None:
    account = session.scalar(select(Account).where(Account.activation_hash == _digest(token)))
    if account is None or account.activation_expires is None or account.activation_expires < now:
        return None
    return account


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
