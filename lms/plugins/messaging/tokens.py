"""The link that confirms an address: signed, so nothing has to be stored, and of limited life."""

from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from lms.plugins.api import DomainError

LIFE = timedelta(days=2)
_SALT = "messaging.confirm"


def make(secret: Any, address_id: int, made_at: datetime) -> str:
    """The same for the same message, however often it is sent."""
    return str(_signer(secret).dumps([address_id, int((made_at + LIFE).timestamp())]))


def read(secret: Any, token: str, now: datetime) -> int:
    """The id of the address; DomainError when the link is not ours, or too old."""
    try:
        address_id, until = _signer(secret).loads(token)
    except BadSignature:
        raise DomainError("This link is not valid.") from None
    if now > datetime.fromtimestamp(until, UTC):
        raise DomainError("This link is too old. Ask for a new one on your notices page.")
    return int(address_id)


def _signer(secret: Any) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT)
