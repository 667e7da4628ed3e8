"""`lms month verify`: a stored result follows from what was frozen with it, or it says no."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms import policies
from lms.audit import OPERATOR
from lms.cli.commands import run
from lms.clock import Month
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Leave, Person
from lms.results.closing import close_month
from lms.results.models import KpiRow, KpiValue, MonthClose, MonthFigure, MonthResult
from lms.results.scoring_policy import SCORING
from tests.conftest import NOW, People

MARCH = Month.parse("2026-03")


@pytest.fixture
def closed(both_apps: Flask, persons: People) -> MonthClose:
    """Twelve people with figures, one of them without a score, one away the whole month."""
    for number in range(12):
        person = persons.add()
        grant_clearance(
            db.session(), person.id, source=ClearanceSource.HISTORY, from_day=date(2025, 2, 1),
            actor=OPERATOR, now=NOW,
        )  # fmt: skip
        db.session.add(KpiRow(month=MARCH, person_id=person.id))
        if number == 1:
            db.session.add(
                Leave(person_id=person.id, first_day=MARCH.first_day, last_day=MARCH.last_day)
            )
        if number:
            for metric, value in (("csat", 4 + number / 20), ("frt", 20.0 + number), ("exam", 91)):
                db.session.add(
                    KpiValue(month=MARCH, person_id=person.id, metric=metric, value=value)
                )
    made = close_month(db.session(), MARCH, assign=False, actor=OPERATOR, now=NOW)
    db.session.commit()
    return made


def verified(app: Flask, *arguments: str) -> int:
    db.session.rollback()
    return run(app, ["month", "verify", "2026-03", *arguments])


def test_what_was_frozen_computes_to_the_same_bytes_and_nothing_stays(
    both_apps: Flask, closed: MonthClose, capsys: pytest.CaptureFixture[str]
) -> None:
    before = db.session.scalar(select(func.count()).select_from(MonthResult))
    assert verified(both_apps) == 0
    assert "12 results and 33 figures compute to the same bytes" in capsys.readouterr().out
    assert db.session.scalar(select(func.count()).select_from(MonthResult)) == before
    assert db.session.scalar(select(func.count()).select_from(MonthClose)) == 1


@pytest.mark.parametrize(
    ("model", "values"),
    [(MonthResult, {"score": 9999}), (MonthResult, {"rank": 1}), (MonthFigure, {"value": 4.9})],
)
def test_a_tampered_row_is_found(
    both_apps: Flask, closed: MonthClose, capsys, model, values
) -> None:
    some = closed.id, db.session.scalar(select(func.max(MonthFigure.person_id)))
    db.session.execute(
        update(model).where(model.close_id == some[0], model.person_id == some[1]).values(values)
    )
    db.session.commit()
    assert verified(both_apps) == 1
    assert "does not follow from its frozen inputs" in capsys.readouterr().err


def test_it_is_the_policy_of_then_that_counts(both_apps: Flask, closed: MonthClose, capsys) -> None:
    params = {**SCORING.defaults(), "weight_training": 40, "tenure": 3}
    newest = db.session.scalar(select(func.max(Person.id)))
    db.session.execute(update(Person).where(Person.id == newest).values(hired_on=date(2025, 12, 2)))
    policies.save(
        db.session(), SCORING, params, base_number=0, reason="more weight", actor=OPERATOR, now=NOW
    )
    close = close_month(
        db.session(), MARCH, assign=False, actor=OPERATOR, now=NOW, reason="new policy"
    )
    assert close.summary["not_ranked"] == {"no_score": 1, "leave": 1, "tenure": 1}
    db.session.commit()
    assert verified(both_apps) == verified(both_apps, "--revision", "1") == 0
    said = capsys.readouterr().out
    assert "revision 2:" in said and "revision 1:" in said
    assert len({line.rpartition(" ")[2] for line in said.splitlines()}) == 2
    assert verified(both_apps, "--revision", "7") == 1
