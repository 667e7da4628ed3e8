"""Signing in: passwords, activation links, sessions that can be ended."""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_login import UserMixin
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.db import Session, db
from lms.errors import DomainError
from lms.people.models import Account, Person

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


class SignedInUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: the person and the session version they signed in with."""

    def __init__(self, person: Person, account: Account) -> None:
        self.person = person
        self.account = account

    def get_id(self) -> str:
        return f"{self.person.id}.{self.account.session_version}"


def load_user(session_id: str) -> SignedInUser | None:
    person_id, _, version = session_id.partition(".")
    if not (person_id.isdecimal() and version.isdecimal()):
        return None
    person = db.session.scalar(
        select(Person).where(Person.id == int(person_id)).options(joinedload(Person.account))
    )
    if person is None or person.account is None or person.left_on is not None:
        return None
    if person.account.session_version != int(version):
        return None
    return SignedInUser(person, person.account)


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
    return SignedInUser(person, account) if person and account else None


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
