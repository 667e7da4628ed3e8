"""A welcome, a day done, being cleared: each shown until it is left, and then never again."""

import html

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.courses.models import MomentSeen
from lms.db import db
from tests.conftest import Auth, People
from tests.counting import statements
from tests.courses.conftest import School


def leave(client: FlaskClient, moment: str) -> int:
    return client.post(f"/moments/{moment}").status_code


def home(client: FlaskClient) -> str:
    text = html.unescape(client.get("/").text)
    db.session.rollback()
    return text


def test_the_first_sign_in_welcomes_once(school: School, auth: Auth, persons: People) -> None:
    person = persons.add(name="林小满")
    school.enrol(person)
    client = auth.login(person)
    page = home(client)
    assert "Welcome, 林小满!" in page and "day 2" in page and "about 10 min" in page
    for _ in range(2):  # pressed twice
        assert leave(client, "welcome") == 303
    assert "Welcome, " not in home(client)
    assert db.session.scalar(select(func.count(MomentSeen.id))) == 1
    db.session.rollback()
    with statements() as seen:
        client.get("/")
    assert len(seen) <= 6


def test_a_day_done_shows_what_comes_next(school: School, auth: Auth, persons: People) -> None:
    person = persons.add()
    enrolment = school.enrol(person)
    school.set(enrolment, 0)
    school.set(enrolment, 1)
    client = auth.login(person)
    page = home(client)
    for shown in ("Day 1 is done!", "What comes next", "three", "See you tomorrow"):
        assert shown in page
    assert "Welcome, " not in page
    assert leave(client, f"day-{enrolment.id}-1") == 303
    after = home(client)
    assert "What comes next" not in after and "Day 1 is done!" in after  # the quiet card stays


def test_being_cleared_is_left_once(school: School, auth: Auth, persons: People) -> None:
    person = persons.add()
    school.complete(school.enrol(person))
    client = auth.login(person)
    assert "You are cleared for duty!" in home(client)
    assert leave(client, "cleared-2026-11-02") == 303
    assert "You are cleared for duty!" not in home(client)


def test_nothing_else_can_be_left(app: Flask, auth: Auth, persons: People) -> None:
    client = auth.login(persons.add())
    for wrong in ("anything", "day-1", "welcome2", "cleared-soon"):
        assert leave(client, wrong) == 404
