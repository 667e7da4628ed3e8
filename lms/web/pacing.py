"""One page at a time, where waiting for another costs less than making both at once.

Threads share one interpreter. SQLite, which reads within the process, hands it over at every row,
and where pages are made at once each has to win it back: a page then takes a fifth more of the
processor, and the last of three is there no sooner. So who reads waits for the page that is being
made, though not for long: what takes its time, an export say, holds nobody up.
"""

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE = 0.02  # seconds; most pages take a tenth of it


def init_app(app: Flask) -> None:
    """For SQLite only: another database's answer is better waited for together. What writes is not
    held up either, for it waits for the disk."""
    if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return
    make, turn = app.wsgi_app, Lock()

    def one_at_a_time(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not turn.acquire(timeout=PATIENCE):
            return make(environ, start)
        try:
            return make(environ, start)
        finally:
            turn.release()

    app.wsgi_app = one_at_a_time  # type: ignore[assignment, method-assign]
