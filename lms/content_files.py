"""Loading folders of content files; each kind of document has its loader (core or plugin)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from lms.db import Session
from lms.errors import DomainError
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import ContentLoader


def starter_content() -> Path:
    return Path(__file__).parent / "content"


def load_content(session: Session, folder: Path, now: datetime) -> int:
    """Run every loader whose subfolder is there, in order; returns how many documents changed."""
    from lms.cases.registry import CONTENT_LOADERS as CASES
    from lms.courses.registry import CONTENT_LOADERS as COURSES

    loaders: list[ContentLoader] = [
        *CASES,
        *COURSES,
        *plugins().registered(hookspecs.lms_content_loaders),
    ]
    changed = 0
    for loader in sorted(loaders, key=lambda item: item.order):
        if (folder / loader.folder).is_dir():
            changed += loader.load(session, folder / loader.folder, now)
            session.flush()
    return changed


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
