"""Putting files in place: all of them or none, and what was there kept beside."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

KEPT_SUFFIX = ".before-restore"
_NEW_SUFFIX = ".restoring"


@contextlib.contextmanager
def private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner reads, on the disk when the block ends."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def beside(path: Path) -> Path:
    """Where what is at `path` is kept; an earlier restore's copy is never written over."""
    kept, number = path.with_name(path.name + KEPT_SUFFIX), 2
    while kept.exists():
        kept = path.with_name(f"{path.name}{KEPT_SUFFIX}-{number}")
        number += 1
    return kept


def put_in_place(
    changes: Sequence[tuple[Path, Path]], then: Callable[[], None] = lambda: None
) -> list[Path]:
    """Make each (source, target) so that the target is the source; returns the copies kept.

    Whatever goes wrong on the way, or in `then`, puts every target back as it was.
    """
    new = {target: target.with_name(target.name + _NEW_SUFFIX) for _, target in changes}
    old: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for source, target in changes:
            _make_folder(target.parent)
            new[target].unlink(missing_ok=True)
            _copy(source, new[target], like=target if target.exists() else target.parent)
            if target.exists():
                kept = beside(target)
                old[target] = kept
                _copy(target, kept, like=target)
        for target, prepared in new.items():
            prepared.replace(target)
            done.append(target)
        then()
    except BaseException:
        for target in done:
            if target in old:
                old.pop(target).replace(target)
            else:
                target.unlink()
        for leftover in (*new.values(), *old.values()):
            leftover.unlink(missing_ok=True)
        raise
    return list(old.values())


@contextlib.contextmanager
def set_aside(folder: Path) -> Iterator[list[Path]]:
    """A folder is moved to where `beside` says for what takes its place in the block, and back if
    the block fails; yields the copies kept."""
    kept = [beside(folder)] if folder.exists() else []
    for place in kept:
        folder.rename(place)
    try:
        yield kept
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        for place in kept:
            place.rename(folder)
        raise


def _make_folder(folder: Path) -> None:
    """With the owner of the folder it is in, for the same reason as in `_copy`."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir()
    about = folder.parent.stat()
    with contextlib.suppress(PermissionError):
        os.chown(folder, about.st_uid, about.st_gid)


def _copy(source: Path, target: Path, *, like: Path) -> None:
    """With the owner of `like`, so that a restore by root leaves files the site can open."""
    with source.open("rb") as opened, private(target) as file:
        shutil.copyfileobj(opened, file, 1 << 20)
    about = like.stat()
    if like.is_file():
        target.chmod(about.st_mode & 0o777)
    with contextlib.suppress(PermissionError):
        os.chown(target, about.st_uid, about.st_gid)
