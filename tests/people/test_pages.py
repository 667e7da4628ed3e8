"""The directory, a person's page, HR's and the admin's actions, one's own account."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock, now
from lms.content_files import load_content, starter_content
from lms.courses.models import Enrolment
from lms.courses.onboarding import assign_onboarding
from lms.db import Localized, db
from lms.people import demo_accounts, notices
from lms.people.models import Clearance, Person, RoleAssignment
from tests.clearances import clearance_on
from tests.conftest import Auth, People
from tests.counting import statements

TODAY = date(2026, 11, 2)


def _text(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.get_data(as_text=True)


@pytest.fixture
def hr(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("hr", name="人事", level="manager"))


def _form(**fields: str) -> dict[str, str]:
    return {
        "staff_no": "0042",
        "name": "林小满",
        "team": "一组",
        "level": "agent",
        "channel": "online",
        "employment": "regular",
        "hired_on": "2026-11-02",
        **fields,
    }


@pytest.mark.parametrize(
    ("employment", "programme"), [("regular", "onboarding"), ("temporary", "temporary")]
)
def test_a_new_hire_gets_onboarding_and_a_link_that_works_once(
    app: Flask, hr: FlaskClient, employment: str, programme: str
) -> None:
    load_content(db.session(), starter_content(), now())
    db.session.commit()
    response = hr.post("/people/new", data=_form(employment=employment))
    assert response.status_code == 303
    person = db.session.scalars(select(Person).where(Person.staff_no == "0042")).one()
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.programme.key, enrolment.starts_on) == (programme, TODAY)
    page = _text(hr, response.location)
    link = page[page.index("/activate/") :].split("<")[0].split()[0]
    assert "/activate/" not in _text(hr, response.location)  # shown once
    guest = app.test_client()
    words = {"password": "a quiet morning", "password_again": "a quiet morning"}
    assert person.name in guest.get(link).get_data(as_text=True)
    assert guest.post(link, data=words).status_code == 302
    assert "/learn/" in _text(guest, "/")  # the first step is one press away
    assert app.test_client().get(link).status_code == 404


def test_a_taken_number_is_said_beside_the_field_and_nothing_is_lost(
    app: Flask, hr: FlaskClient
) -> None:
    assert hr.post("/people/new", data=_form()).status_code == 303
    page = hr.post("/people/new", data=_form(name="另一人")).get_data(as_text=True)
    assert "Another person has this staff number." in page and "另一人" in page
    assert db.session.scalar(select(func.count(Person.id)).where(Person.staff_no == "0042")) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"staff_no": ""}, {"name": " "}, {"level": "king"}, {"hired_on": "soon"}, {"staff_no": "a b"}],
)
def test_wrong_fields_are_refused(app: Flask, hr: FlaskClient, wrong: dict[str, str]) -> None:
    before = db.session.scalar(select(func.count(Person.id)))
    assert "form-error" in hr.post("/people/new", data=_form(**wrong)).get_data(as_text=True)
    assert db.session.scalar(select(func.count(Person.id))) == before


def test_only_hr_and_admin_add_people(app: Flask, persons: People, auth: Auth) -> None:
    for role in ("trainer", "supervisor", "quality"):
        assert auth.login(persons.add(role)).post("/people/new", data=_form()).status_code == 403
    assert auth.login(persons.add()).get("/people").status_code == 403


def test_the_directory_searches_filters_and_keeps_to_the_scope(
    app: Flask, hr: FlaskClient, persons: People, auth: Auth
) -> None:
    cleared = persons.add(name="已上岗甲")
    db.session.add(
        Clearance(person_id=cleared.id, from_day=TODAY, source="history", granted_at=now())
    )
    gone = persons.add(name="离职乙")
    gone.left_on = TODAY
    persons.add(name="二组丙", team="二组")
    db.session.commit()
    assert "二组丙" in _text(hr, "/people?q=丙") and "已上岗甲" not in _text(hr, "/people?q=丙")
    assert "已上岗甲" in _text(hr, f"/people?q={cleared.staff_no.lower()}")
    assert "Nobody found" in _text(hr, "/people?q=%25")  # a wildcard is a character
    assert "二组丙" not in _text(hr, "/people?state=cleared")
    assert "已上岗甲" in _text(hr, "/people?state=cleared")
    assert "离职乙" not in _text(hr, "/people") and "离职乙" in _text(hr, "/people?state=left")
    boss = auth.login(persons.add("supervisor", name="主管"))
    assert "已上岗甲" in _text(boss, "/people") and "二组丙" not in _text(boss, "/people")
    for odd in ("?state=x", "?page=0", "?page=99", "?team=x", "?page=%C2%B2"):
        assert hr.get("/people" + odd).status_code == 200


def test_another_team_is_out_of_reach(app: Flask, persons: People, auth: Auth) -> None:
    other = persons.add(team="二组")
    boss = auth.login(persons.add("supervisor"))
    assert boss.get(f"/people/{other.id}").status_code == 403
    assert boss.get("/people/999999").status_code == 404
    mine = persons.add()
    assert boss.get(f"/people/{mine.id}").status_code == 200
    for action in ("override", "revoke", "invite", "roles", "onboarding"):
        assert boss.post(f"/people/{mine.id}/{action}").status_code == 403


def test_override_needs_reason_and_end_and_is_audited(
    app: Flask, hr: FlaskClient, persons: People
) -> None:
    person = persons.add()
    url = f"/people/{person.id}/override"
    page = hr.post(url, data={"reason": "short", "until": "2026-12-01"})
    assert page.status_code == 400 and "at least 10 characters" in page.get_data(as_text=True)
    assert hr.post(url, data={"reason": "x" * 20, "until": ""}).status_code == 400
    past = hr.post(url, data={"reason": "x" * 20, "until": "2026-11-01"})
    assert "must not be before today" in past.get_data(as_text=True)
    good = {"reason": "Trained at the sister company", "until": "2026-12-01"}
    assert hr.post(url, data=good).status_code == 303
    assert hr.post(url, data=good).status_code == 400  # cleared already
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "clearance.grant")
    ).one()
    assert entry.reason == good["reason"] and entry.actor_id is not None
    page_text = _text(hr, f"/people/{person.id}")
    assert "Override by HR: Trained at the sister company" in page_text


def test_revoking_ends_it_today_and_tells(app: Flask, hr: FlaskClient, persons: People) -> None:
    person = persons.add()
    db.session.add(
        Clearance(person_id=person.id, from_day=TODAY, source="history", granted_at=now())
    )
    db.session.commit()
    url = f"/people/{person.id}/revoke"
    assert hr.post(url, data={"reason": "no"}).status_code == 400
    assert hr.post(url, data={"reason": "Gave out a customer's address"}).status_code == 303
    assert clearance_on(db.session(), person.id, TODAY) is None
    assert notices.latest(db.session(), person.id)[0].kind == "clearance.revoked"
    page = _text(hr, f"/people/{person.id}")
    assert "Clearance revoked" in page and "Gave out a customer" in page


def test_roles_are_the_admins_and_the_last_admin_stays(
    app: Flask, persons: People, auth: Auth
) -> None:
    admin, person = persons.add("admin"), persons.add()
    client = auth.login(admin)
    url = f"/people/{person.id}/roles"
    assert client.post(url, data={"roles": ["trainer", "king"]}).status_code == 303
    roles = select(RoleAssignment.role).where(RoleAssignment.person_id == person.id)
    assert db.session.scalars(roles).all() == ["trainer"]
    assert client.post(url, data={}).status_code == 303
    assert db.session.scalars(roles).all() == []
    last = client.post(f"/people/{admin.id}/roles", data={"roles": []})
    assert last.status_code == 400 and "last admin" in last.get_data(as_text=True)
    hr_client = auth.login(persons.add("hr"))
    assert hr_client.post(url, data={"roles": ["admin"]}).status_code == 403


def test_one_sees_oneself_but_no_controls(app: Flask, persons: People, auth: Auth) -> None:
    person = persons.add(name="自己")
    page = _text(auth.login(person), "/me")
    assert "自己" in page and "Joined" in page
    assert "/override" not in page and "/roles" not in page
    assert auth.login(person).get(f"/people/{person.id}").status_code == 403


def test_notices_are_read_by_post_only(app: Flask, persons: People, auth: Auth) -> None:
    person, other = persons.add(), persons.add()
    text = Localized("你好", "Hello")
    notices.notify(db.session(), [person.id, other.id], "x", text, "/", now())
    db.session.commit()
    client = auth.login(person)
    assert "Hello" in _text(client, "/notifications")
    assert db.session.scalar(select(notices.unread(person.id))) == 1
    assert client.post("/notifications/read").status_code == 303
    assert db.session.scalar(select(notices.unread(person.id))) == 0
    assert db.session.scalar(select(notices.unread(other.id))) == 1


def test_pages_need_few_queries(
    app: Flask, hr: FlaskClient, persons: People, clock: SettableClock
) -> None:
    load_content(db.session(), starter_content(), now())
    for number in range(40):
        person = persons.add(hired_on=TODAY - timedelta(days=number))
        assign_onboarding(db.session(), person, actor=OPERATOR, now=now())
    db.session.commit()
    for url, most in (("/people", 6), ("/people?page=2", 6), (f"/people/{person.id}", 12)):
        hr.get(url)
        with statements() as seen:
            _text(hr, url)
        assert len(seen) <= most, "\n".join(seen)


def test_demo_accounts_cover_the_roles() -> None:
    accounts = demo_accounts()
    assert len({a.staff_no for a in accounts}) == len(accounts) == 9
    roles = {a.role for a in accounts}
    assert roles == {None, "trainer", "training_manager", "supervisor", "quality", "hr", "admin"}
