"""The programmes there are, with their versions, drafts, and how many people are on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import joinedload

from lms.courses import queries
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.models import (
    Enrolment,
    EnrolmentStatus,
    Module,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Step,
)
from lms.db import Localized, Session


class Line(NamedTuple):
    """A programme by its latest version, or a draft of one that is not published yet (number 0).

    `learning`: how many are under way, in whichever version.
    """

    programme_id: int | None
    kind: str
    title: Localized
    number: int
    steps: int
    learning: int
    changed_at: datetime
    draft: ProgrammeDraft | None


class VersionLine(NamedTuple):
    number: int
    published_at: datetime
    learning: int
    completed: int


def lines(session: Session, kind: str = "", text: str = "") -> list[Line]:
    """Last changed first; three queries."""
    counted = session.execute(
        select(Module.version_id, func.count(Step.id)).join(Step).group_by(Module.version_id)
    )
    steps = {version_id: count for version_id, count in counted}
    learning = (
        select(func.count(Enrolment.id))
        .where(Enrolment.programme_id == Programme.id, Enrolment.status == EnrolmentStatus.ACTIVE)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Programme.id,
            Programme.kind,
            ProgrammeVersion.id,
            ProgrammeVersion.title,
            ProgrammeVersion.number,
            ProgrammeVersion.created_at,
            learning,
        )
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(queries.is_latest(), Programme.kind != ProgrammeKind.DELTA)
    )
    drafts = session.scalars(select(ProgrammeDraft).options(joinedload(ProgrammeDraft.editor)))
    waiting = {draft.programme_id or -draft.id: draft for draft in drafts}
    found = []
    for programme_id, of_kind, version_id, title, number, published_at, people in rows:
        draft = waiting.pop(programme_id, None)
        changed_at = max(published_at, draft.updated_at) if draft else published_at
        count = steps.get(version_id, 0)
        found.append(Line(programme_id, of_kind, title, number, count, people, changed_at, draft))
    found += [_new(draft) for draft in waiting.values()]
    wanted = [line for line in found if _fits(line, kind, text.strip().casefold())]
    return sorted(wanted, key=lambda line: line.changed_at, reverse=True)


def _new(draft: ProgrammeDraft) -> Line:
    document = draft.document
    count = sum(len(module.get("steps") or ()) for module in document.get("modules") or ())
    title = Localized.of(document.get("title"))
    return Line(None, document.get("kind", ""), title, 0, count, 0, draft.updated_at, draft)


def _fits(line: Line, kind: str, text: str) -> bool:
    is_named = text in line.title.zh.casefold() or text in line.title.en.casefold()
    return (not kind or line.kind == kind) and is_named


def versions(session: Session, programme_id: int) -> Sequence[VersionLine]:
    """All versions of a programme, newest first, with the people on each; one query."""

    def counted(status: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((Enrolment.status == status, 1), else_=0)), 0)

    rows = session.execute(
        select(
            ProgrammeVersion.number,
            ProgrammeVersion.created_at,
            counted(EnrolmentStatus.ACTIVE),
            counted(EnrolmentStatus.COMPLETED),
        )
        .outerjoin(Enrolment, Enrolment.version_id == ProgrammeVersion.id)
        .where(ProgrammeVersion.programme_id == programme_id)
        .group_by(ProgrammeVersion.id)
        .order_by(ProgrammeVersion.number.desc())
    )
    return [VersionLine(*row) for row in rows]


def titles(session: Session) -> dict[str, Localized]:
    """Every published programme by key."""
    rows = session.execute(
        select(Programme.key, ProgrammeVersion.title)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(queries.is_latest(), Programme.kind != ProgrammeKind.DELTA)
        .order_by(Programme.id)
    )
    return {key: title for key, title in rows}
