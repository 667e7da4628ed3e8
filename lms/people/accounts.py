"""Signing in: passwords, activation links, sessions that can be ended."""

import hashlib
import secrets
import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple, cast

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_login import UserMixin
from sqlalchemy import Date, Row, Table, and_, bindparam, select
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.clock import local_date, now
from lms.db import Session, as_read, db, read_rows, reading, snapshot
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


class Cleared(NamedTuple):
    """The clearance that holds today; the longest-standing of several, `channels` of them all."""

    from_day: date
    until: date | None
    source: str
    channels: tuple[Channel, ...] = tuple(Channel)


class SignedInUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: who it is, the session version they signed in with, and what every
    page asks about them: assigned roles (each with the team it is for), how many notices are
    unread, and the clearance that holds today.

    `known`: the person, or their row, of which the object is made when it is first asked for.
    """

    def __init__(
        self,
        known: Person | Row[Any],
        session_version: int,
        roles: Sequence[tuple[str, int | None]] = (),
        unread: int = 0,
        clearance: Cleared | None = None,
    ) -> None:
        self.known = known
        self.session_version = session_version
        self.roles = roles
        self.unread = unread
        self.clearance = clearance

    @cached_property
    def person(self) -> Person:
        return self.known if isinstance(self.known, Person) else _person(self.known)

    def get_id(self) -> str:
        return f"{self.known.id}.{self.session_version}"


_PERSON, _ACCOUNTS, _ROLES, _CLEARANCES = (
    cast(Table, model.__table__) for model in (Person, Account, RoleAssignment, Clearance)
)
_CLEARED = and_(Clearance.person_id == Person.id, in_force(bindparam("day", type_=Date())))
# One query for all that the frame of a page needs to know; a row for each role and clearance. Of
# tables: most requests that save something need no object of the person, and it costs as much.
_SIGNED_IN = (
    select(
        *_PERSON.c,
        unread(Person.id.expression).label("unread"),
        _ROLES.c.role,
        _ROLES.c.team_id.label("role_team_id"),
        _CLEARANCES.c.from_day,
        _CLEARANCES.c.until,
        _CLEARANCES.c.source,
        _CLEARANCES.c.channels.label("cleared_channels"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.person_id == _PERSON.c.id)
    .outerjoin(_ROLES, _ROLES.c.person_id == _PERSON.c.id)
    .outerjoin(_CLEARANCES, _CLEARED)
    .where(
        _PERSON.c.id == bindparam("id"),
        _PERSON.c.left_on.is_(None),
        _ACCOUNTS.c.session_version == bindparam("version"),
    )
    .order_by(_CLEARANCES.c.from_day)
)


def load_user(session_id: str) -> SignedInUser | None:
    person_id, _, version = session_id.partition(".")
    if not (person_id.isdecimal() and version.isdecimal()):
        return None
    wanted = {
        "id": int(person_id), "version": int(version), "day": local_date(now(), zone())
    }  # fmt: skip
    if reading.get():
        return _signed_in(read_rows(db.session(), _SIGNED_IN, **wanted), int(version))
    # Who asks is found out before the transaction that writes: on SQLite that one keeps all other
    # writers waiting.
    with snapshot() as connection:
        return _signed_in(connection.execute(_SIGNED_IN, wanted).all(), int(version))


def _signed_in(rows: Sequence[Any], version: int) -> SignedInUser | None:
    if not rows:
        return None
    first = rows[0]
    roles = {(row.role, row.role_team_id) for row in rows if row.role is not None}
    cleared = None
    if first.from_day is not None:
        held = union(row.cleared_channels for row in rows)
        cleared = Cleared(first.from_day, first.until, first.source, held)
    return SignedInUser(first, version, tuple(roles), first.unread, cleared)


def _person(row: Row[Any]) -> Person:
    """As if the request's session had read it."""
    values = {column.name: getattr(row, column.name) for column in _PERSON.c}
    return as_read(db.session(), Person, values)


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


def newest(session: Session) -> SignedInUser | None:
    """Of those who are here and may sign in, who was added last."""
    person = session.scalar(
        select(Person)
        .join(Account)
        .where(Person.left_on.is_(None))
        .order_by(Person.id.desc())
        .limit(1)
        .options(joinedload(Person.account))
    )
    return (
        SignedInUser(person, person.account.session_version) if person and person.account else None
    )


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
