"""Files that come in: read, shown, then applied or discarded. One way for every kind of file."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, update

from lms import audit, policies
from lms.audit import Actor
from lms.clock import local_date
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.people.organisation import zone
from lms.results.metrics import metrics
from lms.results.models import ImportRun, ImportState
from lms.results.scoring_policy import SCORING
from lms.tabular import read_sheets
from lms.tabular.reading import Reading
from lms.tabular.sheets import Sheet

KPI, ROSTER, LEAVE = "kpi", "roster", "leave"


@dataclass(frozen=True)
class Importer:
    """`read(session, sheets, now, percent)`; `plan(session, rows)` counts what would change."""

    read: Callable[[Session, list[Sheet], datetime, Collection[str]], Reading]
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


def _read_kpi(
    session: Session, sheets: list[Sheet], now: datetime, percent: Collection[str]
) -> Reading:
    from lms.results.kpi_file import read_kpi

    known = metrics(policies.in_force(session, SCORING).params)
    return read_kpi(session, sheets, known, percent=percent, today=local_date(now, zone()))


def prepare(
    session: Session,
    kind: str,
    content: bytes,
    filename: str,
    *,
    percent: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> ImportRun:
    """Read a file into a preview; nothing but the preview is stored. DomainError if unreadable."""
    handler = importer(kind)
    reading = handler.read(session, read_sheets(content, filename), now, percent)
    run = ImportRun(
        kind=kind,
        filename=PurePath(filename).name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        state=ImportState.PREVIEW,
        rows=reading.rows,
        refused=reading.refused,
        warnings=reading.warnings,
        summary={
            "counts": handler.plan(session, reading.rows, now),
            "unknown": reading.unknown,
            "header": reading.header,
            "percent": sorted(percent),
        },
        created_by=actor.person_id,
        created_at=now,
    )
    session.add(run)
    session.flush()
    return run


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
    run.summary = {**run.summary, "counts": counts, "accepted_valid": accept_valid}
    session.flush()
    return counts


def discard(session: Session, run: ImportRun, *, actor: Actor, now: datetime) -> None:
    _claim(session, run, ImportState.DISCARDED, None)
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
