"""Cases in a folder, and in a ZIP of such files, read without writing anything to the disk."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from lms.cases.content import CaseContent, check_sizes
from lms.cases.files import beside, reading
from lms.cases.files.beside import Archive, FilePicture, InFolder, Link, Place
from lms.cases.loading import read_case
from lms.content_files import documents
from lms.db import Session
from lms.errors import DomainError

MOST_FILES, MOST_BYTES, MOST_IN_ALL = 2000, 1024 * 1024, 64 * 1024 * 1024
MOST_PROBLEMS = 50

Read = tuple[str, CaseContent, list[Link] | None]


class FileCase(NamedTuple):
    """A case as a file has it; `file` is its name. `pictures` None: it says nothing of them."""

    file: str
    key: str
    content: CaseContent
    pictures: Sequence[FilePicture] | None = None


@dataclass
class Found:
    session: Session
    cases: list[FileCase] = field(default_factory=list)
    problems: list[DomainError] = field(default_factory=list)

    def add(self, file: str, place: Place, read: Callable[[], Read]) -> None:
        try:
            key, content, named = read()
            _check(file, content)
            other = next((case.file for case in self.cases if case.key == key), None)
            if other is not None:
                raise DomainError(
                    "%(file)s: the key %(key)s stands in %(other)s too.",
                    file=file, key=key, other=other,
                )  # fmt: skip
            pictures = None if named is None else beside.look_at(self.session, named, place)
        except DomainError as error:
            self.problems.append(error)
        else:
            self.cases.append(FileCase(file, key, content, pictures))

    def refuse_problems(self) -> None:
        """DomainError with all that is wrong, a line each."""
        if len(self.problems) == 1:
            raise self.problems[0]
        if self.problems:
            said = "\n".join(map(str, self.problems[:MOST_PROBLEMS]))
            raise DomainError("%(problems)s", problems=said)


def _check(file: str, content: CaseContent) -> None:
    try:
        check_sizes(content)
    except DomainError as error:
        raise DomainError(
            "%(file)s, %(place)s: %(why)s", file=file, place=error.field, why=str(error)
        ) from error


def read_folder(session: Session, folder: Path) -> Found:
    """Its YAML and Markdown files by name, and the pictures they name; a README is none of them."""
    found, place = Found(session), InFolder(folder)
    for path, raw in documents(folder):
        found.add(path.name, place, lambda path=path, raw=raw: _of_yaml(path, raw))  # type: ignore[misc]
    for path in sorted(folder.glob("*.md")):
        if not _is_readme(path.name):
            body = path.read_bytes()
            found.add(path.name, place, lambda path=path, body=body: reading.read(path.name, body))  # type: ignore[misc]
    return found


def _of_yaml(path: Path, raw: Mapping[str, Any]) -> Read:
    return (*read_case(path, raw), beside.links(path.name, raw))


def read_zip(session: Session, body: bytes, name: str) -> Found:
    """The Markdown files of a ZIP, in whatever folder they lie there, and the pictures they name;
    other files are left alone.

    DomainError if it cannot be read, holds none, or would unpack to more than is allowed.
    """
    found = Found(session)
    try:
        archive = Archive(zipfile.ZipFile(BytesIO(body)), name)
        members = list(_members(archive.archive, name))
    except beside.DAMAGED as error:
        raise DomainError("%(file)s cannot be unpacked.", file=name) from error
    for path, text in members:
        file = PurePosixPath(path).name
        found.add(file, archive.beside(path), lambda file=file, text=text: reading.read(file, text))  # type: ignore[misc]
    if not found.cases and not found.problems:
        raise DomainError("There are no Markdown files (.md) in %(file)s.", file=name)
    return found


def _members(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, bytes]]:
    wanted = [info for info in archive.infolist() if _is_case(info.filename)]
    if len(wanted) > MOST_FILES:
        raise DomainError("%(file)s holds more than %(most)s files.", file=name, most=MOST_FILES)
    left = MOST_IN_ALL
    for info in wanted:
        with archive.open(info) as member:
            # What it says of its own size is not believed.
            text = member.read(min(MOST_BYTES, left) + 1)
        left -= len(text)
        if len(text) > MOST_BYTES or left < 0:
            raise DomainError("%(file)s unpacks to more than is allowed.", file=name)
        yield info.filename, text


def _is_case(path: str) -> bool:
    parts: Sequence[str] = PurePosixPath(path.replace("\\", "/")).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts if part != "..")
    return bool(parts) and parts[-1].endswith(".md") and not hidden and not _is_readme(parts[-1])


def _is_readme(name: str) -> bool:
    return name.lower().startswith("readme")
