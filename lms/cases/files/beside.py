"""Pictures beside the files of cases: named in front of a file, lying in a folder next to it."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple, Protocol
from zlib import error as ZlibError

from lms.cases.pictures.attaching import LONGEST_ALT, MOST
from lms.courses.content_entry import Entry
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.uploads.kinds import HEAD_BYTES, Family
from lms.uploads.policy import MB, limits
from lms.uploads.services import check_kind, check_picture

# What a damaged ZIP raises, by how it was packed: OSError is BZIP2's.
DAMAGED = (
    zipfile.BadZipFile, ZlibError, LZMAError, OSError, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip
# Unpacked, of one ZIP: a bomb is refused long before.
MOST_UNPACKED_MB = 500
_CHUNK = 1 << 20

Opener = Callable[[], IO[bytes]]


class Link(NamedTuple):
    """What a case's file says of a picture; `file` relative to it."""

    entry: Entry
    file: str
    alt: Localized


class FilePicture(NamedTuple):
    """A picture that was found and checked; `open` reads it once more."""

    file: str
    alt: Localized
    sha256: str
    open: Opener


def links(name: str, raw: Mapping[str, Any]) -> list[Link] | None:
    """`pictures` of a file; None where it says nothing of them. Refused names the place."""
    if "pictures" not in raw or raw["pictures"] == []:
        return [] if "pictures" in raw else None
    found = [_link(entry) for entry in Entry(name, raw).entries("pictures")]
    if len(found) > MOST:
        why = DomainError("A case holds %(most)s pictures.", most=MOST)
        raise Entry(name, raw).refuse("pictures", why)
    return found


def _link(entry: Entry) -> Link:
    entry.only("file", "zh", "en")
    file = entry.word("file")
    path = PurePosixPath(file)
    hidden = any(part.startswith(".") for part in path.parts)
    if path.is_absolute() or hidden or any(sign in file for sign in "\\:\0"):
        raise entry.refuse("file", "A picture lies in the folder of its case or below it.")
    alt = Localized(*(side.strip() for side in entry.some().values()))
    if "\0" in alt.zh + alt.en:
        raise entry.refuse("zh", "This holds a sign that no text has.")
    if max(len(alt.zh), len(alt.en)) > LONGEST_ALT:
        raise entry.refuse("zh", "At most %(count)s characters.", count=LONGEST_ALT)
    return Link(entry, path.as_posix(), alt)


class Place(Protocol):
    """Where the files lie."""

    def find(self, file: str) -> Opener | None: ...
    def spend(self, size: int) -> None: ...


class InFolder(NamedTuple):
    folder: Path

    def find(self, file: str) -> Opener | None:
        """Not what a link in the folder leads out of it to."""
        path = (self.folder / file).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            return None
        return lambda: path.open("rb")

    def spend(self, size: int) -> None:
        """A disk may hold what it holds."""


class Archive:
    """A ZIP whose pictures are read where they are named, and never more than is allowed."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name
        self._left = MOST_UNPACKED_MB * MB
        self._known = {one.filename.replace("\\", "/"): one for one in archive.infolist()}

    def beside(self, member: str) -> "InZip":
        return InZip(self, PurePosixPath(member.replace("\\", "/")).parent)

    def find(self, path: str) -> Opener | None:
        member = self._known.get(path)
        return None if member is None else lambda: self.archive.open(member)

    def spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise DomainError("%(file)s unpacks to more than is allowed.", file=self.name)


class InZip(NamedTuple):
    archive: Archive
    folder: PurePosixPath

    def find(self, file: str) -> Opener | None:
        return self.archive.find((self.folder / file).as_posix())

    def spend(self, size: int) -> None:
        self.archive.spend(size)


def look_at(session: Session, named: Sequence[Link], place: Place) -> list[FilePicture]:
    """Each there, a picture by what is in it, and no larger than the policy allows."""
    limit = limits(session)[Family.IMAGE]
    return [_look_at(link, place, limit) for link in named]


def _look_at(link: Link, place: Place, limit: int) -> FilePicture:
    opened = place.find(link.file)
    if opened is None:
        raise link.entry.refuse("file", "There is no file %(name)s.", name=link.file)
    try:
        with opened() as file:
            sha256 = _checked(file, PurePosixPath(link.file).name, place, limit)
    except DAMAGED as error:
        why = DomainError("%(file)s cannot be unpacked.", file=link.file)
        raise link.entry.refuse("file", why) from error
    except DomainError as error:
        raise link.entry.refuse("file", error) from error
    return FilePicture(link.file, link.alt, sha256, opened)


def _checked(file: IO[bytes], name: str, place: Place, limit: int) -> str:
    """Its hash. What a ZIP says of a size is not believed."""
    chunk = file.read(HEAD_BYTES)
    kind = check_kind(chunk, name, (Family.IMAGE,))
    digest, size = hashlib.sha256(), 0
    while chunk:
        digest.update(chunk)
        size += len(chunk)
        if size > limit * MB:
            raise DomainError("%(name)s is larger than %(limit)s MB.", name=name, limit=limit)
        place.spend(len(chunk))
        chunk = file.read(_CHUNK)
    check_picture(kind, file, name)
    return digest.hexdigest()
