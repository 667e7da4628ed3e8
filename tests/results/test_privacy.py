"""An agent reaches nobody else's figure by any address; what HR takes away is known; erasure."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Person
from lms.people.privacy import erase_person, export_person
from lms.results.closing import close_month
from lms.results.models import KpiRow, KpiValue, MonthClose, MonthFigure, MonthResult
from lms.results.verifying import verify
from tests.conftest import NOW, Auth, People
from tests.counting import statements

MARCH = Month.parse("2026-03")
NAME, STAFF_NO, CSAT = "欧阳密人", "SECRET77", 3.217


def figures(person: Person, csat: float) -> None:
    grant_clearance(
        db.session(), person.id, source=ClearanceSource.HISTORY, from_day=date(2025, 1, 6),
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    db.session.add(KpiRow(month=MARCH, person_id=person.id))
    for metric, value in (("csat", csat), ("frt", 23.0), ("fcr", 0.913), ("feedback", 81.3)):
        db.session.add(KpiValue(month=MARCH, person_id=person.id, metric=metric, value=value))


@pytest.fixture
def month(both_apps: Flask, persons: People) -> tuple[Person, Person, MonthClose]:
    return _month(persons)


def _month(persons: People) -> tuple[Person, Person, MonthClose]:
    """The viewer, a colleague of the same team with figures nobody else has, and the close."""
    own, colleague = persons.add(), persons.add(name=NAME, staff_no=STAFF_NO)
    figures(own, 4.5)
    figures(colleague, CSAT)
    made = close_month(db.session(), MARCH, assign=True, actor=OPERATOR, now=NOW)
    db.session.commit()
    return own, colleague, made


def addresses(app: Flask, colleague: Person) -> Iterator[str]:
    """Every page there is, asked for the colleague where it takes a person, and for what may be in
    it: as a file, searched for their name, of their team."""
    values = {
        "person_id": colleague.id, "staff_no": STAFF_NO, "month": str(MARCH), "year": 2026,
        "team_id": colleague.team_id, "name": "results.scoring", "filename": "app.css",
    }  # fmt: skip
    as_a_file = "?format=csv&month=2026-03"
    searched = f"?q={NAME}&team={colleague.team_id}&show=all"
    rules: list[Rule] = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ())]
    with app.test_request_context():
        for rule in rules:
            if rule.endpoint.endswith("static"):
                continue
            chosen = {
                name: values.get(name, 1 if "int" in str(rule._converters[name]).lower() else "1")
                for name in rule.arguments
            }
            # Their objects have other numbers than 1 here: those are in the walk of all routes.
            address = app.url_for(rule.endpoint, **chosen)
            concerns = rule.endpoint.partition(".")[0] in CONCERNED
            yield address
            if concerns:
                yield address + as_a_file
                yield address + searched


CONCERNED = {"results", "people", "insight", "recognition", "promotion", "retraining", "scorecards"}


def test_no_address_tells_an_agent_anothers_figure(app: Flask, persons: People, auth: Auth) -> None:
    own, colleague, made = _month(persons)
    result = db.session.get_one(MonthResult, (made.id, colleague.id))
    assert result.score is not None
    shown = f"{result.score / 100:.2f}"
    told_by = "|".join(map(re.escape, (shown, str(CSAT), str(result.score))))
    # Not inside a request's id or a token, which hold any four digits now and then.
    secret = re.compile(rf"(?<![\w.-])(?:{told_by})(?![\w-])")
    client = auth.login(own)
    db.session.rollback()
    told, count = [], 0
    for address in list(addresses(app, colleague)):
        text = client.get(address, buffered=True).get_data().decode("utf-8", "replace")
        db.session.rollback()
        count += 1
        if secret.search(text):
            told.append(address)
    # The cut-off and the bars of the distribution are everybody's; a figure is not.
    assert told == [] and count > 150


def test_it_takes_the_same_questions_whoever_is_asked_for(
    app: Flask, persons: People, auth: Auth
) -> None:
    """A refusal says nothing of what there is: with or without results, the same is asked."""
    own, colleague, _ = _month(persons)
    nobody = persons.add()
    client: FlaskClient = auth.login(own)
    db.session.rollback()
    for address in ("/results/people/{}", "/insight/people/{}", "/promotion/{}", "/people/{}"):
        counts = []
        for person in (colleague, nobody):
            client.get(address.format(person.id))
            db.session.rollback()
            with statements() as seen:
                answer = client.get(address.format(person.id))
            db.session.rollback()
            assert answer.status_code in (403, 404), address
            counts.append((answer.status_code, len(seen), len(answer.data)))
        assert counts[0] == counts[1], address


def test_what_hr_takes_away_is_in_the_audit_log(app: Flask, persons: People, auth: Auth) -> None:
    _month(persons)
    hr = persons.add("hr", level="manager")
    client = auth.login(hr)
    assert STAFF_NO in client.get(f"/results/months/{MARCH}/export?q={STAFF_NO}").text
    db.session.rollback()
    entries = select(AuditEntry).where(AuditEntry.action == "export.take")
    [entry] = db.session.scalars(entries).all()
    assert (entry.actor_id, entry.details["rows"]) == (hr.id, 1)
    assert STAFF_NO in entry.details["asked"] and NAME not in str(entry.details)


def test_an_erased_person_keeps_the_rank_and_the_proof_holds(
    month: tuple[Person, Person, MonthClose],
) -> None:
    _, colleague, made = month
    here = (made.id, colleague.id)
    before = db.session.get_one(MonthResult, here)
    kept = (before.score, before.rank, before.csat_rank, before.not_ranked)
    found = export_person(db.session(), colleague, actor=OPERATOR, now=NOW)["core"]
    assert found["month_result"][0]["score"] == kept[0]
    assert CSAT in [row["value"] for row in found["month_figure"]]
    colleague.left_on = NOW.date()
    erase_person(db.session(), colleague, reason="asked", actor=OPERATOR, now=NOW)
    db.session.commit()
    after = db.session.get_one(MonthResult, here)
    assert kept[1:] == (2, 2, None)
    assert (after.score, after.rank, after.csat_rank, after.not_ranked) == kept
    assert db.session.get_one(MonthFigure, (*here, "csat")).value == CSAT
    assert verify(db.session(), made).holds
    left = str(export_person(db.session(), colleague, actor=OPERATOR, now=NOW))
    assert NAME not in left and STAFF_NO not in left
