"""Cases from a file on screen: read, shown, and taken once, as drafts for review."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.cases import authoring
from lms.cases.content import CaseContent, Line, of
from lms.cases.files import folders, sheets
from lms.cases.files.beside import FilePicture
from lms.cases.files.models import CaseImport
from lms.cases.files.reading import Misread
from lms.cases.models import OPEN_STATES, Case, CaseState, CaseVersion
from lms.cases.pictures import placing
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound
from lms.uploads import services as uploads
from lms.uploads.models import Upload

# What nobody has taken in so long is forgotten, with its pictures.
KEPT = timedelta(days=30)


def prepare(
    session: Session, body: bytes, filename: str, *, actor: Actor, now: datetime
) -> CaseImport:
    """A ZIP of Markdown files with their pictures, or an Excel or CSV table. Nothing enters the
    library yet.

    DomainError if it is neither, or cannot be read.
    """
    _forget_old(session, now)
    if body.startswith(b"PK") and not _is_workbook(body):
        content = _of_zip(session, body, filename, actor, now)
    else:
        content = _of_sheet(session, body, filename)
    kept = CaseImport(
        filename=filename[:200], content=content, created_by_id=actor.person_id, created_at=now
    )
    session.add(kept)
    session.flush()
    return kept


def _forget_old(session: Session, now: datetime) -> None:
    old = select(CaseImport).where(
        CaseImport.taken_at.is_(None), CaseImport.created_at < now - KEPT
    )
    for kept in session.scalars(old).all():
        waiting = _waiting(session, kept.created_by_id, kept.content["cases"])
        uploads.forget(session, waiting.values(), now)
        session.delete(kept)


def _is_workbook(body: bytes) -> bool:
    return b"xl/workbook" in body


def _of_zip(
    session: Session, body: bytes, filename: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    found, content = folders.read_zip(session, body, filename), _nothing()
    for case in found.cases:
        row = _sort_in(session, content, case.key, case.file, case.content, case.pictures)
        if row is not None and case.pictures is not None:
            row["pictures"] = [_waits(session, one, actor, now) for one in case.pictures]
    for problem in found.problems:
        if isinstance(problem, Misread):
            place = f"{problem.params['file']}:{problem.line}"
            _refuse(content, place, problem.place, problem.why)
        else:
            _refuse(content, "", "", problem)
    return content


def _waits(session: Session, one: FilePicture, actor: Actor, now: datetime) -> dict[str, Any]:
    """A picture is whoever's file it came in with, until its case is taken."""
    upload = placing.keep(session, one, now, owner_id=actor.person_id)
    return {"upload": upload.id, "sha256": upload.sha256, "zh": one.alt.zh, "en": one.alt.en}


def _of_sheet(session: Session, body: bytes, filename: str) -> dict[str, Any]:
    found, content = sheets.read(body, filename), _nothing()
    content["unknown"] = found.unknown
    for row in found.rows:
        if row.content is None:
            _refuse(content, str(row.row), row.title, *row.reasons)
        else:
            _sort_in(session, content, row.key, str(row.row), row.content)
    return content


def _nothing() -> dict[str, Any]:
    return {"cases": [], "same": 0, "refused": [], "unknown": []}


def _refuse(content: dict[str, Any], place: str, title: str, *reasons: DomainError) -> None:
    said = [{"message": r.message, "params": {k: str(v) for k, v in r.params.items()}}
            for r in reasons]  # fmt: skip
    content["refused"].append({"place": place, "title": title[:80], "reasons": said})


def _sort_in(
    session: Session,
    content: dict[str, Any],
    key: str,
    place: str,
    new: CaseContent,
    pictures: Sequence[FilePicture] | None = None,
) -> dict[str, Any] | None:
    """New, changed, the same, or refused because somebody is at it; the row of one to be taken."""
    try:
        case = _standing(session, key, new, pictures)
    except Conflict as error:
        _refuse(content, place, new.title.pick("zh"), error)
        return None
    if case == "same":
        content["same"] += 1
        return None
    texts = {**new.columns(), **{n: _plain(getattr(new, n)) for n in _TEXTS}}
    row = {"key": key, "place": place, "is_new": case == "new", "case": texts}
    content["cases"].append(row)
    return row


_TEXTS = ("title", "category", "scenario", "result", "lessons")


