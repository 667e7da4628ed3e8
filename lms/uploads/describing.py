"""What is said of a file where it is shown: in a lesson, with a question."""

import hashlib
import os
from collections.abc import Collection
from io import BufferedReader, BytesIO
from typing import Any

from lms.uploads import images, lengths, services
from lms.uploads.kinds import HEAD_BYTES, Family


def describe(
    file: BufferedReader | BytesIO, name: str, families: Collection[Family] = tuple(Family)
) -> dict[str, Any]:
    """`sha256`, `kind`, `size` (bytes), and where known `width`, `height` (pixels) and `ms`
    (length). DomainError if it is not taken."""
    kind = services.check_kind(file.read(HEAD_BYTES), name, families)
    if kind.family is Family.IMAGE:
        services.check_picture(kind, file, name)
    found: dict[str, Any] = {"kind": kind.code, "size": file.seek(0, os.SEEK_END)}
    if kind.family is Family.IMAGE and (size := images.dimensions(kind.code, file)):
        found["width"], found["height"] = size
    if (length := lengths.milliseconds(kind.code, file)) is not None:
        found["ms"] = length
    file.seek(0)
    found["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
