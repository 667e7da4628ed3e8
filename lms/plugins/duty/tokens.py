"""Tokens of those who may ask: made and shown once, kept as a hash, revoked for good."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime

import structlog
from sqlalchemy import Engine, bindparam, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lms.plugins.api import Actor, Conflict, NotFound, Session, audit
from lms.plugins.duty.models import ApiToken

log = structlog.get_logger()
_VALID = select(ApiToken).where(
    ApiToken.token_hash == bindparam("digest"), ApiToken.revoked_at.is_(None)
)


def create(session: Session, name: str, *, actor: Actor, now: datetime) -> str:
    """The new token, which is stored nowhere; Conflict: one in use has this name."""
    plain = secrets.token_urlsafe(32)
    token = ApiToken(name=name.strip(), token_hash=_digest(plain), created_at=now)
    session.add(token)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("A token in use has this name.", field="name") from None
    audit.record(
        session, actor, "duty.token_create", ("duty_token", token.id), now=now, name=token.name
    )
    return plain


def revoke(session: Session, token_id: int, *, actor: Actor, now: datetime) -> ApiToken:
    """From now on it opens nothing; a second time changes nothing."""
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = now
        audit.record(
            session, actor, "duty.token_revoke", ("duty_token", token.id), now=now, name=token.name
        )
    return token


def valid(session: Session, plain: str | None) -> ApiToken | None:
    """A token is 256 random bits, so looking its hash up gives away nothing by its duration."""
    return session.scalar(_VALID, {"digest": _digest(plain)}) if plain else None


def in_use(session: Session) -> Sequence[ApiToken]:
    """By name."""
    wanted = select(ApiToken).where(ApiToken.revoked_at.is_(None))
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
        log.exception("duty_token_use_not_written")


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
