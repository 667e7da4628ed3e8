"""Serving the site with several processes."""

import os

import click

from lms.config import Settings
from lms.db import db
from lms.errors import DomainError


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


def serve_in_processes(
    settings: Settings, host: str, port: int, *, workers: int, threads: int
) -> None:
    """Blocks until stopped. Each process is a `lms.wsgi:app` of its own, with its jobs."""
    from granian import Granian
    from granian.constants import Interfaces

    if settings.rate_limits and settings.rate_limit_storage == "memory://":
        click.echo("each process counts sign-in tries alone: set LMS_RATE_LIMIT_STORAGE", err=True)
    # Threads that each keep an arena of their own cost some ten megabytes a process.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # No connection of this process is to be shared with those it starts.
    db.session.remove()
    db.engine.dispose()
    Granian(
        "lms.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
    ).serve()
