"""Signing in and out, limits, languages, and nothing typed is lost."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.app import create_app
from lms.clock import SettableClock
from lms.db import db
from lms.people import accounts
from lms.people.models import Account, Organisation, Person
from lms.people.organisation import organisation
from tests.conftest import Auth, People, _settings
from tests.writers import writing_meanwhile

PASSWORD = "a quiet morning"


@pytest.fixture
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 is slow on purpose; what is tested here is everything around it."""
    monkeypatch.setattr(accounts, "check_password", _check)


def _check(session: object, staff_no: str, password: str) -> accounts.SignedInUser | None:
    person = db.session.scalar(select(Person).where(Person.staff_no == staff_no))
    if person is None or person.account is None or password != PASSWORD:
        return None
    return accounts.SignedInUser(person, person.account.session_version)


@pytest.fixture
def person(app: Flask, persons: People, cheap_hash: None) -> Person:
    someone = persons.add()
    db.session.add(Account(person_id=someone.id, session_version=1, password_hash="x"))
    db.session.commit()
    return someone


def _sign_in(client: FlaskClient, person: Person, **extra: str) -> str:
    data = {"staff_no": person.staff_no, "password": PASSWORD, **extra}
    response = client.post("/sign-in", data=data)
    assert response.status_code == 302
    return str(response.location)


def test_the_right_password_and_a_wrong_one(client: FlaskClient, person: Person) -> None:
    wrong = client.post("/sign-in", data={"staff_no": person.staff_no, "password": "x"})
    assert wrong.status_code == 401
    assert "do not match" in wrong.get_data(as_text=True) or "password" in wrong.get_data(True)
    assert person.staff_no in wrong.get_data(as_text=True)  # what was typed stays
    assert _sign_in(client, person) == "/"
    assert client.get("/me").status_code == 200
    client.post("/sign-out")
    assert client.get("/me").status_code == 302


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "x"],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, person: Person, target: str) -> None:
    assert _sign_in(client, person, next=target) == "/"
    moved = client.post("/language", data={"locale": "en", "next": target})
    assert moved.location == "/"


def test_one_lands_where_one_wanted_to_go(client: FlaskClient, person: Person) -> None:
    asked = client.get("/notifications?x=1")
    assert asked.status_code == 302 and "next=/notifications" in unescape(asked.location)
    assert _sign_in(client, person, next="/notifications?x=1") == "/notifications?x=1"


def test_an_expired_session_keeps_what_was_typed(client: FlaskClient, person: Person) -> None:
    typed = {"name": "第一行\n“second” <b>", "list": ["1", "2"], "password": "secret thing"}
    page = client.post("/people/new", data=typed)
    text = page.get_data(as_text=True)
    assert page.status_code == 401
    assert "secret thing" not in text
    carried = re.findall(r'name="replay_(?:path|name|value)" value="([^"]*)"', text)
    assert carried[0] == "/people/new"
    pairs = [unescape(value) for value in carried[1:]]
    assert pairs[:2] == ["name", typed["name"]] and pairs.count("list") == 2
    offer = client.post(
        "/sign-in",
        data={
            "staff_no": person.staff_no,
            "password": PASSWORD,
            "replay_path": "/people/new",
            "replay_name": pairs[::2],
            "replay_value": pairs[1::2],
        },
    )
    shown = offer.get_data(as_text=True)
    assert offer.status_code == 200 and 'action="/people/new"' in shown
    kept = re.findall(r'<textarea name="name" hidden>\n(.*?)</textarea>', shown, re.S)
    assert [unescape(value) for value in kept] == [typed["name"]]


def test_what_was_kept_can_be_sent(app: Flask, person: Person) -> None:
    """With real tokens: the one on the page that offers the fields belongs to the new session."""
    app.config["WTF_CSRF_ENABLED"] = True
    guest = app.test_client()
    asked = guest.post("/notifications/read", data={"colour": "blue"}).get_data(as_text=True)
    assert 'value="blue"' in asked
    offer = guest.post(
        "/sign-in",
        data={
            "csrf_token": _token(asked),
            "staff_no": person.staff_no,
            "password": PASSWORD,
            "replay_path": "/notifications/read",
            "replay_name": ["colour"],
            "replay_value": ["blue"],
        },
    )
    form = offer.get_data(as_text=True).split('action="/notifications/read"')[1]
    sent = guest.post("/notifications/read", data={"csrf_token": _token(form)})
    assert sent.status_code == 303


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_replay_never_leaves_the_site(client: FlaskClient, person: Person) -> None:
    assert _sign_in(client, person, replay_path="https://evil.example/x") == "/"


def test_the_demo_offers_its_accounts_and_nothing_else_does(client: FlaskClient) -> None:
    assert "DEMO01" not in client.get("/sign-in").get_data(as_text=True)
    organisation(db.session()).is_demo = True
    db.session.commit()
    page = client.get("/sign-in").get_data(as_text=True)
    assert page.count("demo-account") == 9 and "DEMO09" in page
    assert db.session.get(Organisation, 1) is not None


def test_too_many_tries_are_stopped(
    tmp_path: Path, clock: SettableClock, app: Flask, cheap_hash: None
) -> None:
    limited = create_app(replace(_settings(tmp_path), rate_limits=True), clock)
    limited.config["WTF_CSRF_ENABLED"] = False
    guest = limited.test_client()
    codes = [
        guest.post("/sign-in", data={"staff_no": "x", "password": "y"}).status_code
        for _ in range(21)
    ]
    assert codes[:20] == [401] * 20 and codes[20] == 429
    assert guest.get("/sign-in").status_code == 200


def test_a_changed_password_ends_other_sessions(
    app: Flask, auth: Auth, persons: People, monkeypatch: pytest.MonkeyPatch, cheap_hash: None
) -> None:
    monkeypatch.setattr(accounts, "hash_password", lambda text: f"hash of {text}")
    person = persons.add()
    here, there = auth.login(person), auth.login(person)
    words = {"password": "another morning", "password_again": "another morning"}
    assert here.post("/me/password", data={"current": "no", **words}).status_code == 200
    assert there.get("/me").status_code == 200
    assert here.post("/me/password", data={"current": PASSWORD, **words}).status_code == 303
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


def test_the_first_page_of_a_new_installation_while_somebody_else_writes(app: Flask) -> None:
    assert db.session.get(Organisation, 1) is None
    db.session.rollback()
    with writing_meanwhile(app):
        assert app.test_client().get("/sign-in").status_code == 200
