"""The files that a lesson's text shows: `![what it is](file:name.png)`, beside it in the folder.

They become uploads of nobody; the step keeps by name what each was when it was loaded, so that
another picture under the same name makes another version of the programme.
"""

import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.courses.content_entry import Entry
from lms.db import Session
from lms.errors import DomainError
from lms.uploads import describing, services, store
from lms.uploads.kinds import Family
from lms.uploads.models import Upload

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def described(entry: Entry, folder: Path, body: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By name what `uploads.describing` says of each. DomainError names the file of content and the
    file it shows."""
    from lms.courses.markdown import files_in

    names = dict.fromkeys(name for text in body.values() for name in files_in(text))
    return {name: _described(entry, folder, name) for name in names}


def _described(entry: Entry, folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not _NAME.fullmatch(name):
        raise entry.refuse(
            "body", "%(name)s: a file’s name is letters, digits, - _ and a dot.", name=name
        )
    if not path.is_file() or path.is_symlink():
        raise entry.refuse("body", "%(name)s is not there.", name=name)
    with path.open("rb") as file:
        try:
            return describing.describe(file, name)
        except DomainError as error:
            raise entry.refuse("body", error) from None


def keep(session: Session, folder: Path, document: Mapping[str, Any], now: datetime) -> None:
    """Store the files of a programme that are not there yet."""
    wanted = {
        found["sha256"]: name
        for module in document["modules"]
        for step in module["steps"]
        for name, found in (step["config"].get("media") or {}).items()
        if step["kind"] == "lesson"
    }
    if not wanted:
        return
    rows = select(Upload.sha256).where(
        Upload.sha256.in_(wanted), Upload.person_id.is_(None), Upload.keeper == ""
    )
    there = {sha256 for sha256 in session.scalars(rows) if store.path_of(sha256).is_file()}
    for sha256, name in wanted.items():
        if sha256 not in there:
            _keep(session, folder / name, now)


def _keep(session: Session, path: Path, now: datetime) -> None:
    with path.open("rb") as file:
        try:
            services.keep(session, file, path.name, families=tuple(Family), owner_id=None, now=now)
        except DomainError as error:
            raise DomainError(
                "%(file)s, %(place)s: %(why)s", file=path.parent.name, place=path.name, why=error
            ) from None


def write(media: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """As they came, byte by byte."""
    for name, found in media.items():
        source = store.path_of(found["sha256"])
        if not source.is_file():
            raise DomainError("%(name)s is missing.", name=name)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
