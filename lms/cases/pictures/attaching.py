"""Pictures put into a draft, described, and taken out of it again.

Each moves the draft's `edit_count`: a reviewer publishes the pictures that they saw.
"""

from datetime import datetime
from typing import IO

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.cases import authoring
from lms.cases.models import CasePicture, CaseState, CaseVersion
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound
from lms.uploads import services
from lms.uploads.kinds import Family
from lms.uploads.models import Upload

MOST = 10
LONGEST_ALT = 300


def attach(
    session: Session,
    version_id: int,
    source: IO[bytes],
    name: str,
    alt: Localized,
    *,
    actor: Actor,
    now: datetime,
) -> CasePicture:
    """Check and keep a picture; the same one twice is there once, with the words given last.

    DomainError on `file` for what is no picture, on `alt_zh` without words for those who cannot
    see it.
    """
    version = _draft(session, version_id)
    alt = _checked(alt)
    present = _of(session, version_id)
    if len(present) >= MOST:
        raise DomainError("A case holds %(most)s pictures.", field="file", most=MOST)
    # Nobody's: it stays with the case when whoever sent it is gone.
    upload = services.keep(session, source, name, families=(Family.IMAGE,), owner_id=None, now=now)
    same = next((one for one in present if one.upload.sha256 == upload.sha256), None)
    if same is not None:
        session.delete(upload)
        same.alt = alt
        _touch(version, actor)
        return same
    picture = CasePicture(version_id=version_id, upload_id=upload.id, alt=alt)
    session.add(picture)
    session.flush()
    _touch(version, actor)
    audit.record(
        session, actor, "case.picture", ("case_version", version_id), now=now,
        picture=picture.id, sha256=upload.sha256,
    )  # fmt: skip
    return picture


def describe(
    session: Session, version_id: int, picture_id: int, alt: Localized, *, actor: Actor
) -> None:
    version, picture = _draft(session, version_id), _one(session, version_id, picture_id)
    alt = _checked(alt)
    if picture.alt != alt:
        picture.alt = alt
        _touch(version, actor)


def remove(
    session: Session, version_id: int, picture_id: int, *, actor: Actor, now: datetime
) -> None:
    """Out of this draft; the file goes once no version shows it."""
    version, picture = _draft(session, version_id), _one(session, version_id, picture_id)
    upload = picture.upload
    session.delete(picture)
    session.flush()
    _touch(version, actor)
    if session.scalar(select(CasePicture.id).where(CasePicture.upload_id == upload.id)) is None:
        services.forget(session, [upload], now)
    audit.record(
        session, actor, "case.picture_gone", ("case_version", version_id), now=now,
        picture=picture_id, sha256=upload.sha256,
    )  # fmt: skip


def _draft(session: Session, version_id: int) -> CaseVersion:
    version = authoring.version_of(session, version_id)
    if version.state != CaseState.DRAFT:
        raise Conflict("Pictures are changed in a draft. Begin one, or take it back from review.")
    return version


def _touch(version: CaseVersion, actor: Actor) -> None:
    version.edit_count += 1
    version.editor_ids = sorted({*version.editor_ids, actor.person_id})


def _checked(alt: Localized) -> Localized:
    sides = (side.replace("\0", "").strip()[:LONGEST_ALT] for side in (alt.zh, alt.en))
    cleaned = Localized(*sides)
    if not cleaned:
        raise DomainError(
            "Say in words what the picture shows, for those who cannot see it.", field="alt_zh"
        )
    return cleaned


def _of(session: Session, version_id: int) -> list[CasePicture]:
    wanted = select(CasePicture).join(Upload).where(CasePicture.version_id == version_id)
    return list(session.scalars(wanted))


def _one(session: Session, version_id: int, picture_id: int) -> CasePicture:
    found = session.get(CasePicture, picture_id)
    if found is None or found.version_id != version_id:
        raise NotFound("There is no such picture.")
    return found
