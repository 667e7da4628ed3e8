"""Serving the site, from this process or from several."""

import gc
import multiprocessing
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from lms.db import db
from lms.errors import DomainError
from lms.i18n import LANGUAGES
from lms.jobs import start_worker

if TYPE_CHECKING:
    from flask import Flask


def make_server(app: "Flask", host: str, port: int, *, threads: int) -> Any:
    """waitress, ready to `run()` until stopped, in this process."""
    from waitress.server import TcpWSGIServer, create_server

    TcpWSGIServer.channel_class = _channel()
    most = app.config["MAX_CONTENT_LENGTH"] + 1  # from here on it reads none of it
    return create_server(
        app, host=host, port=port, threads=threads, ident=None, max_request_body_size=most
    )


def _channel() -> Any:
    """waitress' connection, but for a request whose length says that it is too large.

    waitress answers that with a line of its own before it reads on. Here the site answers, which
    sees the length and shows its page; what is being sent is left where it is.
    """
    from waitress.channel import HTTPChannel
    from waitress.task import ErrorTask, WSGITask
    from waitress.utilities import RequestEntityTooLarge

    class Refusal(WSGITask):  # type: ignore[misc]
        def execute(self) -> None:
            self.set_close_on_finish()
            super().execute()

    class Channel(HTTPChannel):  # type: ignore[misc]
        def error_task_class(self, channel: Any, request: Any) -> Any:
            is_told = isinstance(request.error, RequestEntityTooLarge) and request.content_length
            return Refusal(channel, request) if is_told else ErrorTask(channel, request)

    return Channel


def check_granian(workers: int) -> None:
    """DomainError, which names the extra, where it is not installed."""
    try:
        import granian  # noqa: F401
    except ImportError:
        raise DomainError(
            "%(count)s workers need granian: install 'service-academy[production]', or leave "
            "--workers out.",
            count=workers,
        ) from None


def serve_in_processes(app: "Flask", host: str, port: int, *, workers: int, threads: int) -> None:
    """Blocks until stopped. Each process serves the site and runs its jobs.

    Where processes can be forks of this one, what it has loaded is in memory once, for all.
    """
    from granian import Granian
    from granian.constants import Interfaces

    settings = app.extensions["lms_settings"]
    if settings.rate_limits and settings.rate_limit_storage == "memory://":
        click.echo("each process counts sign-in tries alone: set LMS_RATE_LIMIT_STORAGE", err=True)
    server = Granian(
        "lms.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        websockets=False,
    )
    if sys.platform != "linux":  # macOS' own libraries do not survive a fork
        server.serve()
        return
    multiprocessing.set_start_method("fork", force=True)
    _show_a_page(app)
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, all of it
    server.serve(target_loader=partial(_in_fork, app), wrap_loader=False)


def _show_a_page(app: "Flask") -> None:
    """What a first page makes once (texts of a language, the frame, the addresses) is then made
    for all processes, in memory that they share. The page of signing in asks nothing of anybody."""
    for language in LANGUAGES:
        asked = {"Accept-Language": language.replace("_", "-"), "User-Agent": "lms"}
        app.test_client().get("/sign-in", headers=asked)
    db.session.remove()
    db.engine.dispose()  # no connection of this process is to be shared with those it starts


def _in_fork(app: "Flask") -> "Flask":
    start_worker(app)
    return app
