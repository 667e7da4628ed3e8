"""Files that come in: read, shown, then applied or discarded. One way for every kind of file."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, NamedTuple

from sqlalchemy import select, update

from lms import audit
from lms.audit import Actor
from lms.bulk import nothing_collected
from lms.clock import local_date
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.people.organisation import zone
from lms.progress import Report, to_nobody
from lms.results import sources
from lms.results.defined.scoring import known_metrics
from lms.results.models import ImportRun, ImportState
from lms.results.words import COLUMNS
from lms.tabular import read_sheets
from lms.tabular.headers import Told
from lms.tabular.reading import Reading
from lms.tabular.sheets import Sheet

KPI, ROSTER, LEAVE = "kpi", "roster", "leave"


@dataclass(frozen=True)
class How:
    """How to read a file: `told`, what columns were said to mean under its header row;
    `in_percent`, the metrics whose column is in percent there."""

    today: date
    told: Told = lambda header: {}
    in_percent: Callable[[Collection[str]], Collection[str]] = lambda header: ()
    report: Report = to_nobody


class Importer(NamedTuple):
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
    actor: Actor,
    now: datetime,
    report: Report = to_nobody,
) -> ImportRun:
    """Read a file into a preview; nothing but the preview is stored. DomainError if unreadable."""
    run = new_run(kind, content, filename, actor, now)
    fill(run, read(session, run, content, percent, now, report))
    session.add(run)
    session.flush()
    return run


def new_run(
    kind: str, content: bytes, filename: str, actor: Actor, now: datetime, *, keep: bool = False
) -> ImportRun:
    """A preview of nothing yet. With `keep` the file stays with it, so that it can be read."""
    return ImportRun(
        kind=kind,
        filename=PurePath(filename).name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        state=ImportState.PREVIEW,
        created_by=actor.person_id,
        created_at=now,
        content=content if keep else None,
    )


def read(
    session: Session,
    run: ImportRun,
    content: bytes,
    percent: Collection[str],
    now: datetime,
    report: Report = to_nobody,
) -> dict[str, Any]:
    """What the file holds, by what was said of its source; nothing is written. `percent`: metrics
    in percent, beside those ticked for the source."""
    handler, said = importer(run.kind), sources.Sources(session, run.kind)

    def in_percent(header: Collection[str]) -> Collection[str]:
        return {*percent, *said.percent(header)}

    how = How(local_date(now, zone()), said.told, in_percent, report)
    with nothing_collected():
        reading = handler.read(session, read_sheets(content, run.filename, report), how)
        counts = handler.plan(session, reading.rows, now)
    summary = {
        "counts": counts,
        "rows": len(reading.rows),
        "refused": len(reading.refused),
        "unknown": reading.unknown,
        "told": said.told_here(reading.header),
        "is_known": said.knows(reading.header),
        "columns": reading.columns,
        "own": reading.own,
        "header": reading.header,
        "months": sorted({row["month"] for row in reading.rows if "month" in row}),
        "percent": sorted(in_percent(reading.header)),
    }
    return {
        "rows": reading.rows, "refused": reading.refused, "warnings": reading.warnings,
        "summary": summary,
    }  # fmt: skip


def fill(run: ImportRun, found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        setattr(run, name, value)


def remember_columns(
    session: Session, run: ImportRun, said: sources.Said, *, actor: Actor, now: datetime
) -> None:
    """What the run's columns mean, all that can be chosen; Conflict when the run is over.

    Until the transaction ends nobody else confirms or discards it.
    """
    claim(session, run, ImportState.PREVIEW, None)
    if run.content is None:
        raise Conflict("This file has been imported or discarded already.")
    _check(run, said)
    if sources.remember(session, run, said):
        audit.record(
            session, actor, "import.columns", ("import", run.id), now=now,
            columns=dict(said.columns), percent=list(said.percent),
        )  # fmt: skip
    session.flush()


def _check(run: ImportRun, said: sources.Said) -> None:
    """What would make every such file unreadable is refused: it could not be told anew."""
    meant: dict[str, str] = {}
    for name, code in {**run.summary["columns"], **said.columns}.items():
        if code and code in meant:
            raise DomainError(
                "The columns “%(one)s” and “%(other)s” mean the same (%(code)s). Remove one.",
                one=meant[code], other=name, code=code,
            )  # fmt: skip
        meant[code] = name
    if run.kind == KPI and not meant.keys() - COLUMNS.keys() - {""}:
        raise DomainError("No column of the file is a metric that is known here.")


def confirm(
    session: Session,
    run: ImportRun,
    *,
    accept_valid: bool,
    actor: Actor,
    now: datetime,
    report: Report = to_nobody,
) -> dict[str, int]:
    """Apply a preview once, however often the button is pressed; the counts of what changed."""
    check_takeable(run, accept_valid=accept_valid)
    claim(session, run, ImportState.APPLIED, now)
    return apply(session, run, accept_valid=accept_valid, actor=actor, now=now, report=report)


def check_takeable(run: ImportRun, *, accept_valid: bool) -> None:
    """DomainError for a run with refused rows that nobody accepted, or without good ones."""
    if run.summary["refused"] and not accept_valid:
        raise DomainError(
            "%(count)s rows are refused. Take the good rows only, or correct the file.",
            field="accept_valid",
            count=run.summary["refused"],
        )
    if not run.summary["rows"]:
        raise DomainError("No row of the file can be taken.")


def apply(
    session: Session,
    run: ImportRun,
    *,
    accept_valid: bool,
    actor: Actor,
    now: datetime,
    report: Report,
) -> dict[str, int]:
    """Store the rows of a run that is claimed."""
    counts = importer(run.kind).apply(session, run, actor=actor, now=now, report=report)
    sources.settle(session, run)
    run.content, run.problem = None, None
    run.summary = {**run.summary, "counts": counts, "accepted_valid": accept_valid}
    session.flush()
    return counts


def discard(session: Session, run: ImportRun, *, actor: Actor, now: datetime) -> None:
    """Also of one that is being read; Conflict for one whose rows are taken."""
    known = run.state == ImportState.READING
    claim(
        session, run, ImportState.DISCARDED, None,
        of=ImportState.READING if known else ImportState.PREVIEW,
    )  # fmt: skip
    run.content = None
    audit.record(session, actor, "import.discard", ("import", run.id), now=now, file=run.filename)


def claim(
    session: Session,
    run: ImportRun,
    state: ImportState,
    at: datetime | None,
    of: ImportState = ImportState.PREVIEW,
) -> None:
    """The next state for one of all who ask at the same time; Conflict for the others."""
    claimed = session.scalar(
        update(ImportRun)
        .where(ImportRun.id == run.id, ImportRun.state == of)
        .values(state=state, applied_at=at)
        .returning(ImportRun.id)
    )
    if claimed is None:
        raise Conflict("This file has been imported or discarded already.")
    session.refresh(run, ["state", "applied_at"])


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
