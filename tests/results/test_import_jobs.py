"""A large file is read, and its rows are taken, by a job that the page of the import watches."""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from lms import jobs, progress
from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.db import Session, db
from lms.errors import Conflict, DomainError
from lms.jobs import Job, OutboxItem, drain, only_reading
from lms.plugins.registry import all_jobs
from lms.progress import Progress
from lms.results import import_jobs, importing, kpi_apply
from lms.results.models import ImportRun, KpiValue
from lms.results.sources import Said
from tests.conftest import NOW, Auth, People
from tests.results.files import HEADER, delimited
from tests.results.test_pages import cleared, rows, upload

Change = Callable[..., Any]


@pytest.fixture
def hr(auth: Auth, persons: People, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    for number in range(1, 13):
        cleared(persons.add(staff_no=f"A{number:02}"))
    monkeypatch.setattr(import_jobs, "LARGE", 10)
    return auth.login(persons.add("hr", staff_no="HR1", level="manager"))


def work(clock: SettableClock, seconds: int = 0) -> None:
    clock.advance(seconds=seconds)
    drain([job for job in all_jobs() if job.name.startswith("results.")], clock.now())
    db.session.rollback()


def figures() -> int | None:
    found = db.session.scalar(select(func.count(KpiValue.id)))
    db.session.rollback()
    return found


def test_a_large_file_is_read_and_taken_while_the_page_is_closed(
    hr: FlaskClient, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = delimited([HEADER, *rows()]), "kpi.csv"
    page = upload(hr, *file).location
    assert upload(hr, *file).location == page  # a double click
    waiting = hr.get(page).text
    assert "The file is being read" in waiting and 'hx-trigger="every 1s"' in waiting
    assert hr.get(page + "/refused").status_code == 200
    assert "Being read" in hr.get("/results/imports").text
    seen: list[Progress | None] = []

    def watched(step: Change) -> Change:
        def looked_at(*args: Any, **more: Any) -> Any:
            found = step(*args, **more)
            seen.append(progress.read("import-1"))
            if len(seen) == 1:  # while it is read others write
                with sqlite3.connect(tmp_path / "lms.sqlite3", timeout=0) as other:
                    other.execute("BEGIN IMMEDIATE")
            return found

        return looked_at

    monkeypatch.setattr(importing, "read", watched(importing.read))
    monkeypatch.setattr(kpi_apply, "_store", watched(kpi_apply._store))
    work(clock)
    assert "Import it" in hr.get(page).text and figures() == 0
    _read_again_while_somebody_confirms(clock)
    for _ in range(2):
        assert hr.post(page + "/confirm").location == page
    progress.report("import-1", Progress(1000, 48000, "store"))
    waiting = hr.get(page).text
    assert "The rows are being imported" in waiting and figures() == 0
    assert "Storing: 1,000 of 48,000 entries" in waiting and 'value="1000"' in waiting
    work(clock)
    work(clock)
    assert "To the month 2026-03" in hr.get(page).text and figures() == 48
    assert seen == [Progress(0, 12, "read"), Progress(0, 48, "store")]
    assert progress.read("import-1") is None
    taken = select(func.count(AuditEntry.id)).where(AuditEntry.action == "kpi.import")
    assert db.session.scalar(taken) == 1


def _read_again_while_somebody_confirms(clock: SettableClock) -> None:
    session = db.session()
    run = session.scalars(select(ImportRun)).one()
    session.execute(
        update(ImportRun).values(state="taking"), execution_options={"synchronize_session": False}
    )
    with pytest.raises(Conflict):
        import_jobs.read_again(session, run, said=Said({}, []), actor=OPERATOR, now=clock.now())
    session.rollback()


def test_a_second_large_file_is_lent_from_its_turn_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]
    lent: list[datetime] = []
    monkeypatch.setattr(jobs, "monotonic", lambda: passed[0])

    def takes_long(session: Session, payload: dict[str, Any], _now: datetime) -> None:
        here = OutboxItem.payload["n"].as_integer() == payload["n"]
        lent.append(session.scalars(select(OutboxItem.due_at).where(here)).one())
        passed[0] += 90

    for n in (1, 2):
        jobs.enqueue(db.session(), "long", {"n": n}, due_at=NOW)
    db.session.commit()
    assert drain([Job("long", takes_long, apart=True)], NOW) == 2
    assert lent == [NOW + timedelta(seconds=60), NOW + timedelta(seconds=150)]


def test_what_takes_long_is_lent_anew_while_it_is_worked_on(
    both_apps: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed, lent = [0.0], [NOW]
    monkeypatch.setattr(jobs, "monotonic", lambda: passed[0])
    monkeypatch.setattr(jobs, "_LENT_ANEW_EVERY", 0.01)

    def takes_long(session: Session, _payload: dict[str, Any], _now: datetime) -> None:
        passed[0] += 90
        until = time.monotonic() + 10
        while lent[-1] <= NOW + timedelta(seconds=90) and time.monotonic() < until:
            with only_reading():
                lent.append(session.scalars(select(OutboxItem.due_at)).one())

    item = jobs.enqueue(db.session(), "long", {}, due_at=NOW)
    db.session.commit()
    assert drain([Job("long", takes_long, apart=True)], NOW) == 1
    assert lent[-1] == NOW + timedelta(seconds=150)
    assert item.done_at == NOW and item.attempts == 1


def test_it_goes_on_after_a_crash_and_stores_nothing_by_half(
    hr: FlaskClient,
    clock: SettableClock,
    auth: Auth,
    persons: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    colleague = persons.add("hr", staff_no="HR2", level="manager")
    other, their_id = auth.login(colleague), colleague.id
    page = upload(hr, delimited([HEADER, *rows()]), "kpi.csv").location

    def fails(error: BaseException) -> Change:
        def fail(*_args: Any, **_more: Any) -> Any:
            raise error

        return fail

    with monkeypatch.context() as patch:
        patch.setattr(importing, "read", fails(KeyboardInterrupt()))  # as if killed
        with pytest.raises(KeyboardInterrupt):
            work(clock)
        db.session.rollback()
    work(clock, seconds=5)
    assert "is being read" in hr.get(page).text  # another process may be at it still
    work(clock, seconds=60)
    assert "Import it" in hr.get(page).text

    hr.post(page + "/confirm")
    with monkeypatch.context() as patch:
        patch.setattr(kpi_apply, "hold", fails(RuntimeError("no power")))
        work(clock)
        assert figures() == 0 and "It failed 1 times so far" in hr.get(page).text
        for _ in range(7):
            work(clock, seconds=3600)
        assert "failed again and again" in hr.get(page).text
    assert other.post(page + "/retry").location == page
    run = db.session.scalars(select(ImportRun)).one()
    assert run.job is not None and run.job.payload["person_id"] == their_id
    db.session.rollback()
    with monkeypatch.context() as patch:
        patch.setattr(kpi_apply, "hold", fails(DomainError("No row of the file can be taken.")))
        work(clock)
    assert "Nothing was imported." in hr.get(page).text and figures() == 0
    hr.post(page + "/confirm")
    work(clock)
    assert figures() == 48


def test_a_large_file_that_cannot_be_read_says_why(
    hr: FlaskClient, clock: SettableClock, app: Flask
) -> None:
    page = upload(hr, b"a,b\n" * 20, "kpi.csv").location
    work(clock)
    assert "No row with the column headers" in hr.get(page).text
    dropped = upload(hr, b"a,c\n" * 20, "kpi.csv").location
    hr.post(dropped + "/discard")
    work(clock)
    states = db.session.scalars(select(ImportRun.state).order_by(ImportRun.id)).all()
    assert states == ["failed", "discarded"]
    assert "Cannot be read" in hr.get("/results/imports").text
