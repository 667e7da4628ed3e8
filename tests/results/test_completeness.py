"""Before a close: who lacks which required figure, and whose files have not come."""

import csv
import io
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms import policies
from lms.audit import OPERATOR, AuditEntry
from lms.cli import run
from lms.clock import Month
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Leave, Level, Person
from lms.policies import PolicyInForce
from lms.results.completeness import Completeness, completeness
from lms.results.models import KpiRow, KpiValue
from lms.results.scoring_policy import SCORING
from tests.conftest import NOW, Auth, People
from tests.counting import statements

MARCH = Month.parse("2026-03")
PAGE = "/results/months/2026-03"


def cleared(person: Person) -> Person:
    grant_clearance(
        db.session(), person.id, source=ClearanceSource.HISTORY, from_day=date(2025, 2, 1),
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    db.session.commit()
    return person


def figures(person: Person, *codes: str, month: Month = MARCH) -> None:
    db.session.add(KpiRow(month=month, person_id=person.id))
    db.session.add_all(
        KpiValue(month=month, person_id=person.id, metric=code, value=1.0) for code in codes
    )
    db.session.commit()


def found(most: int | None = None) -> Completeness:
    session = db.session()
    return completeness(session, MARCH, policies.in_force(session, SCORING), most)


def test_who_lacks_what(both_apps: Flask, persons: People) -> None:
    whole, part = cleared(persons.add()), cleared(persons.add())
    none, by_mail = cleared(persons.add(team="二组")), cleared(persons.add(channel="email"))
    figures(whole, "frt", "fcr", "csat")
    figures(part, "frt", "aht")
    figures(none, "frt", "fcr", "csat", month=MARCH.plus(-1))
    figures(by_mail, "csat")
    # Nobody asks these for figures: their level, no clearance, away, not here yet, gone.
    cleared(persons.add(level=Level.SUPERVISOR, team="三组"))
    persons.add()
    away = cleared(persons.add())
    db.session.add(Leave(person_id=away.id, first_day=MARCH.first_day, last_day=date(2026, 3, 16)))
    cleared(persons.add(hired_on=date(2026, 4, 1)))
    cleared(persons.add()).left_on = date(2026, 2, 28)
    db.session.commit()
    result = found()
    assert (result.expected, result.count, result.absent) == (4, 3, [("二组", 1)])
    lacks = {one.person_id: (one.in_file, [m.code for m in one.metrics]) for one in result.lacking}
    assert lacks == {
        part.id: (True, ["fcr", "csat"]),
        none.id: (False, ["frt", "fcr", "csat"]),
        by_mail.id: (True, ["frt", "fcr"]),
    }
    part.hired_on = date(2026, 2, 1)
    db.session.flush()
    with_tenure = [
        completeness(
            db.session(), MARCH, PolicyInForce(SCORING.name, 0, SCORING.defaults() | {"tenure": n})
        )
        for n in (1, 2)
    ]
    assert [(one.expected, one.count) for one in with_tenure] == [(4, 3), (3, 2)]
    first = found(most=1)
    assert (first.count, [one.person_id for one in first.lacking]) == (3, [part.id])


def test_on_the_page_in_a_file_and_in_the_dry_run(
    app: Flask, persons: People, auth: Auth, capsys: pytest.CaptureFixture[str]
) -> None:
    part, none = cleared(persons.add()), cleared(persons.add(team="二组"))
    figures(part, "frt", "csat")
    boss = persons.add("supervisor", level=Level.SUPERVISOR)
    client = auth.login(persons.add("hr", level=Level.MANAGER))
    client.get(PAGE)
    with statements() as asked:
        page = client.get(PAGE).text
    assert len(asked) <= 6, asked
    said = "2 of 2 people lack a required figure"
    assert said in page and "No row at all from:" in page and "二组 (1)" in page
    db.session.rollback()
    assert said in client.post(f"{PAGE}/try").text
    answer = client.get(f"{PAGE}/missing?format=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[1][:1] + rows[1][3:] == [part.staff_no, "1", "First-contact resolution"]
    assert rows[2][:1] + rows[2][2:4] == [none.staff_no, "二组", "0"]
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry).filter_by(action="export.take")).one()
    for other in (part, boss):
        db.session.rollback()
        client = auth.login(other)
        assert client.get(f"{PAGE}/missing").status_code == 403
        assert "lack a required figure" not in client.get(PAGE).text
    db.session.rollback()
    assert run(app, ["month", "close", "2026-03", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"{part.staff_no}: fcr\n" in said
    assert f"{none.staff_no}: frt fcr csat (no row)" in said
    assert "no row at all from 二组 (1 people)" in said
