"""One signed POST. It follows no redirect and speaks HTTP alone, whatever the address says."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

TIMEOUT = 5.0  # seconds


@dataclass(frozen=True)
class Answer:
    """`text` is short: a status, or what went wrong on the way."""

    is_ok: bool
    text: str


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(url: str, secret: str, key: str, body: str) -> Answer:
    """Any 2xx is a receipt. The answer's text is not read: it could be anything's."""
    data = body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "lms-duty",
        "X-Delivery": key,
        "X-Signature": signature(secret, data),
    }
    request = Request(url, data, headers, method="POST")  # noqa: S310  checked when it was added
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            status: int = response.status
    except URLError as error:
        return Answer(False, _short(error.reason))
    except (OSError, HTTPException) as error:
        return Answer(False, _short(error))
    return Answer(200 <= status < 300, f"HTTP {status}")


def _short(error: object) -> str:
    return f"{type(error).__name__}: {error}"[:200]


@lru_cache(1)
def _opener() -> OpenerDirector:
    # Bare: urllib's usual opener would follow redirects, and read files and FTP.
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener
