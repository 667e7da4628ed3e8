"""The files: taken in, held while a question is saved, let go when none shows them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import IO, Any

from sqlalchemy import select

from lms.plugins.api import (
    DomainError,
    Session,
    Upload,
    describe_file,
    forget_uploads,
    keep_upload,
    upload_path,
)
from lms.plugins.exams.media.items import FAMILIES
from lms.plugins.exams.models import QuestionVersion

KEEPER = "exams"
# So long a file waits for the question, or the taking of an import, that it came for.
GRACE = timedelta(days=7)


def keep(session: Session, source: IO[bytes], name: str, now: datetime) -> dict[str, Any]:
    """Check and store a file and say what it is; the same one again is there once.

    DomainError on `file` for what is no picture and no recording, or too large.
    """
    upload = keep_upload(
        session, source, name, families=FAMILIES, owner_id=None, now=now, keeper=KEEPER
    )
    for older in kept(session, [upload.sha256]).values():
        if older.id != upload.id:
            session.delete(upload)
            older.uploaded_at = now
            upload = older
    return described(upload)


def described(upload: Upload) -> dict[str, Any]:
    """What an item says of its file; DomainError if that is not there any more."""
    path = upload_path(upload.sha256)
    if not path.is_file():
        raise _gone()
    with path.open("rb") as file:
        return describe_file(file, "", FAMILIES)


def kept(session: Session, hashes: Collection[str]) -> dict[str, Upload]:
    """By hash, held until the end of the transaction, so that none goes meanwhile."""
    rows = (
        select(Upload)
        .where(Upload.keeper == KEEPER, Upload.sha256.in_(hashes))
        .order_by(Upload.id.desc())
        .with_for_update()
    )
    return {row.sha256: row for row in session.scalars(rows)}


def shown(session: Session, sha256: str) -> Upload | None:
    """One of them, to be looked at."""
    rows = select(Upload).where(Upload.keeper == KEEPER, Upload.sha256 == sha256)
    return session.scalars(rows.limit(1)).first()


def hold(session: Session, hashes: Collection[str]) -> None:
    """Before a version is made that shows them; DomainError if one is gone."""
    if hashes and set(hashes) - set(kept(session, hashes)):
        raise _gone()


def _gone() -> DomainError:
    return DomainError(
        "A picture or recording was given too long ago and is gone. Give it again.", field="media"
    )


def sweep(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Let go of what was given and is in no version."""
    old = select(Upload).where(Upload.keeper == KEEPER, Upload.uploaded_at < now - GRACE)
    waiting = list(session.scalars(old.with_for_update()))  # first: a save under way ends before
    shown = select(QuestionVersion.media).where(QuestionVersion.media.is_not(None))
    wanted = {item["sha256"] for media in session.scalars(shown) for item in media or ()}
    forget_uploads(session, [upload for upload in waiting if upload.sha256 not in wanted], now)
