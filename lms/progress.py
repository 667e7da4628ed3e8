"""How far a long piece of work is, for whoever watches it.

Such work is one transaction, and on SQLite nobody else writes meanwhile: so this stands beside the
database, in a small file under the instance folder. It is a courtesy: lost, stale or unreadable, it
is passed over, and the work itself says what was done.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from flask import current_app

# What was not written for so long belongs to a process that died.
_STALE_AFTER = 60.0  # seconds
_EVERY = 1000

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """`done` so far of so many; 0 where that is not known yet. `phase`: a word of the work's own
    for what is being done."""

    done: int
    of: int
    phase: str = ""


Report = Callable[[Progress], None]


def to_nobody(_progress: Progress) -> None:
    """The report of work that nobody watches."""


def watched(every: Iterable[T], of: int, phase: str, report: Report) -> Iterator[T]:
    """The same things one by one, while now and then it is said how many there were."""
    for done, one in enumerate(every):
        if done % _EVERY == 0:
            report(Progress(done, of, phase))
        yield one


def _file(name: str) -> Path:
    home: Path = current_app.extensions["lms_settings"].home
    return home / "running" / f"{name}.json"


def report(name: str, progress: Progress) -> None:
    path = _file(name)
    part = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(asdict(progress)))
        part.replace(path)


@contextmanager
def reported(name: str) -> Iterator[Report]:
    """To report by. Whatever becomes of the work, nothing is left behind."""
    try:
        yield lambda progress: report(name, progress)
    finally:
        with suppress(OSError):
            _file(name).unlink(missing_ok=True)


def read(name: str) -> Progress | None:
    """How far it is, or None while that is not known."""
    path = _file(name)
    try:
        if time.time() - path.stat().st_mtime > _STALE_AFTER:
            return None
        return Progress(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
