"""The code on the trainer's screen: a new one every 30 seconds, by the server's clock.

It is made from the application's key, the session and the time alone: nothing is stored, and every
process makes the same one. The QR code's link carries a long one, typing by hand takes 6 digits.
"""

import hashlib
import hmac
import re
from datetime import datetime

from lms.errors import DomainError

SECONDS = 30
# A code is taken while it shows and through the two that follow: time to scan and to press.
_TAKEN = 3
_LINK = re.compile(r"([0-9a-f]{1,10})-([0-9a-f]{32})")
_DIGITS = re.compile(r"[0-9]{6}")


def link_code(key: bytes, session_id: int, now: datetime) -> str:
    """`<window>-<signature>`, for the address in the QR code."""
    window = _window(now)
    return f"{window:x}-{_signed(key, session_id, window)[:32]}"


def digits(key: bytes, session_id: int, now: datetime) -> str:
    """Six digits, for typing."""
    return _digits(key, session_id, _window(now))


def check(key: bytes, session_id: int, given: str, now: datetime) -> None:
    """DomainError unless the code shows now or did a moment ago.

    A code of another time is refused whichever side it lies on: a clock may have gone back.
    """
    given, present = re.sub(r"\s", "", given), _window(now)
    windows = range(present - _TAKEN + 1, present + 1)
    if long := _LINK.fullmatch(given):
        window = int(long[1], 16)
        if not hmac.compare_digest(_signed(key, session_id, window)[:32], long[2]):
            raise DomainError("This is not a code of this session.", field="code")
        if window not in windows:
            raise DomainError(
                "This code has run out. Scan the one on the screen now.", field="code"
            )
        return
    known = [_digits(key, session_id, window) for window in windows]
    if not _DIGITS.fullmatch(given) or given not in known:
        raise DomainError(
            "This is not the code on the screen, or it has run out. Enter the 6 digits that show"
            " now.",
            field="code",
        )


def _window(now: datetime) -> int:
    return int(now.timestamp() // SECONDS)


def _signed(key: bytes, session_id: int, window: int) -> str:
    text = f"lms.session.check-in:{session_id}:{window}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _digits(key: bytes, session_id: int, window: int) -> str:
    # From the end, so that the digits tell nothing of the part that the link shows.
    return f"{int(_signed(key, session_id, window)[32:], 16) % 1_000_000:06d}"
