"""The question "may this person take contacts now?", asked as a phone system would."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.app import create_app
from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.people import tokens
from lms.people.clearance import grant_clearance, revoke_clearance
from lms.people.models import ApiToken, Clearance, Person
from lms.people.privacy import erase_person
from tests.conftest import People, _running, _settings
from tests.counting import statements

TODAY = date(2026, 11, 2)
Token = Callable[[], str]


def clear(person: Person, clock: SettableClock, **fields: Any) -> Clearance:
    facts = {"source": "programme", "from_day": TODAY} | fields
    found = grant_clearance(db.session(), person.id, actor=OPERATOR, now=clock.now(), **facts)
    db.session.commit()
    return found


def ask(app: Flask, who: Person | str, token: str | None, query: str = "") -> Any:
    number = who if isinstance(who, str) else who.staff_no
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with app.test_client().get(f"/api/v1/duty/{number}{query}", headers=headers) as answer:
        assert answer.is_json
        found = answer.status_code, answer.json
    # The request's snapshot ends with it; here it shares the test's context, where it would go on
    # and forbid writing once the token's day of use has been written after the answer.
    db.session.rollback()
    return found


def test_cleared_with_dates_and_source(
    both_apps: Flask, persons: People, clock: SettableClock, token: Token
) -> None:
    person, secret = persons.add(), token()
    clear(person, clock, source="override", until=date(2026, 11, 9))
    assert ask(both_apps, person, secret) == (
        200,
        {
            "staff_no": person.staff_no, "cleared": True, "reason": None, "since": "2026-11-02",
            "until": "2026-11-09", "source": "override",
            "channels": ["online", "phone", "email"],
            "checked_at": "2026-11-02T02:00:00+00:00",
        },
    )  # fmt: skip
    # Of two, the open one says until when.
    clear(person, clock, from_day=date(2026, 11, 1))
    found = ask(both_apps, person, secret)[1]
    assert (found["since"], found["until"], found["source"]) == ("2026-11-01", None, "programme")


def test_not_cleared(both_apps: Flask, persons: People, clock: SettableClock, token: Token) -> None:
    never, early, over, revoked, gone = (persons.add() for _ in range(5))
    clear(early, clock, from_day=date(2026, 11, 3))
    clear(over, clock, from_day=date(2026, 10, 1), until=date(2026, 11, 1))
    clear(revoked, clock)
    revoke_clearance(
        db.session(), revoked, today=TODAY, reason="a written reason", actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    clear(gone, clock)
    gone.left_on = TODAY
    db.session.commit()
    secret = token()
    for person, reason in (
        (never, "not_cleared"), (early, "not_cleared"), (over, "not_cleared"),
        (revoked, "not_cleared"), (gone, "left"),
    ):  # fmt: skip
        status, found = ask(both_apps, person, secret)
        assert (status, found["cleared"], found["reason"]) == (200, False, reason)
        assert found["since"] is found["until"] is found["source"] is None
        assert found["channels"] == []
    clock.advance(days=1)
    assert ask(both_apps, early, secret)[1]["cleared"]


def test_the_day_is_the_organisations(
    app: Flask, persons: People, clock: SettableClock, token: Token
) -> None:
    person, secret = persons.add(), token()
    clear(person, clock, until=TODAY)
    clock.advance(hours=13, minutes=59)  # 23:59 in Shanghai
    assert ask(app, person, secret)[1]["cleared"]
    clock.advance(minutes=1)
    assert not ask(app, person, secret)[1]["cleared"]


def test_channel(app: Flask, persons: People, clock: SettableClock, token: Token) -> None:
    person, secret = persons.add(channel="phone"), token()
    clear(person, clock, channels="phone")
    assert ask(app, person, secret, "?channel=phone")[1]["cleared"]
    found = ask(app, person, secret, "?channel=online")[1]
    assert (found["cleared"], found["reason"], found["channels"]) == (False, "channel", ["phone"])
    found = ask(app, person, secret)[1]
    assert (found["cleared"], found["channels"]) == (True, ["phone"])
    # A second clearance adds its channels; dates are those of the one asked about.
    clear(person, clock, channels="email", source="override", until=date(2026, 11, 9))
    found = ask(app, person, secret, "?channel=email")[1]
    assert (found["channels"], found["until"]) == (["phone", "email"], "2026-11-09")
    assert ask(app, person, secret, "?channel=phone")[1]["until"] is None
    # One that names no channel is for all of them, whatever the position.
    clear(person, clock)
    assert ask(app, person, secret, "?channel=online")[1]["cleared"]
    assert ask(app, person, secret, "?channel=fax") == (400, {"error": "unknown_channel"})


def test_without_a_valid_token_nothing_is_said(
    app: Flask, persons: People, clock: SettableClock, token: Token
) -> None:
    person, secret = persons.add(), token()
    refused = (401, {"error": "invalid_token"})
    for wrong in (None, "x", secret[:-1], secret + "x"):
        assert ask(app, person, wrong) == refused
        assert ask(app, "nobody", wrong) == refused
    basic = app.test_client().get("/api/v1/duty/x", auth=("a", secret))
    assert basic.status_code == 401 and basic.headers["WWW-Authenticate"] == "Bearer"
    assert ask(app, "nobody", secret) == (404, {"error": "unknown_staff_no"})
    [row] = db.session.scalars(select(ApiToken))
    assert secret not in (row.token_hash, row.name)
    tokens.revoke(db.session(), "duty", row.id, actor=OPERATOR, now=clock.now())
    db.session.commit()
    assert ask(app, person, secret) == refused


def test_who_is_erased_is_unknown(
    app: Flask, persons: People, clock: SettableClock, token: Token
) -> None:
    person, secret = persons.add(), token()
    number, person.left_on = person.staff_no, TODAY
    erase_person(db.session(), person, reason="asked", actor=OPERATOR, now=clock.now())
    db.session.commit()
    assert ask(app, number, secret)[0] == 404


def test_two_queries_and_the_last_day_of_use(
    both_apps: Flask, persons: People, clock: SettableClock, token: Token
) -> None:
    person, secret = persons.add(), token()
    clear(person, clock)
    number = person.staff_no
    for day in (TODAY, date(2026, 11, 3)):
        ask(both_apps, number, secret)
        db.session.rollback()
        assert db.session.scalars(select(ApiToken.used_on)).one() == day
        with statements() as seen:
            ask(both_apps, number, secret)
        assert len(seen) == 2
        clock.advance(days=1)


def test_no_cookie_and_no_store(app: Flask, token: Token, client: FlaskClient) -> None:
    answer = client.get("/api/v1/duty/1", headers={"Authorization": f"Bearer {token()}"})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.fixture
def limited(tmp_path: Path, clock: SettableClock, app: Flask) -> Any:
    """The same database behind an app with its limits on."""
    settings = replace(_settings(tmp_path), rate_limits=True)
    yield from _running(create_app(settings, clock))


def test_a_runaway_client_is_told_so_in_json(limited: Flask, token: Token) -> None:
    secret = token()
    assert ask(limited, "1", secret)[0] == 404
    answers = (ask(limited, "1", secret) for _ in range(2000))
    assert next(a for a in answers if a[0] != 404) == (429, {"error": "too_many_requests"})