def _plain(text: Localized) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _standing(
    session: Session, key: str, new: CaseContent, pictures: Sequence[placing.Given] | None
) -> str:
    """`new`, `changed` or `same`; Conflict if the case is archived or somebody writes in it."""
    rows = session.scalars(
        select(CaseVersion)
        .join(Case)
        .where(Case.key == key, CaseVersion.state != CaseState.SUPERSEDED)
    ).all()
    if any(_is_same(session, version, new, pictures) for version in rows):
        return "same"
    if any(version.state == CaseState.ARCHIVED for version in rows):
        raise Conflict("This case is archived. Restore it before you change it.")
    if any(version.state in OPEN_STATES for version in rows):
        raise Conflict("There is a draft of this case already. Finish it first.")
    return "changed" if rows else "new"


def _is_same(
    session: Session,
    version: CaseVersion,
    new: CaseContent,
    pictures: Sequence[placing.Given] | None,
) -> bool:
    same = of(version).says_the_same(new)
    return same and (pictures is None or placing.are_those(session, version, pictures))


def take(
    session: Session, import_id: int, *, accept_valid: bool, actor: Actor, now: datetime
) -> int:
    """Make drafts of its cases; returns how many.

    Conflict the second time, and when somebody has begun on one of the cases since; DomainError
    with refused ones that were not accepted.
    """
    found = select(CaseImport).where(CaseImport.id == import_id).with_for_update()
    kept = session.scalar(found)
    if kept is None:
        raise NotFound("There is no such import.")
    if kept.taken_at is not None:
        raise Conflict("These cases have been imported already.")
    if kept.content["refused"] and not accept_valid:
        raise DomainError(
            "Some cases are refused. Tick the box to take the good ones.", field="accept_valid"
        )
    made = sum(_draft(session, kept, row, actor, now) for row in kept.content["cases"])
    kept.taken_at = now
    audit.record(
        session, actor, "case.import", ("case_import", kept.id), now=now, file=kept.filename,
        drafts=made,
    )  # fmt: skip
    return made


def _draft(
    session: Session, kept: CaseImport, row: Mapping[str, Any], actor: Actor, now: datetime
) -> int:
    owner_id = kept.created_by_id
    new, pictures = content_of(row["case"]), _pictures(session, owner_id, row)
    standing = _standing(session, row["key"], new, pictures)
    if standing == "same":
        uploads.forget(session, _waiting(session, owner_id, [row]).values(), now)
        return 0
    if standing == "new":
        draft = authoring.create_case(session, new, key=row["key"], actor=actor, now=now)
    else:
        case_id = session.scalars(select(Case.id).where(Case.key == row["key"])).one()
        draft = authoring.new_draft(session, case_id, actor=actor, now=now)
        authoring.save_draft(session, draft.id, new, edit_count=draft.edit_count, actor=actor)
    if pictures is not None:
        _put(session, draft, pictures, now)
    return 1


class _Waiting(NamedTuple):
    """A picture that came with the file, as its row keeps it."""

    upload: Upload
    alt: Localized

    @property
    def sha256(self) -> str:
        return self.upload.sha256


def _pictures(
    session: Session, owner_id: int | None, row: Mapping[str, Any]
) -> list[_Waiting] | None:
    if row.get("pictures") is None:
        return None
    there = _waiting(session, owner_id, [row])
    try:
        return [_Waiting(there[one["upload"]], Localized.of(one)) for one in row["pictures"]]
    except KeyError:
        raise Conflict("A picture of this import is gone. Import the file again.") from None


def _waiting(
    session: Session, owner_id: int | None, rows: Sequence[Mapping[str, Any]]
) -> dict[int, Upload]:
    """The number alone says nothing: SQLite gives that of an erased file to somebody else's."""
    kept = {one["upload"]: one.get("sha256") for row in rows for one in row.get("pictures") or ()}
    found = session.scalars(select(Upload).where(Upload.id.in_(kept), Upload.person_id == owner_id))
    return {upload.id: upload for upload in found if upload.sha256 == kept[upload.id]}


def _put(session: Session, draft: CaseVersion, given: Sequence[_Waiting], now: datetime) -> None:
    """The draft shows just these; they are the library's now, nobody's."""
    known = placing.of_case(session, draft.case_id)
    shown, spare = [], []
    for one in given:
        upload = known.setdefault(one.sha256, one.upload)
        shown.append((upload, one.alt))
        if upload is one.upload:
            upload.person_id = None
        else:
            spare.append(one.upload)
    placing.show(session, draft, shown)
    uploads.forget(session, spare, now)


def content_of(row: Mapping[str, Any]) -> CaseContent:
    """The content again from a stored import."""
    texts = {name: Localized.of(row[name]) for name in _TEXTS}
    lines = [Line(**line) for line in row["dialogue"]]
    steps = [Localized.of(step) for step in row["handling"]]
    return CaseContent(**{**row, **texts, "dialogue": lines, "handling": steps})
