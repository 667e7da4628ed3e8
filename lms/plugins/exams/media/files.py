"""The files that a bank's content file names under `media`; they lie beside it."""

import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.plugins.api import (
    FILE_KINDS,
    DomainError,
    Session,
    Upload,
    describe_file,
    upload_path,
)
from lms.plugins.exams.media import keeping
from lms.plugins.exams.media.items import FAMILIES
from lms.plugins.exams.wording import wrong

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def with_files(
    session: Session, entry: Mapping[str, Any], folder: Path, where: str, now: datetime
) -> Mapping[str, Any]:
    """The entry with what is said of each file in its place; stores those that are not here yet."""
    media = entry.get("media")
    if not media:
        return entry
    if not isinstance(media, list) or not all(isinstance(item, dict) for item in media):
        raise wrong(where, "media")
    return {**entry, "media": [_with_file(session, item, folder, where, now) for item in media]}


def _with_file(
    session: Session, item: Mapping[str, Any], folder: Path, where: str, now: datetime
) -> dict[str, Any]:
    name = str(item.get("file", ""))
    path = folder / name
    if not _NAME.fullmatch(name) or not path.is_file() or path.is_symlink():
        raise DomainError("%(file)s: %(name)s is not there.", file=where, name=name)
    try:
        with path.open("rb") as file:
            found = describe_file(file, name, FAMILIES)
            known = keeping.kept(session, [found["sha256"]])
            if not known or not upload_path(found["sha256"]).is_file():
                file.seek(0)
                keeping.keep(session, file, name, now)
    except DomainError as error:
        raise DomainError("%(file)s: %(why)s", file=where, why=error) from None
    return {**found, **{key: value for key, value in item.items() if key != "file"}}


class Writing:
    """The files of all banks go into one folder, so each has a name of its own."""

    def __init__(self, session: Session, folder: Path) -> None:
        self._folder = folder
        rows = session.execute(
            select(Upload.sha256, Upload.name)
            .where(Upload.keeper == keeping.KEEPER)
            .order_by(Upload.id.desc())
        )
        self._called = {sha256: name for sha256, name in rows}
        self._names: dict[str, str] = {}

    def without_files(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The entry as a content file has it, its files written beside that."""
        if "media" not in entry:
            return entry
        return {**entry, "media": [self._written(item) for item in entry["media"]]}

    def _written(self, item: Mapping[str, Any]) -> dict[str, Any]:
        sha256 = item["sha256"]
        if sha256 not in self._names:
            name = _free(self._called.get(sha256, ""), item["kind"], self._names.values())
            source = upload_path(sha256)
            if not source.is_file():
                raise DomainError("%(name)s is missing.", name=name)
            self._folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self._folder / name)
            self._names[sha256] = name
        kept = {name: item[name] for name in ("option", "alt") if name in item}
        return {"file": self._names[sha256], **kept}


def _free(called: str, kind: str, taken: Iterable[str]) -> str:
    suffixes = FILE_KINDS[kind].suffixes
    stem, _dot, suffix = called.rpartition(".")
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-_")[:50] or "media"
    suffix = suffix if suffix in suffixes else suffixes[0]
    name, number = f"{stem}.{suffix}", 2
    while name in taken:
        name, number = f"{stem}-{number}.{suffix}", number + 1
    return name
