"""Addresses that ask for what cannot be."""

from flask import Flask

from lms.db import db
from tests.conftest import Auth, People, _forget_the_last_request

HUGE = "9" * 30


def test_a_number_no_column_can_hold_is_nothing(both_apps: Flask, persons: People) -> None:
    client = Auth(both_apps).login(persons.add("hr", "admin", level="manager"))
    for address in (
        f"/people?page={HUGE}", f"/results/imports?page={HUGE}", f"/people/{HUGE}",
        f"/results/people/{HUGE}", f"/insight/teams/{HUGE}", f"/people?team={HUGE}",
    ):  # fmt: skip
        page = client.get(address)
        db.session.rollback()
        assert page.status_code == 404 and "Nothing here" in page.text, address
    assert client.post(f"/results/imports/{HUGE}/discard").status_code == 400
    db.session.rollback()
    assert client.get("/people").status_code == 200


def test_a_word_that_a_template_names_itself_is_in_each_readers_language(app: Flask) -> None:
    """It is no constant, which would stay in the language of whoever came first."""
    shown = app.jinja_env.from_string("{{ 'service'|component_name|loc }}")
    said = []
    for language in ("zh-CN", "en"):
        with app.test_request_context(headers={"Accept-Language": language}):
            _forget_the_last_request()
            said.append(shown.render())
    assert said[0] != said[1]
