"""Content as folders of files; each kind of document has its loader (core or plugin)."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lms.db import Localized, Session
from lms.errors import DomainError
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import ContentLoader


def starter_content() -> Path:
    return Path(__file__).parent / "content"


def _loaders() -> list[ContentLoader]:
    from lms.cases.registry import CONTENT_LOADERS as CASES
    from lms.courses.registry import CONTENT_LOADERS as COURSES

    found = [*CASES, *COURSES, *plugins().registered(hookspecs.lms_content_loaders)]
    return sorted(found, key=lambda loader: loader.order)


def load_content(session: Session, folder: Path, now: datetime) -> int:
    """Run every loader whose subfolder is there, in order; returns how many documents changed."""
    changed = 0
    for loader in _loaders():
        if (folder / loader.folder).is_dir():
            changed += loader.load(session, folder / loader.folder, now)
            session.flush()
    return changed


def export_content(session: Session, folder: Path) -> int:
    """Write all content in the form that is loaded; returns how many documents.

    DomainError if the folder holds something: what is left of an older export would be loaded too.
    """
    with into_new(folder) as made:
        return sum(
            loader.dump(session, made / loader.folder)
            for loader in _loaders()
            if loader.dump is not None
        )


@contextmanager
def into_new(folder: Path) -> Iterator[Path]:
    """A folder to write into, whose contents move to the new or empty `folder` at the end."""
    if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
        raise DomainError("%(folder)s is not empty.", folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".lms-export-", dir=folder) as made:
        yield Path(made)
        for path in Path(made).iterdir():
            path.rename(folder / path.name)


def documents(folder: Path, pattern: str = "*.yaml") -> Iterator[tuple[Path, dict[str, Any]]]:
    """The YAML mappings of a folder by path; DomainError names a file that is not one."""
    import yaml

    # libyaml where it is built in: six times as fast, the same safe subset.
    safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(folder.glob(pattern)):
        name = f"{path.parent.name}/{path.name}"  # many are called programme.yaml
        try:
            document = yaml.load(path.read_text("utf-8"), Loader=safe)  # noqa: S506
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise DomainError("%(file)s cannot be read: %(why)s", file=name, why=error) from None
        if not isinstance(document, dict):
            raise DomainError("%(file)s does not hold a mapping.", file=name)
        yield path, document


def write_document(folder: Path, key: str, document: Mapping[str, Any]) -> None:
    """Write `<key>.yaml`, read again by `documents`. A key with other signs gets another name."""
    from lms.content_yaml import as_yaml

    name = re.sub(r"[^\w.-]+", "-", key).strip("-.") or "document"
    path, number = folder / f"{name}.yaml", 2
    while path.exists():
        path = folder / f"{name}-{number}.yaml"
        number += 1
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(as_yaml(document), "utf-8", newline="\n")


def sides(text: Localized | Mapping[str, str]) -> dict[str, str]:
    """A text for a document: the languages in which there is one."""
    found = text if isinstance(text, Localized) else Localized.of(text)
    return {side: value for side in ("zh", "en") if (value := getattr(found, side))}
