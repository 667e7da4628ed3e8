"""The pictures that a file gives to a version, in place of those it began with."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import IO, Protocol

from sqlalchemy import delete, select

from lms.cases.models import CasePicture, CaseVersion
from lms.db import Localized, Session
from lms.uploads import services
from lms.uploads.kinds import Family
from lms.uploads.models import Upload


class Given(Protocol):
    @property
    def alt(self) -> Localized: ...
    @property
    def sha256(self) -> str: ...


class GivenFile(Given, Protocol):
    """`open`: its bytes, which were looked at already."""

    @property
    def file(self) -> str: ...
    @property
    def open(self) -> Callable[[], IO[bytes]]: ...


def are_those(session: Session, version: CaseVersion, given: Iterable[Given]) -> bool:
    """Whether the version shows just these, in this order and with these words."""
    wanted = (
        select(Upload.sha256, CasePicture.alt)
        .join(CasePicture, CasePicture.upload_id == Upload.id)
        .where(CasePicture.version_id == version.id)
        .order_by(CasePicture.id)
    )
    shown = [(sha256, alt) for sha256, alt in session.execute(wanted)]
    return shown == [(one.sha256, one.alt) for one in given]


def keep(session: Session, one: GivenFile, now: datetime, owner_id: int | None = None) -> Upload:
    with one.open() as source:
        return services.keep(
            session, source, one.file, families=(Family.IMAGE,), owner_id=owner_id, now=now
        )


def put(session: Session, version: CaseVersion, given: Sequence[GivenFile], now: datetime) -> None:
    """Exactly these, in a version that was just made: what it shows yet is the published one's."""
    uploads = of_case(session, version.case_id)
    for one in given:
        if one.sha256 not in uploads:
            uploads[one.sha256] = keep(session, one, now)
    show(session, version, [(uploads[one.sha256], one.alt) for one in given])


def of_case(session: Session, case_id: int) -> dict[str, Upload]:
    """What its versions show, by content: they share a file."""
    found = (
        select(Upload)
        .join(CasePicture, CasePicture.upload_id == Upload.id)
        .join(CaseVersion, CaseVersion.id == CasePicture.version_id)
        .where(CaseVersion.case_id == case_id)
    )
    return {upload.sha256: upload for upload in session.scalars(found)}


def show(
    session: Session, version: CaseVersion, pictures: Iterable[tuple[Upload, Localized]]
) -> None:
    session.execute(delete(CasePicture).where(CasePicture.version_id == version.id))
    for upload, alt in pictures:
        session.add(CasePicture(version_id=version.id, upload_id=upload.id, alt=alt))
        session.flush()  # one by one: they are shown in the order of their numbers
    session.expire(version, ["pictures"])
