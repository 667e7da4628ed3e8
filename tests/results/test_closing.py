"""Closing: the LMS's own training figures, a plugin that fails, two people at once."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.cases.models import DrillRun
from lms.clock import Month
from lms.courses.models import Enrolment, Programme, ProgrammeVersion
from lms.db import Localized, db
from lms.errors import DomainError
from lms.people.models import Person
from lms.plugins.manager import Decision, PluginManager
from lms.plugins.types import TrainingFigure
from lms.results.closing import close_month
from lms.results.models import KpiRow, KpiValue, MonthClose, MonthFigure
from tests.cases import kit
from tests.conftest import NOW, People

MARCH = Month.parse("2026-03")


@pytest.fixture
def agent(both_apps: Flask, persons: People) -> Person:
    person = persons.add()
    db.session.add(KpiRow(month=MARCH, person_id=person.id))
    for metric, value in (("csat", 4.5), ("exam", 11.0), ("case_analysis", 12.0)):
        db.session.add(KpiValue(month=MARCH, person_id=person.id, metric=metric, value=value))
    db.session.commit()
    return person


def close(**fields: Any) -> MonthClose:
    return close_month(
        db.session(), MARCH, **{"assign": False, "actor": OPERATOR, "now": NOW, **fields}
    )


def figure(made: MonthClose, person: Person, metric: str) -> float:
    return db.session.get_one(MonthFigure, (made.id, person.id, metric)).value


def run(person: Person, score: int, at: datetime, enrolment_id: int | None = None) -> None:
    drill = kit.drill(NOW)
    db.session.add(
        DrillRun(
            drill_id=drill.id, person_id=person.id, rubric_id=drill.rubric_id, pass_mark=70,
            first_reply_seconds=10, locale="en", state="scored", started_at=at, scored_at=at,
            score=score, enrolment_id=enrolment_id,
        )
    )  # fmt: skip
    db.session.flush()


def enrolment(person: Person, kind: str) -> int:
    programme = Programme(key=f"some-{kind}", kind=kind)
    db.session.add(programme)
    db.session.flush()
    version = ProgrammeVersion(
        programme_id=programme.id, number=1, title=Localized("某", "Some"), summary=Localized(),
        due_days=7, grants_clearance=False, content_hash="", created_at=NOW,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    row = Enrolment(
        person_id=person.id, programme_id=programme.id, version_id=version.id,
        starts_on=MARCH.first_day, due_on=MARCH.last_day, created_at=NOW,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def test_drills_of_the_month_are_its_case_analysis(agent: Person) -> None:
    first = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)  # the first midnight of March in Shanghai
    run(agent, 8000, first)
    run(agent, 0, datetime(2026, 3, 31, 15, 59, tzinfo=UTC))  # a critical error
    run(agent, 9100, datetime(2026, 3, 10, tzinfo=UTC), enrolment(agent, "topic"))
    # Outside the month, and inside what does not count.
    run(agent, 100, datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    for kind in ("onboarding", "temporary", "retraining"):
        run(agent, 100, datetime(2026, 3, 10, tzinfo=UTC), enrolment(agent, kind))
    made = close()
    assert figure(made, agent, "case_analysis") == 57.0
    assert figure(made, agent, "exam") == 11.0


def answer(monkeypatch: pytest.MonkeyPatch, decide: Callable[[], list[Decision[Any]]]) -> None:
    real = PluginManager.decide

    def instead(self: PluginManager, spec: Any, *args: Any, **kwargs: Any) -> list[Decision[Any]]:
        if spec.__name__ == "lms_training_figures":
            return decide()
        return real(self, spec, *args, **kwargs)

    monkeypatch.setattr(PluginManager, "decide", instead)


def test_plugins_marks_are_averaged_with_the_drills(
    agent: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = [TrainingFigure(agent.id, "exam", 90.0), TrainingFigure(agent.id, "case_analysis", 70)]
    answer(monkeypatch, lambda: [Decision("exams", marks)])
    run(agent, 8000, datetime(2026, 3, 10, tzinfo=UTC))
    made = close()
    assert figure(made, agent, "exam") == 90.0
    assert figure(made, agent, "case_analysis") == 75.0


def test_a_plugin_without_an_answer_refuses_the_close(
    agent: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, lambda: [Decision("exams", None, "it broke")])
    with pytest.raises(DomainError, match="exams are missing"):
        close()


def test_of_two_closes_at_once_one_is_refused(agent: Person, both_apps: Flask) -> None:
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def attempt() -> None:
        with both_apps.app_context():
            barrier.wait()
            try:
                close()
                db.session.commit()
                outcomes.append("closed")
            except DomainError:
                db.session.rollback()
                outcomes.append("refused")

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["closed", "refused"]
    db.session.rollback()
    assert db.session.scalars(select(MonthClose.revision)).all() == [1]


def test_a_changed_leave_is_enough_for_a_revision(agent: Person) -> None:
    from lms.people.models import Leave

    close()
    with pytest.raises(DomainError, match="Nothing has changed"):
        close(reason="just so")
    db.session.rollback()
    close()
    db.session.add(Leave(person_id=agent.id, first_day=date(2026, 3, 1), last_day=date(2026, 3, 2)))
    made = close(reason="leave came in late")
    assert made.revision == 2
