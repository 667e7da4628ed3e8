"""The folder `LMS_HOME/uploads`: one file for each content, named by its SHA-256.

A file is written under `.new`, brought to the disk and only then renamed into place, so that what
is there is whole. Its row is committed after that: a crash in between leaves a file without a row,
which the sweep removes, and never a row without its file.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flask import current_app

FOLDER = "uploads"
_NEW = ".new"


def folder() -> Path:
    home: Path = current_app.extensions["lms_settings"].home
    return home / FOLDER


def path_of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


class Incoming:
    """A file on its way in; gone when the `with` ends, unless it was put in place."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path, self.file, self.size = path, file, 0
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        self.file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def put_in_place(self) -> str:
        """Returns the hash. The same content once more takes the old file's place, as new."""
        self.file.flush()
        os.fsync(self.file.fileno())
        sha256 = self._digest.hexdigest()
        target = path_of(sha256)
        target.parent.mkdir(exist_ok=True)
        self.path.replace(target)
        _to_disk(target.parent)
        _to_disk(target.parent.parent)
        return sha256


@contextmanager
def incoming() -> Iterator[Incoming]:
    new = folder() / _NEW
    new.mkdir(parents=True, exist_ok=True)
    path = new / secrets.token_hex(16)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w+b") as file:
            yield Incoming(path, file)
    finally:
        path.unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    """The folder's own list of names; without it a rename may not outlive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def remove_others(wanted: set[str], older_than: float) -> int:
    """Remove the files that are in nobody's row, and half-written ones, last touched before
    `older_than` (seconds since 1970); returns how many."""
    removed = 0
    for path in list(folder().glob("*/*")):
        if path.name not in wanted or path.parent.name == _NEW:
            removed += _remove(path, older_than)
    return removed


def _remove(path: Path, older_than: float) -> bool:
    if path.stat().st_mtime >= older_than:
        return False
    aside = folder() / _NEW / f"{path.name}-{secrets.token_hex(4)}"
    aside.parent.mkdir(exist_ok=True)
    path.rename(aside)
    if aside.stat().st_mtime >= older_than:  # stored once more between the look and the rename
        aside.rename(path)
        return False
    aside.unlink()
    return True
