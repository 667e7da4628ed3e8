"""Several processes that serve the site: granian, and what it starts.

granian's own process watches and never loads the site, so it stays small. It starts one process,
which loads the site and then divides: what was loaded is in memory once, for all that serve.
"""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.util import Finalize
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from lms.config import Settings
from lms.errors import DomainError

if TYPE_CHECKING:
    from flask import Flask

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Seconds for which those that are to be replaced serve on: on a busy machine loading takes longer
# than granian's 3.5. A stop meanwhile waits for them to be over, and Docker waits no more than ten.
_LOADS_WITHIN = 8.0


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
    load: Callable[[], "Flask"], host: str, port: int, *, workers: int, threads: int
) -> None:
    """Blocks until stopped. Each process serves what `load` returns and runs its jobs."""
    from granian import Granian
    from granian.constants import Interfaces

    settings = Settings.from_environment()
    if settings.rate_limits and settings.rate_limit_storage == "memory://":
        click.echo("each process counts sign-in tries alone: set LMS_RATE_LIMIT_STORAGE", err=True)
    can_divide = sys.platform == "linux"  # macOS' own libraries do not survive a fork
    server = Granian(
        "lms.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1 if can_divide else workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        respawn_interval=_LOADS_WITHIN,
        websockets=False,
    )
    if not can_divide:
        load()
        server.serve()
        return
    multiprocessing.set_start_method("fork", force=True)
    server.serve(target_loader=partial(_load_and_divide, load, workers), wrap_loader=False)


def _load_and_divide(load: Callable[[], "Flask"], workers: int) -> "Flask":
    # What the process that watches does at a signal is nothing here: it would load on, and serve.
    # Once it serves, granian sets its own.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    from lms.jobs import start_worker

    app = load()
    _warm_up(app)
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, all of it
    _divide(workers)
    start_worker(app)
    return app


def _warm_up(app: "Flask") -> None:
    """No connection is left behind: none is to be shared with the processes it divides into."""
    from lms.db import db

    try:
        _show_pages(app)
    finally:
        with app.app_context():
            db.engine.dispose()


def _show_pages(app: "Flask") -> None:
    """What first pages make once (texts, the frame, statements, addresses) is then made for all
    processes, in memory that they share: signing in, and what somebody sees who has.
    """
    from lms.db import db
    from lms.i18n import LANGUAGES
    from lms.people.accounts import newest

    pages = app.test_client()
    for language in LANGUAGES:
        asked = {"Accept-Language": language.replace("_", "-"), "User-Agent": "lms"}
        if pages.get("/sign-in", headers=asked).status_code != 200:
            return  # the log says why, as it will to whoever comes first
    with app.app_context():
        user = newest(db.session())
    if user:
        with pages.session_transaction() as session:
            session["_user_id"] = user.get_id()
        pages.get("/")


def _divide(workers: int) -> None:
    """Returns in each of them: in this process and in its forks."""
    parent, watcher, stopping = os.getpid(), os.getppid(), Event()
    forks: dict[int, Thread] = {}
    for _ in range(workers - 1):
        process = os.fork()
        if process == 0:
            _end_with(parent)
            return
        forks[process] = Thread(target=_report_end, args=(process, watcher, stopping), daemon=True)
    for thread in forks.values():
        thread.start()
    Finalize(None, _stop, args=(forks, stopping), exitpriority=1)


def _end_with(parent: int) -> None:
    """However it ends: nobody would watch over this process afterwards."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it had ended before that was said
        os.kill(os.getpid(), signal.SIGTERM)


def _report_end(process: int, watcher: int, stopping: Event) -> None:
    """granian is told to start them all anew: these serve on until those do."""
    os.waitpid(process, 0)
    if not stopping.is_set():
        os.kill(watcher, signal.SIGHUP)


def _stop(forks: dict[int, Thread], stopping: Event) -> None:
    stopping.set()
    for process, thread in forks.items():
        if thread.is_alive():
            os.kill(process, signal.SIGTERM)
    for thread in forks.values():
        thread.join()
