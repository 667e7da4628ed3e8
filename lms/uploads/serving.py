"""Sending a stored file so that a browser shows it and never runs it."""

from flask import Response, abort, send_file

from lms.uploads import store
from lms.uploads.kinds import KINDS

_ALONE = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; frame-ancestors 'self'"
# Browsers draw a PDF with a page of their own, which `sandbox` would forbid; what is in the file
# does not reach this site either way.
_POLICIES = {"pdf": f"{_ALONE}; object-src 'self'"}


def send(sha256: str, kind: str, name: str, *, cached: bool = False) -> Response:
    """With ranges for players, and the type that was found in it. 404 if the file is not there.

    `cached`: the address names the content, so the reader's browser may keep it for a day.
    """
    path, known = store.path_of(sha256), KINDS[kind]
    if not path.is_file():
        abort(404)
    response = send_file(
        path, mimetype=known.mimetype, download_name=name, etag=sha256, conditional=True
    )
    policy = _POLICIES.get(kind, f"{_ALONE}; sandbox")
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=86400" if cached else "private, no-cache"
    return response
