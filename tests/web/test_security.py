"""Headers, CSRF, languages, errors."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from lms import access
from lms.app import create_app
from lms.db import db
from lms.people.models import Person
from tests.conftest import Auth, People, _settings


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/static/app.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_carries_inline_code(app: Flask, auth: Auth, persons: People) -> None:
    client = auth.login(persons.add("admin", "hr", "trainer"))
    for path in ("/", "/courses", "/people", "/people/new", "/me", "/notifications", "/progress"):
        page = client.get(path).get_data(as_text=True)
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page), path


def test_private_pages_are_not_cached(app: Flask, auth: Auth, persons: People) -> None:
    assert auth.login(persons.add()).get("/me").headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_changes_nothing_but_keeps_the_fields(
    app: Flask, auth: Auth, persons: People
) -> None:
    client = auth.login(persons.add("hr"))
    app.config["WTF_CSRF_ENABLED"] = True
    before = db.session.query(Person).count()
    page = client.post("/people/new", data={"name": "林小满", "staff_no": "7"})
    assert page.status_code == 400 and "林小满" in page.get_data(as_text=True)
    assert db.session.query(Person).count() == before


def test_the_language_is_switched_and_remembered(app: Flask, auth: Auth, persons: People) -> None:
    person = persons.add()
    client = auth.login(person, "en")
    assert 'lang="en"' in client.get("/me").get_data(as_text=True)
    page = client.get("/me").get_data(as_text=True)
    form = page[page.index('action="/language"') :].split("</form>")[0]
    name, value = re.findall(r'type="submit" name="(\w+)" value="(\w+)"', form)[0]
    moved = client.post("/language", data={name: value, "next": "/me"})
    assert moved.location == "/me"
    assert 'lang="zh-Hans"' in client.get("/me").get_data(as_text=True)
    assert db.session.get_one(Person, person.id).locale == "zh_Hans"
    client.post("/language", data={name: "xx"})
    assert 'lang="zh-Hans"' in client.get("/me").get_data(as_text=True)


@pytest.mark.parametrize(
    ("header", "lang"), [("en-GB,en;q=0.8", "en"), ("zh-CN", "zh-Hans"), ("fr", "zh-Hans")]
)
def test_the_browsers_language_counts_before_signing_in(
    client: FlaskClient, header: str, lang: str
) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": header}).get_data(as_text=True)
    assert f'<html lang="{lang}"' in page


def test_nothing_here_is_a_page_and_not_a_trace(client: FlaskClient) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404 and "Traceback" not in page.get_data(as_text=True)


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        and not hasattr(app.view_functions[rule.endpoint], "access")
        and rule.endpoint.split(".")[0] not in app.extensions["lms_blueprint_owners"]
    ]
    assert silent == []


@pytest.mark.parametrize(("hops", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    tmp_path: Path, hops: int, seen: str
) -> None:
    app = create_app(replace(_settings(tmp_path), trusted_proxies=hops))
    app.add_url_rule("/seen", view_func=access.public(lambda: request.remote_addr or ""))
    answer = app.test_client().get("/seen", headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.get_data(as_text=True) == seen
