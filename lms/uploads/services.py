"""Taking files in, and letting them go."""

import shutil
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from lms import jobs
from lms.db import Session
from lms.errors import DomainError
from lms.uploads import images, store
from lms.uploads.kinds import HEAD_BYTES, KINDS, Family, Kind, recognise
from lms.uploads.models import Upload
from lms.uploads.policy import MB, limits

_CHUNK = 1 << 20
_LONGEST_NAME = 150
# Nobody's file waits so long before it goes: an upload under way has no row yet.
GRACE = timedelta(hours=1)


def keep(
    session: Session,
    source: IO[bytes],
    name: str,
    *,
    families: Collection[Family],
    owner_id: int | None,
    now: datetime,
    keeper: str = "",
) -> Upload:
    """Check and store a file; its row becomes visible with the caller's commit.

    DomainError on the field `file`, and nothing is left on the disk, for a file that is empty,
    too large, damaged, of a kind not among the `families`, or of another kind than its name says.
    """
    name = clean_name(name)
    head = source.read(HEAD_BYTES)
    kind = check_kind(head, name, families)
    limit = limits(session)[kind.family]
    with store.incoming() as file:
        chunk = head
        while chunk:
            file.write(chunk)
            if file.size > limit * MB:
                raise DomainError(
                    "%(name)s is larger than %(limit)s MB.", field="file", name=name, limit=limit
                )
            chunk = source.read(_CHUNK)
        if kind.family is Family.IMAGE:
            check_picture(kind, file.file, name)
        sha256, size = file.put_in_place(), file.size
    upload = Upload(
        person_id=owner_id, kind=kind.code, size=size, sha256=sha256, name=name, uploaded_at=now,
        keeper=keeper,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    return upload


def clean_name(name: str) -> str:
    """What the sender calls it, without folders and signs that are not seen."""
    name = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    stem, dot, suffix = (seen or "file").rpartition(".")
    if len(seen) <= _LONGEST_NAME or not dot:
        return (seen or "file")[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"[:_LONGEST_NAME]


def check_kind(head: bytes, name: str, families: Collection[Family]) -> Kind:
    """What a file that begins so is; DomainError if that is not taken, or not what its name says.

    A name without a suffix says nothing.
    """
    if not head:
        raise DomainError("%(file)s is empty.", field="file", file=name)
    kind = recognise(head)
    if kind is None or kind.family not in families:
        taken = ", ".join(known.label for known in KINDS.values() if known.family in families)
        raise DomainError(
            "%(name)s is no file of these kinds: %(kinds)s.", field="file", name=name, kinds=taken
        )
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix and suffix not in kind.suffixes:
        raise DomainError(
            "%(name)s is not what its name says: what is in it is %(kind)s.",
            field="file",
            name=name,
            kind=kind.label,
        )
    return kind


def check_picture(kind: Kind, file: IO[bytes], name: str) -> None:
    """DomainError for a picture without a size, or of more pixels than a browser should unpack."""
    found = images.dimensions(kind.code, file)
    if found is None:
        raise DomainError(
            "%(name)s is damaged: no size can be read from it.", field="file", name=name
        )
    if images.is_too_large(*found):
        raise DomainError(
            "%(name)s has %(width)s × %(height)s pixels, which is too many. Make it smaller first.",
            field="file",
            name=name,
            width=found[0],
            height=found[1],
        )


def forget(session: Session, uploads: Iterable[Upload], now: datetime) -> None:
    """Remove the rows; a file that is then in nobody's row goes with the next sweep."""
    gone = list(uploads)
    for upload in gone:
        session.delete(upload)
    if gone:
        jobs.enqueue(session, "uploads.sweep", {}, due_at=now + GRACE)


def forget_person(session: Session, person_id: int, now: datetime) -> None:
    """All that this person has ever sent in."""
    forget(session, session.scalars(select(Upload).where(Upload.person_id == person_id)), now)


def copy_of_person(session: Session, person_id: int, folder: Path) -> int:
    """Copy all that this person has sent in to a new folder, as `<id>-<name>`; returns how many."""
    if folder.exists():
        raise DomainError("%(file)s is there already.", file=folder)
    folder.mkdir(parents=True)
    mine = session.scalars(select(Upload).where(Upload.person_id == person_id)).all()
    for upload in mine:
        name = upload.name.replace("/", "-")
        shutil.copyfile(store.path_of(upload.sha256), folder / f"{upload.id}-{name}")
    return len(mine)


def sweep(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remove the files that are in nobody's row: half-written, given up, or let go."""
    wanted = set(session.scalars(select(Upload.sha256).distinct()))
    store.remove_others(wanted, (now - GRACE).timestamp())


def lacking(session: Session) -> list[str]:
    """The names of uploads whose file is not there (a disk lost, a backup put back in part)."""
    rows = session.execute(select(Upload.sha256, Upload.name).order_by(Upload.id))
    return [name for sha256, name in rows if not store.path_of(sha256).is_file()]
