"""What a certificate is worth on a day: one truth, in Python and in SQL."""

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, true

from lms.plugins.certificates.models import Certificate

EXPIRING_DAYS = 30


class State(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"  # valid, for 30 days at most
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


def state_of(certificate: Certificate, today: date) -> State:
    if certificate.revoked_at is not None:
        return State.REVOKED
    if certificate.superseded_at is not None:
        return State.SUPERSEDED
    end = certificate.expires_on
    if end is None or end > today + timedelta(days=EXPIRING_DAYS):
        return State.VALID
    return State.EXPIRED if end < today else State.EXPIRING


def is_current() -> ColumnElement[bool]:
    """Neither revoked nor replaced."""
    return and_(Certificate.revoked_at.is_(None), Certificate.superseded_at.is_(None))


def in_state(state: str, today: date) -> ColumnElement[bool]:
    """Those in the state; `valid` has those that expire soon, too. Any other word: all."""
    end = Certificate.expires_on
    match state:
        case State.VALID:
            return and_(is_current(), or_(end.is_(None), end >= today))
        case State.EXPIRING:
            return and_(is_current(), end.between(today, today + timedelta(days=EXPIRING_DAYS)))
        case State.EXPIRED:
            return and_(is_current(), end < today)
        case State.REVOKED:
            return Certificate.revoked_at.is_not(None)
        case State.SUPERSEDED:
            return and_(Certificate.superseded_at.is_not(None), Certificate.revoked_at.is_(None))
    return true()
