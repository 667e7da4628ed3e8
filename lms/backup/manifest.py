"""What a backup says about itself: its first entry, `manifest.json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lms.errors import DomainError

NAME = "manifest.json"
FORMAT = 1
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
# Of LMS_HOME, what nobody can make again: files by name, or folders with the folders in them.
KEPT = ("secret_key", "uploads")

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Part:
    sha256: str
    size: int  # bytes


@dataclass(frozen=True)
class Manifest:
    """`created_at` is UTC in ISO 8601; `heads` the schema's revision of the core and each plugin;
    `parts` are the files by their names in the archive."""

    version: str
    created_at: str
    database: str
    heads: Mapping[str, str]
    parts: Mapping[str, Part]
    format: int = FORMAT

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()

    @property
    def database_part(self) -> str:
        return DATABASES[self.database]


def read(text: bytes) -> Manifest:
    """DomainError for anything that is not a manifest of a format known here."""
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise DomainError("The backup was made by a newer version of the system.")
        found = Manifest(
            version=str(raw["version"]),
            created_at=str(raw["created_at"]),
            database=str(raw["database"]),
            heads={str(name): str(head) for name, head in raw["heads"].items()},
            parts={name: _part(name, part) for name, part in raw["parts"].items()},
        )
        if found.database_part not in found.parts:
            raise ValueError("the database is not among the parts")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DomainError("The list of contents of the backup is damaged.") from None
    return found


def _part(name: str, raw: Any) -> Part:
    """A name leads to the database or into LMS_HOME to something that is kept, nowhere else."""
    first, *rest = name.split("/")
    if first == "home" and rest:
        is_known = rest[0] in KEPT and not {"", ".", ".."}.intersection(rest)
    else:
        is_known = name in DATABASES.values()
    is_sound = _SHA256.fullmatch(raw["sha256"]) and type(raw["size"]) is int and raw["size"] >= 0
    if not (is_known and is_sound) or "\\" in name or "\0" in name:
        raise ValueError(name)
    return Part(raw["sha256"], raw["size"])
