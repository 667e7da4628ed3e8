"""Large files are read, and their rows are taken, by a job; the page of the import watches it.

What a job makes is there as a whole or not at all: it ends in one transaction, in which the run
moves on from READING or TAKING. Run once more after a crash, it finds the run as it was; run twice
at once, the second finds that it has moved on.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from lms.audit import Actor
from lms.db import Session
from lms.errors import DomainError
from lms.jobs import MAX_ATTEMPTS, Job, enqueue, only_reading
from lms.progress import reported
from lms.results import importing
from lms.results.kpi_apply import lock_months
from lms.results.models import ImportRun, ImportState
from lms.results.sources import Said
from lms.tabular import rows_about

LARGE = 2000  # rows; what has fewer is done while one waits
_NOTHING_YET = {
    "counts": {}, "rows": 0, "refused": 0, "unknown": [], "columns": {}, "header": [],
    "months": [], "percent": [],
}  # fmt: skip
WORKING = (ImportState.READING, ImportState.TAKING)


def receive(
    session: Session, kind: str, content: bytes, filename: str, *, actor: Actor, now: datetime
) -> ImportRun:
    """The actor's waiting preview of the same file, read anew, or a new one that keeps the file.

    Of a file sent twice at once there is one: the second waits for the first. A large one is still
    to be read.
    """
    lock_months(session)
    new = importing.new_run(kind, content, filename, actor, now, keep=True)
    run = session.scalar(
        select(ImportRun)
        .where(
            ImportRun.sha256 == new.sha256,
            ImportRun.kind == kind,
            ImportRun.state.in_((ImportState.PREVIEW, ImportState.READING)),
            ImportRun.created_by == actor.person_id,
        )
        .with_for_update(skip_locked=True)  # one that is just being confirmed is no preview
    )
    if run is not None and run.state == ImportState.READING:
        return run
    run = run or new
    if rows_about(content) < LARGE:
        importing.fill(run, importing.read(session, run, content, (), now))
        session.add(run)
        session.flush()
    else:
        _read_later(session, run, now)
    return run


def read_again(
    session: Session,
    run: ImportRun,
    *,
    said: Said,
    actor: Actor,
    now: datetime,
) -> None:
    """Read a preview's file again; what was said of its columns is remembered for its source."""
    lock_months(session)  # two may speak of one source at once
    importing.remember_columns(session, run, said, actor=actor, now=now)
    content = run.content or b""
    if rows_about(content) < LARGE:
        importing.fill(run, importing.read(session, run, content, (), now))
        session.flush()
    else:
        _read_later(session, run, now)


def confirm(
    session: Session, run: ImportRun, *, accept_valid: bool, actor: Actor, now: datetime
) -> dict[str, int] | None:
    """Apply a preview once; the counts of what changed, or None where a job is to take the rows."""
    if run.summary["rows"] < LARGE:
        return importing.confirm(session, run, accept_valid=accept_valid, actor=actor, now=now)
    importing.check_takeable(run, accept_valid=accept_valid)
    importing.claim(session, run, ImportState.TAKING, None)
    payload = {
        "import_id": run.id, "accept_valid": accept_valid, "person_id": actor.person_id,
    }  # fmt: skip
    run.problem, run.job = None, enqueue(session, TAKE.name, payload, due_at=now)
    session.flush()
    return None


def _read_later(session: Session, run: ImportRun, now: datetime) -> None:
    run.state, run.problem = ImportState.READING, None
    nothing: dict[str, Any] = {"rows": [], "refused": [], "warnings": []}
    importing.fill(run, nothing | {"summary": _NOTHING_YET})
    session.add(run)
    session.flush()
    run.job = enqueue(session, READ.name, {"import_id": run.id}, due_at=now)
    session.flush()


def is_given_up(run: ImportRun) -> bool:
    """Whether the job that should carry it on has failed too often."""
    return run.state in WORKING and run.job is not None and run.job.attempts >= MAX_ATTEMPTS


def try_again(session: Session, run: ImportRun, *, actor: Actor, now: datetime) -> None:
    """Put an import back in the queue whose job was given up; the actor answers for it now."""
    if is_given_up(run) and run.job is not None:
        payload = {**run.job.payload, "person_id": actor.person_id}
        run.job = enqueue(session, run.job.job, payload, due_at=now)
        session.flush()


def watched_as(import_id: int) -> str:
    """The name under which its progress is said."""
    return f"import-{import_id}"


def _read(session: Session, payload: dict[str, Any], now: datetime) -> None:
    import_id = payload["import_id"]
    found: dict[str, Any] = {"state": ImportState.PREVIEW}
    with reported(watched_as(import_id)) as report, only_reading():
        run = session.get(ImportRun, import_id, options=[undefer(ImportRun.content)])
        if run is None or run.state != ImportState.READING or run.content is None:
            return
        try:
            found |= importing.read(session, run, run.content, (), now, report)
        except DomainError as error:
            found = {"state": ImportState.FAILED, "problem": _said(error), "content": None}
    _move_on(session, import_id, ImportState.READING, found)


def _take(session: Session, payload: dict[str, Any], now: datetime) -> None:
    import_id, of = payload["import_id"], ImportState.TAKING
    if not _move_on(session, import_id, of, {"state": ImportState.APPLIED, "applied_at": now}):
        return
    run = session.get_one(ImportRun, import_id)
    with reported(watched_as(import_id)) as report:
        try:
            importing.apply(
                session, run, accept_valid=payload["accept_valid"],
                actor=Actor(payload["person_id"]), now=now, report=report,
            )  # fmt: skip
        except DomainError as error:
            session.rollback()
            _move_on(
                session, import_id, of, {"state": ImportState.PREVIEW, "problem": _said(error)}
            )


def _move_on(session: Session, import_id: int, of: ImportState, found: dict[str, Any]) -> bool:
    """Whether the run was still there to be moved on."""
    still = ImportRun.id == import_id, ImportRun.state == of
    change = update(ImportRun).where(*still).values(found).returning(ImportRun.id)
    return session.scalar(change, execution_options={"synchronize_session": False}) is not None


def _said(error: DomainError) -> dict[str, Any]:
    return {"message": error.message, "params": dict(error.params)}


READ = Job("results.read_import", _read, apart=True)
TAKE = Job("results.take_import", _take, apart=True)
