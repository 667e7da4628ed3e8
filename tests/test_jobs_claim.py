"""Two processes that begin with a new database at once."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from lms.db import Session, db
from lms.jobs import Job, drain

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("database", ["app", "postgres_app"])
def test_each_periodic_job_runs_once(database: str, request: pytest.FixtureRequest) -> None:
    app: Flask = request.getfixturevalue(database)
    ran: Counter[str] = Counter()
    failed: list[Exception] = []

    def job(name: str) -> Job:
        def run(session: Session, payload: dict[str, Any], now: datetime) -> None:
            ran[name] += 1

        return Job(name, run, every=timedelta(hours=1))

    jobs, gate = [job(f"test.{number}") for number in range(20)], threading.Barrier(2)

    def begin() -> None:
        with app.app_context():
            gate.wait()
            try:
                drain(jobs, NOW)
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, set(ran.values()), len(ran)) == ([], {1}, 20)
