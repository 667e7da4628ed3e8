"""Speaking to other systems: one POST, and when to try again after a failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

TIMEOUT = 5.0  # seconds
# Waits between the tries of one message; after the last of them it is given up.
RETRY_AFTER = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
TRIES = len(RETRY_AFTER) + 1


@dataclass(frozen=True)
class Answer:
    """`text` is short: a status, or what went wrong. `body`: as much of it as was asked for."""

    is_ok: bool
    text: str
    body: bytes = b""


def wait_after(tries: int) -> timedelta:
    """How long to wait when so many tries have failed."""
    return RETRY_AFTER[min(max(tries, 1), len(RETRY_AFTER)) - 1]


def post(url: str, data: bytes, headers: Mapping[str, str], *, read: int = 0) -> Answer:
    """Any 2xx is a receipt. It follows no redirect and speaks HTTP alone, whatever the address
    says; who calls it has checked the address. `read`: how many bytes of the answer matter."""
    request = Request(url, data, dict(headers), method="POST")  # noqa: S310  checked by the caller
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            status: int = response.status
            body: bytes = response.read(read) if read else b""
    except URLError as error:
        return Answer(False, short(error.reason))
    except (OSError, HTTPException) as error:
        return Answer(False, short(error))
    return Answer(200 <= status < 300, f"HTTP {status}", body)


def short(error: object) -> str:
    return f"{type(error).__name__}: {error}"[:200]


@lru_cache(1)
def _opener() -> OpenerDirector:
    # Bare: urllib's usual opener would follow redirects, and read files and FTP.
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener
