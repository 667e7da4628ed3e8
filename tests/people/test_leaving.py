"""HR records who leaves, takes the data of a person away, and erases who has left."""

import json
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month, now
from lms.db import db
from lms.people.clearance import clearances_on, grant_clearance
from lms.people.models import ClearanceSource, Person
from lms.results.models import MonthResult
from tests.conftest import Auth, Facts, People

TODAY = date(2026, 11, 2)


@pytest.fixture
def hr(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("hr", level="manager"))


@pytest.fixture
def agent(persons: People) -> Person:
    person = persons.add(name="陆远航", staff_no="0815")
    grant_clearance(
        db.session(), person.id, source=ClearanceSource.HISTORY, from_day=date(2026, 1, 5),
        actor=OPERATOR, now=now(),
    )  # fmt: skip
    db.session.commit()
    return person


def page_of(person: Person) -> str:
    return f"/people/{person.id}/leaving"


def test_who_has_left_signs_in_no_more_and_takes_no_customers(
    auth: Auth, hr: FlaskClient, agent: Person
) -> None:
    mine = auth.login(agent)
    assert mine.get("/").status_code == 200
    assert page_of(agent) in hr.get(f"/people/{agent.id}").text
    for day in ("2026-11-03", "2024-12-31", ""):  # to come, before the first day, none
        assert hr.post(page_of(agent), data={"day": day}).status_code == 400
    assert (
        "has left"
        in hr.post(page_of(agent), data={"day": "2026-10-31"}, follow_redirects=True).text
    )
    db.session.expire_all()
    assert agent.left_on == date(2026, 10, 31)
    assert not clearances_on(db.session(), agent.id, TODAY)
    assert mine.get("/").status_code == 302
    override = {"reason": "they help out once more", "until": "2026-12-01"}
    refused = hr.post(f"/people/{agent.id}/override", data=override)
    assert refused.status_code == 400 and not clearances_on(db.session(), agent.id, TODAY)
    assert "/override" not in hr.get(f"/people/{agent.id}").text
    assert agent.name in hr.get("/people?state=left").text
    again = hr.post(page_of(agent), data={"day": "2026-10-31"}, follow_redirects=True)
    assert "has left already" in again.text

    back = hr.post(f"/people/{agent.id}/back", follow_redirects=True).text
    assert "is here again" in back
    db.session.expire_all()
    assert agent.left_on is None and mine.get("/").status_code == 200
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.in_(["person.leave", "person.return"]))
    ).all()
    assert actions == ["person.leave", "person.return"]


def test_data_are_taken_away_and_erased_with_ranks_kept(
    hr: FlaskClient, agent: Person, facts: Facts
) -> None:
    facts.close(Month.parse("2026-03"), {agent.id: 8000})
    db.session.commit()
    answer = hr.get(f"/people/{agent.id}/data.json")
    assert json.loads(answer.text)["core"]["person"][0]["name"] == "陆远航"
    assert "0815.json" in answer.headers["Content-Disposition"]
    said = {"reason": "asked for it"}
    early = hr.post(f"/people/{agent.id}/erase", data=said, follow_redirects=True)
    assert "Only somebody who has left can be erased." in early.text

    hr.post(page_of(agent), data={"day": "2026-11-02"})
    assert hr.post(f"/people/{agent.id}/erase").status_code == 400  # why?
    done = hr.post(f"/people/{agent.id}/erase", data=said, follow_redirects=True).text
    assert "is erased" in done and "陆远航" not in done and "0815" not in done
    db.session.expire_all()
    assert agent.name == "–"
    assert db.session.scalars(select(MonthResult.score)).all() == [8000]
    assert "add them anew" in hr.post(f"/people/{agent.id}/back", follow_redirects=True).text
    found = {e.action for e in db.session.scalars(select(AuditEntry)) if e.actor_id}
    assert {"person.export", "person.erase"} <= found


def test_for_hr_and_admins_and_not_about_oneself(
    app: Flask, auth: Auth, persons: People, agent: Person
) -> None:
    admin = persons.add("admin", level="manager")
    supervisor = auth.login(persons.add("supervisor", level="supervisor"))
    hr = persons.add("hr", level="manager")
    for path in (page_of(agent), f"/people/{agent.id}/data.json"):
        assert supervisor.get(path).status_code == 403
        assert auth.login(agent).get(path).status_code == 403
    assert supervisor.post(f"/people/{agent.id}/erase").status_code == 403
    assert auth.login(hr).get(page_of(hr)).status_code == 403
    day = {"day": "2026-11-02"}
    assert "last admin" in auth.login(hr).post(page_of(admin), data=day, follow_redirects=True).text
