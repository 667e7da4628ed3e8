"""Tokens of other systems, each for one purpose: shown once, kept as a hash, revoked for good."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime

import structlog
from sqlalchemy import Engine, bindparam, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.datastructures import Authorization

from lms import audit
from lms.audit import Actor
from lms.db import Session
from lms.errors import Conflict, NotFound
from lms.people.models import ApiToken

log = structlog.get_logger()
_VALID = select(ApiToken).where(
    ApiToken.token_hash == bindparam("digest"),
    ApiToken.purpose == bindparam("purpose"),
    ApiToken.revoked_at.is_(None),
)


def create(session: Session, purpose: str, name: str, *, actor: Actor, now: datetime) -> str:
    """The new token, which is stored nowhere; Conflict: one in use has this name."""
    plain = secrets.token_urlsafe(32)
    token = ApiToken(purpose=purpose, name=name.strip(), token_hash=_digest(plain), created_at=now)
    session.add(token)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("A token in use has this name.", field="name") from None
    audit.record(
        session, actor, "token.create", ("token", token.id), now=now,
        name=token.name, purpose=purpose,
    )  # fmt: skip
    return plain


def revoke(
    session: Session, purpose: str, token_id: int, *, actor: Actor, now: datetime
) -> ApiToken:
    """From now on it opens nothing; a second time changes nothing."""
    token = session.get(ApiToken, token_id)
    if token is None or token.purpose != purpose:
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = now
        audit.record(
            session, actor, "token.revoke", ("token", token.id), now=now,
            name=token.name, purpose=purpose,
        )  # fmt: skip
    return token


def valid(session: Session, purpose: str, given: Authorization | None) -> ApiToken | None:
    """What a request's `Authorization: Bearer …` names.

    A token is 256 random bits, so looking its hash up gives away nothing by its duration.
    """
    if given is None or given.type != "bearer" or not given.token:
        return None
    return session.scalar(_VALID, {"digest": _digest(given.token), "purpose": purpose})


def in_use(session: Session, purpose: str) -> Sequence[ApiToken]:
    """By name."""
    wanted = select(ApiToken).where(ApiToken.purpose == purpose, ApiToken.revoked_at.is_(None))
    return session.scalars(wanted.order_by(ApiToken.name)).all()


def note_use(engine: Engine, token_id: int, day: date) -> None:
    """Write the day of use down, in a transaction of its own, after the answer is sent.

    The first call of a day does it; should the database be busy, the next one.
    """
    used = update(ApiToken).where(ApiToken.id == token_id).values(used_on=day)
    try:
        with engine.begin() as connection:
            connection.execute(used)
    except SQLAlchemyError:
        log.exception("token_use_not_written")


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
