"""The guided start: read from what is there, left out with a reason, gone when all is settled."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.access import HR, SUPERVISOR, TRAINER
from lms.audit import AuditEntry
from lms.courses.models import Programme
from lms.db import db
from lms.jobs import OutboxItem, drain
from lms.people.organisation import organisation
from lms.plugins.registry import all_jobs
from lms.setup import facts, starter
from lms.setup.facts import Item
from tests.conftest import NOW, Auth, People
from tests.counting import statements


@pytest.fixture
def admin(app: Flask, auth: Auth, persons: People) -> FlaskClient:
    organisation(db.session())
    return auth.login(persons.add("admin", name="李明", team=None, level="manager"))


def to_do() -> list[str]:
    db.session.rollback()
    return [str(item) for item in facts.progress(db.session()).open]


def test_an_empty_site_offers_everything_in_order(admin: FlaskClient) -> None:
    assert to_do() == ["organisation", "programmes", "people", "teams", "roles", "first"]
    home = admin.get("/").text
    assert "Setting up" in home and "Your company and its time zone" in home
    page = admin.get("/setup").text
    assert "Give yourself the HR role to import" in page
    assert "Nobody holds yet: HR · Trainer · Supervisor" in page
    with statements() as seen:
        admin.get("/setup")
    assert len(seen) <= 6


def test_each_item_is_done_by_its_fact(both_apps: Flask, persons: People) -> None:
    own = organisation(db.session())
    db.session.commit()
    assert len(to_do()) == 6
    own.name = type(own.name)("晨星客服", "")
    persons.add(team=None)  # an agent in no team
    assert to_do() == ["programmes", "teams", "roles", "first"]
    for role in (HR, TRAINER, SUPERVISOR):
        persons.add(role, level="manager")
    assert to_do() == ["programmes", "teams", "first"]
    person = db.session.get(facts.Person, 1)
    team = db.session.scalars(select(facts.Team)).one()
    assert person is not None
    person.team_id = team.id
    db.session.commit()
    assert to_do() == ["programmes", "first"]


def test_leaving_out_needs_a_reason_and_can_be_undone(admin: FlaskClient) -> None:
    short = admin.post("/setup/skip/teams", data={"reason": "no"})
    assert short.status_code == 400 and 'value="no"' in short.text
    assert "at least 5 characters" in short.text
    assert admin.post("/setup/skip/teams", data={"reason": "只有一个团队"}).status_code == 303
    assert "teams" not in to_do()
    assert "Left out: 只有一个团队" in admin.get("/setup").text
    assert admin.post("/setup/skip/teams", data={"do": "take_up"}).status_code == 303
    assert "teams" in to_do()
    assert admin.post("/setup/skip/nonsense", data={"reason": "long enough"}).status_code == 404


def test_gone_from_the_start_page_when_settled_and_never_there_for_others(
    admin: FlaskClient, auth: Auth, persons: People
) -> None:
    for item in Item:
        admin.post(f"/setup/skip/{item}", data={"reason": "set up by hand"})
    assert to_do() == []
    assert "Setting up" not in admin.get("/").text
    assert "Everything is set up" in admin.get("/setup").text
    hr = auth.login(persons.add("hr"))
    assert "Setting up" not in hr.get("/").text
    assert hr.get("/setup").status_code == 403


def test_a_demo_has_nothing_to_set_up(admin: FlaskClient) -> None:
    organisation(db.session()).is_demo = True
    db.session.commit()
    assert "Setting up" not in admin.get("/").text
    assert "lms demo --remove" in admin.get("/setup").text


def test_name_and_time_zone(admin: FlaskClient) -> None:
    url, filled = "/setup/organisation", {"name_zh": "晨星客服", "name_en": ""}
    wrong = admin.post(url, data={**filled, "timezone": "Asia/Atlantis"})
    assert wrong.status_code == 400
    assert "There is no such time zone" in wrong.text and "晨星客服" in wrong.text
    nameless = admin.post(url, data={"timezone": "Asia/Tokyo"})
    assert "one language at least" in nameless.text
    assert admin.post(url, data={**filled, "timezone": "Asia/Tokyo"}).status_code == 303
    db.session.rollback()
    own = organisation(db.session())
    assert (own.name.zh, own.timezone) == ("晨星客服", "Asia/Tokyo")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "organisation.edit")
    ).one()
    assert entry.details["new"] == ["晨星客服", "", "Asia/Tokyo"]


def test_chosen_courses_are_loaded_in_the_background(admin: FlaskClient) -> None:
    url = "/setup/content"
    assert "One-week onboarding" in admin.get(url).text
    for chosen in ([], ["../secrets"]):
        assert admin.post(url, data={"programmes": chosen}).status_code == 400
    for _ in range(2):  # pressed twice
        assert admin.post(url, data={"programmes": ["retraining-csat"]}).status_code == 303
    assert "Being loaded" in admin.get(url).text
    db.session.rollback()
    waiting = select(func.count(OutboxItem.id)).where(OutboxItem.job == starter.JOB)
    assert db.session.scalar(waiting) == 1
    db.session.rollback()
    drain(all_jobs(), NOW)
    assert db.session.scalars(select(Programme.key)).all() == ["retraining-csat"]
    db.session.rollback()
    assert "1 programmes are there" in admin.get(url).text
