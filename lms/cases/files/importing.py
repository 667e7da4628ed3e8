"""Cases from a file on screen: read, shown, and taken once, as drafts for review."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.cases import authoring
from lms.cases.content import CaseContent, Line, of
from lms.cases.files import folders, sheets
from lms.cases.files.models import CaseImport
from lms.cases.files.reading import Misread
from lms.cases.models import OPEN_STATES, Case, CaseState, CaseVersion
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound


def prepare(
    session: Session, body: bytes, filename: str, *, actor: Actor, now: datetime
) -> CaseImport:
    """A ZIP of Markdown files, or an Excel or CSV table. Nothing enters the library yet.

    DomainError if it is neither, or cannot be read.
    """
    is_zip = body.startswith(b"PK") and not _is_workbook(body)
    content = _of_zip(session, body, filename) if is_zip else _of_sheet(session, body, filename)
    kept = CaseImport(
        filename=filename[:200], content=content, created_by_id=actor.person_id, created_at=now
    )
    session.add(kept)
    session.flush()
    return kept


def _is_workbook(body: bytes) -> bool:
    return b"xl/workbook" in body


def _of_zip(session: Session, body: bytes, filename: str) -> dict[str, Any]:
    found, content = folders.read_zip(body, filename), _nothing()
    for case in found.cases:
        _sort_in(session, content, case.key, case.file, case.content)
    for problem in found.problems:
        if isinstance(problem, Misread):
            place = f"{problem.params['file']}:{problem.line}"
            _refuse(content, place, problem.place, problem.why)
        else:
            _refuse(content, "", "", problem)
    return content


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
    session: Session, content: dict[str, Any], key: str, place: str, new: CaseContent
) -> None:
    """New, changed, the same, or refused because somebody is at it."""
    try:
        case = _standing(session, key, new)
    except Conflict as error:
        _refuse(content, place, new.title.pick("zh"), error)
        return
    if case == "same":
        content["same"] += 1
        return
    row = {**new.columns(), **{n: _plain(getattr(new, n)) for n in _TEXTS}}
    content["cases"].append({"key": key, "place": place, "is_new": case == "new", "case": row})


_TEXTS = ("title", "category", "scenario", "result", "lessons")


def _plain(text: Localized) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _standing(session: Session, key: str, new: CaseContent) -> str:
    """`new`, `changed` or `same`; Conflict if the case is archived or somebody writes in it."""
    rows = session.scalars(
        select(CaseVersion)
        .join(Case)
        .where(Case.key == key, CaseVersion.state != CaseState.SUPERSEDED)
    ).all()
    if any(of(version).says_the_same(new) for version in rows):
        return "same"
    if any(version.state == CaseState.ARCHIVED for version in rows):
        raise Conflict("This case is archived. Restore it before you change it.")
    if any(version.state in OPEN_STATES for version in rows):
        raise Conflict("There is a draft of this case already. Finish it first.")
    return "changed" if rows else "new"


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
    made = sum(_draft(session, row, actor, now) for row in kept.content["cases"])
    kept.taken_at = now
    audit.record(
        session, actor, "case.import", ("case_import", kept.id), now=now, file=kept.filename,
        drafts=made,
    )  # fmt: skip
    return made


def _draft(session: Session, row: Mapping[str, Any], actor: Actor, now: datetime) -> int:
    new = content_of(row["case"])
    standing = _standing(session, row["key"], new)
    if standing == "same":
        return 0
    if standing == "new":
        authoring.create_case(session, new, key=row["key"], actor=actor, now=now)
        return 1
    case_id = session.scalars(select(Case.id).where(Case.key == row["key"])).one()
    draft = authoring.new_draft(session, case_id, actor=actor, now=now)
    authoring.save_draft(session, draft.id, new, edit_count=draft.edit_count, actor=actor)
    return 1


def content_of(row: Mapping[str, Any]) -> CaseContent:
    """The content again from a stored import."""
    texts = {name: Localized.of(row[name]) for name in _TEXTS}
    lines = [Line(**line) for line in row["dialogue"]]
    steps = [Localized.of(step) for step in row["handling"]]
    return CaseContent(**{**row, **texts, "dialogue": lines, "handling": steps})
