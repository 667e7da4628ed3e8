"""How far an order is, for whoever watches it.

The order is one transaction, and on SQLite nobody else writes meanwhile: so this stands beside the
database, in a small file under the instance folder. It is a courtesy: lost, stale or unreadable, it
is passed over, and the order itself says what was done.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app

# What was not written for so long belongs to a process that died.
_STALE_AFTER = 60.0  # seconds


@dataclass(frozen=True)
class Progress:
    """Numbers of people: `done` so far of those to enrol."""

    done: int
    of: int


def _file(order_id: int) -> Path:
    home: Path = current_app.extensions["lms_settings"].home
    return home / "running" / f"assignment-{order_id}.json"


def report(order_id: int, progress: Progress) -> None:
    path = _file(order_id)
    part = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(asdict(progress)))
        part.replace(path)


@contextmanager
def reported(order_id: int) -> Iterator[None]:
    """Whatever becomes of the order, nothing is left behind."""
    try:
        yield
    finally:
        with suppress(OSError):
            _file(order_id).unlink(missing_ok=True)


def read(order_id: int) -> Progress | None:
    """How far it is, or None while that is not known."""
    path = _file(order_id)
    try:
        if time.time() - path.stat().st_mtime > _STALE_AFTER:
            return None
        return Progress(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
