"""Work for later: an outbox row written with the fact, drained after the commit.

The row is the truth; a process that dies loses nothing, the next drain picks it up again.
So every job must be safe to run twice. Periodic jobs are claimed by a row update, which makes
one process of many run each of them per interval.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Index, select, update
from sqlalchemy.exc import DBAPIError

from lms.db import (
    Code,
    Mapped,
    Model,
    Pk,
    Session,
    db,
    insert_into,
    mapped_column,
    read_rows,
    reading,
)

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()
MAX_ATTEMPTS = 8
_RETRY_AFTER = timedelta(seconds=10)
# For so long the work of a process that may have died is left to it.
_LENT = timedelta(minutes=1)
_LENT_ANEW_EVERY = 20.0  # seconds


class OutboxItem(Model):
    __tablename__ = "outbox_item"
    __table_args__ = (Index("ix_outbox_due", "done_at", "due_at"),)
    id: Mapped[Pk]
    job: Mapped[Code]
    payload: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class PeriodicRun(Model):
    __tablename__ = "periodic_run"
    job: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]


@dataclass(frozen=True)
class Job:
    """`run(session, payload, now)`; with `every` it also runs by itself, with an empty payload.

    One that is `apart` takes long, and begins outside of a transaction: it may first read as long
    as it likes (`only_reading`) while others write. What it then writes is committed at its end.
    """

    name: str
    run: Callable[[Session, dict[str, Any], datetime], None]
    every: timedelta | None = None
    apart: bool = False


def enqueue(session: Session, job: str, payload: dict[str, Any], *, due_at: datetime) -> OutboxItem:
    """The item that stands for the work from now on; it tells whether it is done, or why not."""
    item = OutboxItem(job=job, payload=payload, due_at=due_at)
    session.add(item)
    session.flush()
    return item


def drain(jobs: Iterable[Job], now: datetime, limit: int = 100) -> int:
    """Run what is due, each item in a transaction of its own; returns how many ran."""
    by_name = {job.name: job for job in jobs}
    done, began = 0, monotonic()
    with only_reading():
        periodic = _periodic_due(by_name.values(), now)
    for job, every in periodic:
        if _claim(job.name, every, now):
            done += _attempt(job, {}, now)
    due = (
        select(OutboxItem.id, OutboxItem.job)
        .where(
            OutboxItem.done_at.is_(None),
            OutboxItem.due_at <= now,
            OutboxItem.attempts < MAX_ATTEMPTS,
            OutboxItem.job.in_(by_name),
        )
        .order_by(OutboxItem.id)
        .limit(limit)
    )
    with only_reading():
        found = db.session.execute(due).all()
    for item_id, name in found:
        job = by_name[name]
        if job.apart:
            done += _run_apart(item_id, job, now, began)
        else:
            done += _run_item(item_id, job, now)
    return done


@contextmanager
def only_reading(session: Session | None = None) -> Iterator[None]:
    """A transaction that takes no write lock, ended with the `with`; of the request's session if
    there is no other. Whether there is work is asked so, once a second in each process."""
    token = reading.set(True)
    try:
        yield
        (session or db.session).commit()
    finally:
        reading.reset(token)


def _periodic_due(jobs: Iterable[Job], now: datetime) -> list[tuple[Job, timedelta]]:
    ran = {run.job: run.ran_at for run in read_rows(db.session(), select(PeriodicRun.__table__))}
    return [
        (job, job.every)
        for job in jobs
        if job.every is not None and (job.name not in ran or ran[job.name] <= now - job.every)
    ]


def _claim(name: str, every: timedelta, now: datetime) -> bool:
    stale = (PeriodicRun.job == name, PeriodicRun.ran_at <= now - every)
    claim = update(PeriodicRun).where(*stale).values(ran_at=now).returning(PeriodicRun.job)
    # Two may begin a new database at once, and both find no row to take.
    row = insert_into(db.engine.dialect, PeriodicRun).values(job=name, ran_at=now)
    first = row.on_conflict_do_nothing().returning(PeriodicRun.job)
    claimed = db.session.scalar(claim) or db.session.scalar(first)
    db.session.commit()
    return claimed is not None


def _attempt(job: Job, payload: dict[str, Any], now: datetime) -> bool:
    try:
        job.run(db.session(), payload, now)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        _failed(job, error)
        return False
    return True


def _failed(job: Job, error: Exception) -> None:
    from lms.plugins.registry import blame_job

    log.exception("job_failed", job=job.name)
    blame_job(job, error)


def _run_item(item_id: int, job: Job, now: datetime) -> bool:
    # The row stays locked while the job runs, so that a second drain passes over it.
    item = db.session.scalar(
        select(OutboxItem)
        .where(OutboxItem.id == item_id, OutboxItem.done_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if item is None:
        db.session.rollback()
        return False
    payload = dict(item.payload)
    item.done_at = now
    item.attempts += 1
    try:
        job.run(db.session(), payload, now)
        db.session.commit()
        return True
    except Exception as error:
        _put_off(item_id, job, error, now, attempts=1)
        return False


def _run_apart(item_id: int, job: Job, now: datetime, began: float) -> bool:
    """The item is lent, not locked: SQLite's lock is that of all who write. At `began` it was
    `now`; it may have waited for its turn since."""

    def lent_until() -> datetime:
        return now + timedelta(seconds=monotonic() - began) + _LENT

    free = OutboxItem.id == item_id, OutboxItem.done_at.is_(None), OutboxItem.due_at <= now
    lent = {"due_at": lent_until(), "attempts": OutboxItem.attempts + 1}
    payload = db.session.scalar(
        update(OutboxItem).where(*free).values(lent).returning(OutboxItem.payload)
    )
    db.session.commit()
    if payload is None:
        return False
    try:
        with _lent_anew(item_id, lent_until):
            job.run(db.session(), payload, now)
            done = update(OutboxItem).where(OutboxItem.id == item_id).values(done_at=now)
            db.session.execute(done)
            db.session.commit()
        return True
    except Exception as error:
        _put_off(item_id, job, error, now, attempts=0)
        return False


@contextmanager
def _lent_anew(item_id: int, until: Callable[[], datetime]) -> Iterator[None]:
    """While it is worked on, so that nobody else begins with what takes longer than it was lent
    for. Where the work itself keeps others from writing, that waits like any of them."""
    is_over, engine = threading.Event(), db.engine

    def renew() -> None:
        while not is_over.wait(_LENT_ANEW_EVERY):
            still = update(OutboxItem).where(OutboxItem.id == item_id, OutboxItem.done_at.is_(None))
            with suppress(DBAPIError), engine.begin() as connection:
                connection.execute(still.values(due_at=until()))

    thread = threading.Thread(target=renew, name="lms-lease", daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        db.session.rollback()  # it may be waiting for what this holds
        raise
    finally:
        is_over.set()
        thread.join()


def _put_off(item_id: int, job: Job, error: Exception, now: datetime, *, attempts: int) -> None:
    db.session.rollback()
    _failed(job, error)
    failed = db.session.get(OutboxItem, item_id)
    if failed is not None:
        failed.attempts += attempts
        failed.error = f"{type(error).__name__}: {error}"
        failed.due_at = now + _RETRY_AFTER * 2**failed.attempts
        db.session.commit()


def start_worker(app: "Flask", interval: float = 1.0) -> threading.Thread:
    """A daemon thread that drains while the server runs."""
    from lms.clock import now
    from lms.plugins.registry import all_jobs

    def loop() -> None:
        pause = threading.Event()
        while not pause.wait(interval):
            with app.app_context():
                try:
                    drain(all_jobs(), now())
                except Exception:
                    log.exception("drain_failed")

    thread = threading.Thread(target=loop, name="lms-jobs", daemon=True)
    thread.start()
    return thread
