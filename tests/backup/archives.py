"""Backups taken apart and put together otherwise, as an accident or an attacker would."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def contents(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {e.name: archive.extractfile(e).read() for e in archive if e.isreg()}  # type: ignore[union-attr]


def manifest(file: Path) -> dict[str, Any]:
    return json.loads(contents(file)["manifest.json"])


def rewritten(
    file: Path,
    change: Callable[[dict[str, Any]], object] = lambda manifest: None,
    parts: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
) -> None:
    """The same backup with a changed manifest, with other or more parts, and symbolic links."""
    found = {**contents(file), **(parts or {})}
    listed = json.loads(found["manifest.json"])
    change(listed)
    found["manifest.json"] = json.dumps(listed).encode()
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, text in found.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    file.write_bytes(gzip.compress(made.getvalue()))
