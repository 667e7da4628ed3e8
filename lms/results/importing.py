"""Files that come in: read, shown, then applied or discarded. One way for every kind of file."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Select, select, update

from lms import audit
from lms.audit import Actor
from lms.clock import local_date
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.people.organisation import zone
from lms.results.defined.scoring import known_metrics
from lms.results.models import ColumnName, ImportRun, ImportState
from lms.tabular import read_sheets
from lms.tabular.reading import Reading
from lms.tabular.sheets import Sheet

KPI, ROSTER, LEAVE = "kpi", "roster", "leave"


@dataclass(frozen=True)
class How:
    """How to read a file: ratios whose column is in percent, and what columns were said to mean."""

    today: date
    percent: Collection[str] = ()
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Importer:
    """`plan(session, rows, now)` counts what applying would change."""

    read: Callable[[Session, list[Sheet], How], Reading]
    plan: Callable[[Session, list[dict[str, Any]], datetime], dict[str, int]]
    apply: Callable[..., dict[str, int]]


def importer(kind: str) -> Importer:
    """The importer of a kind; its modules load only when a file of the kind is there."""
    if kind == KPI:
        from lms.results import kpi_apply

        return Importer(_read_kpi, lambda s, rows, now: kpi_apply.plan(s, rows).counts(),
                        kpi_apply.apply)  # fmt: skip
    from lms.people import imports

    return {
        ROSTER: Importer(imports.read_roster, imports.plan_roster, imports.apply_roster),
        LEAVE: Importer(imports.read_leave, imports.plan_leave, imports.apply_leave),
    }[kind]


def _read_kpi(session: Session, sheets: list[Sheet], how: How) -> Reading:
    from lms.results.kpi_file import read_kpi

    return read_kpi(session, sheets, known_metrics(session), how)


def prepare(
    session: Session,
    kind: str,
    content: bytes,
    filename: str,
    *,
    percent: Collection[str] = (),
    keep: bool = False,
    actor: Actor,
    now: datetime,
) -> ImportRun:
    """Read a file into a preview; nothing but the preview is stored. DomainError if unreadable.

    With `keep` the file stays with the preview, so that it can be read again.
    """
    run = ImportRun(
        kind=kind,
        filename=PurePath(filename).name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        state=ImportState.PREVIEW,
        created_by=actor.person_id,
        created_at=now,
        content=content if keep else None,
    )
    _read_into(session, run, content, percent, now)
    session.add(run)
    session.flush()
    return run


def prepare_once(
    session: Session, kind: str, content: bytes, filename: str, *, actor: Actor, now: datetime
) -> ImportRun:
    """The actor's waiting preview of the same file, or a new one that keeps the file."""
    waiting = session.scalar(
        select(ImportRun).where(
            ImportRun.sha256 == hashlib.sha256(content).hexdigest(),
            ImportRun.kind == kind,
            ImportRun.state == ImportState.PREVIEW,
            ImportRun.created_by == actor.person_id,
        )
    )
    if waiting is not None:  # read anew: who is on the roster may have changed since
        _read_into(session, waiting, content, waiting.summary["percent"], now)
        return waiting
    return prepare(session, kind, content, filename, keep=True, actor=actor, now=now)


def _read_into(
    session: Session, run: ImportRun, content: bytes, percent: Collection[str], now: datetime
) -> None:
    handler = importer(run.kind)
    told = {c.name: c.code for c in session.scalars(_told(run.kind))}
    how = How(local_date(now, zone()), percent, told)
    reading = handler.read(session, read_sheets(content, run.filename), how)
    run.rows, run.refused, run.warnings = reading.rows, reading.refused, reading.warnings
    run.summary = {
        "counts": handler.plan(session, reading.rows, now),
        "rows": len(reading.rows),
        "refused": len(reading.refused),
        "unknown": reading.unknown,
        "columns": reading.columns,
        "header": reading.header,
        "months": sorted({row["month"] for row in reading.rows if "month" in row}),
        "percent": sorted(percent),
    }


def _told(kind: str) -> Select[ColumnName]:
    return select(ColumnName).where(ColumnName.kind == kind)


def read_again(
    session: Session,
    run: ImportRun,
    *,
    percent: Collection[str],
    columns: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    """Read a preview's file again; what its columns mean (code by header) is remembered."""
    if run.state != ImportState.PREVIEW or run.content is None:
        raise Conflict("This file has been imported or discarded already.")
    known = {c.name: c for c in session.scalars(_told(run.kind))}
    for name, code in columns.items():
        if name not in known:
            session.add(ColumnName(kind=run.kind, name=name, code=code))
        else:
            known[name].code = code
    if columns:
        audit.record(
            session, actor, "import.columns", ("import", run.id), now=now, columns=dict(columns)
        )
    session.flush()
    _read_into(session, run, run.content, percent, now)
    session.flush()


def confirm(
    session: Session, run: ImportRun, *, accept_valid: bool, actor: Actor, now: datetime
) -> dict[str, int]:
    """Apply a preview once, however often the button is pressed; the counts of what changed."""
    if run.refused and not accept_valid:
        raise DomainError(
            "%(count)s rows are refused. Take the good rows only, or correct the file.",
            field="accept_valid",
            count=len(run.refused),
        )
    if not run.rows:
        raise DomainError("No row of the file can be taken.")
    _claim(session, run, ImportState.APPLIED, now)
    counts = importer(run.kind).apply(session, run, actor=actor, now=now)
    run.content = None
    run.summary = {**run.summary, "counts": counts, "accepted_valid": accept_valid}
    session.flush()
    return counts


def discard(session: Session, run: ImportRun, *, actor: Actor, now: datetime) -> None:
    _claim(session, run, ImportState.DISCARDED, None)
    run.content = None
    audit.record(session, actor, "import.discard", ("import", run.id), now=now, file=run.filename)


def _claim(session: Session, run: ImportRun, state: ImportState, at: datetime | None) -> None:
    claimed = session.scalar(
        update(ImportRun)
        .where(ImportRun.id == run.id, ImportRun.state == ImportState.PREVIEW)
        .values(state=state, applied_at=at)
        .returning(ImportRun.id)
    )
    if claimed is None:
        raise Conflict("This file has been imported or discarded already.")
    session.refresh(run)


def changes_nothing(counts: dict[str, int]) -> bool:
    """Whether the counts say that everything was there already."""
    return not any(count for name, count in counts.items() if name != "same")


def seen_before(session: Session, run: ImportRun) -> ImportRun | None:
    """The latest applied import of a file with the same content."""
    return session.scalar(
        select(ImportRun)
        .where(
            ImportRun.sha256 == run.sha256,
            ImportRun.kind == run.kind,
            ImportRun.state == ImportState.APPLIED,
            ImportRun.id != run.id,
        )
        .order_by(ImportRun.id.desc())
        .limit(1)
    )
