"""The published cases out of the library: Markdown files, and their pictures beside them."""

import shutil
import zipfile
from pathlib import Path
from typing import IO

from lms.cases.dumping import (
    case_document,
    pictures_of,
    published_cases,
    stored,
    write_pictures,
)
from lms.cases.files.writing import as_markdown
from lms.cases.models import CaseVersion
from lms.db import Session

# The same site gives the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)


def write_folder(session: Session, folder: Path) -> tuple[int, int]:
    """A Markdown file for each published case; returns how many, and how many pictures."""
    cases = published_cases(session)
    pictures = 0
    for version in cases:
        (folder / _name(version)).write_text(_text(version), "utf-8", newline="\n")
        pictures += write_pictures(folder, version)
    return len(cases), pictures


def write_zip(session: Session, into: IO[bytes]) -> None:
    """The same files as a ZIP; pictures hardly get smaller by packing."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for version in published_cases(session):
            name = zipfile.ZipInfo(_name(version), _STAMP)
            archive.writestr(name, _text(version), zipfile.ZIP_DEFLATED)
            for file, picture in pictures_of(version):
                with (
                    stored(version, picture).open("rb") as source,
                    archive.open(zipfile.ZipInfo(file, _STAMP), "w") as member,
                ):
                    shutil.copyfileobj(source, member)


def _name(version: CaseVersion) -> str:
    return f"{version.case.key}.md"


def _text(version: CaseVersion) -> str:
    return as_markdown(case_document(version))
