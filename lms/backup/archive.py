"""The file itself: a gzipped tar whose first entry is the manifest."""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lms.backup import manifest
from lms.backup.files import private
from lms.backup.manifest import Manifest, Part
from lms.errors import DomainError

_CHUNK = 1 << 20
_LONGEST_MANIFEST = 1 << 26  # some 200 bytes for each file


def part_of(path: Path) -> Part:
    with path.open("rb") as file:
        return Part(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def write(target: IO[bytes], contents: Manifest, sources: Mapping[str, Path]) -> None:
    """`sources`: where each part of the manifest lies now."""
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        text = contents.as_bytes()
        archive.addfile(_entry(manifest.NAME, len(text)), io.BytesIO(text))
        for name, part in contents.parts.items():
            with sources[name].open("rb") as source:
                archive.addfile(_entry(name, part.size), source)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def unpack(file: Path, folder: Path) -> Manifest:
    """Unpack into an empty folder and compare all hashes; DomainError leaves nothing outside it.

    Entries are written by this function under the names the manifest may hold, so no name in the
    archive leads anywhere else, and no entry is longer than it says.
    """
    with _named(file), gzip.open(file) as packed:
        with tarfile.open(fileobj=packed, mode="r|") as archive:
            contents = _manifest(archive)
            missing = dict(contents.parts)
            while (entry := archive.next()) is not None:
                part = missing.pop(entry.name, None)
                if part is None or not entry.isreg():
                    raise DomainError("%(name)s does not belong there.", name=repr(entry.name))
                _extract(archive, entry, part, folder / entry.name)
        if missing:
            raise DomainError("%(name)s is missing.", name=", ".join(missing))
        while packed.read(_CHUNK):  # to the check sum at the very end
            pass
    return contents


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        raise DomainError("%(file)s cannot be used: %(why)s", file=file.name, why=error) from None
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DomainError(
            "%(file)s is damaged, cut off, or no backup (%(why)s).", file=file.name, why=error
        ) from None


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if (
        first is None
        or first.name != manifest.NAME
        or not first.isreg()
        or first.size > _LONGEST_MANIFEST
    ):
        raise DomainError("This is not a backup of this system.")
    source = archive.extractfile(first)
    return manifest.read(source.read() if source else b"")


def _extract(archive: tarfile.TarFile, entry: tarfile.TarInfo, part: Part, target: Path) -> None:
    source, digest = archive.extractfile(entry), hashlib.sha256()
    if source is None or entry.size != part.size:
        raise DomainError("%(name)s is not what it was when the backup was made.", name=entry.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with private(target) as file:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != part.sha256:
        raise DomainError("%(name)s is not what it was when the backup was made.", name=entry.name)
