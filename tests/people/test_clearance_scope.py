"""Clearance for some channels: granted, overridden, revoked, shown."""

import threading
from collections.abc import Collection
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.db import db
from lms.errors import DomainError
from lms.people.channels import union
from lms.people.clearance import (
    clearances_on,
    grant_clearance,
    override_clearance,
    revoke_clearance,
)
from lms.people.models import Channel, Person
from tests.clearances import clearance_on
from tests.conftest import Auth, People

TODAY, TOMORROW = date(2026, 11, 2), date(2026, 11, 3)


def held(person: Person, day: date = TODAY) -> list[str]:
    return list(union(c.channels for c in clearances_on(db.session(), person.id, day)))


def override(person: Person, clock: SettableClock, channels: Collection[str]) -> None:
    override_clearance(
        db.session(), person, today=TODAY, until=TOMORROW, channels=channels,
        reason="a peak, in writing", actor=OPERATOR, now=clock.now(),
    )  # fmt: skip


def revoke(person: Person, clock: SettableClock, channels: Collection[str], today: date) -> None:
    revoke_clearance(
        db.session(), person, today=today, channels=channels, reason="a written reason",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip


def test_an_override_adds_the_channels_that_are_missing(
    app: Flask, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    override(person, clock, ["phone"])
    assert held(person) == ["phone"]
    with pytest.raises(DomainError, match="these channels already"):
        override(person, clock, ["phone"])
    override(person, clock, ["online", "phone"])
    assert held(person) == ["online", "phone"]
    override(person, clock, [])  # none named: all
    assert held(person) == list(Channel)
    with pytest.raises(DomainError, match="cleared for duty already"):
        override(person, clock, ["email"])


def test_revoking_one_channel_leaves_the_others_as_they_were(
    app: Flask, persons: People, clock: SettableClock
) -> None:
    person, long_ago = persons.add(), date(2025, 1, 13)
    grant_clearance(
        db.session(), person.id, source="history", from_day=long_ago, actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    revoke(person, clock, ["phone"], TOMORROW)
    assert held(person) == list(Channel) and held(person, TOMORROW) == ["online", "email"]
    left = clearance_on(db.session(), person.id, TOMORROW)
    assert left is not None and (left.from_day, left.until) == (long_ago, None)
    with pytest.raises(DomainError, match="not cleared for these channels"):
        revoke(person, clock, ["phone"], TOMORROW)
    revoke(person, clock, ["email"], TOMORROW)
    assert held(person, TOMORROW) == ["online"]
    revoke(person, clock, [], TOMORROW)
    assert held(person, TOMORROW) == [] and held(person) == list(Channel)
    entries = db.session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "clearance.revoke")
    ).all()
    assert [entry["channels"] for entry in entries] == ["phone", "email", None]
    assert [entry["left"] for entry in entries] == [["online", "email"], ["online"], []]


def test_on_screen(app: Flask, persons: People, auth: Auth) -> None:
    hr, person, mine = auth.login(persons.add("hr")), persons.add(channel="phone"), persons.add()
    me = auth.login(person)
    good = {"reason": "Trained at the sister company", "until": "2026-11-09", "channels": "online"}
    assert hr.post(f"/people/{person.id}/override", data=good).status_code == 303
    page = hr.get(f"/people/{person.id}").get_data(as_text=True)
    assert "Not cleared for Phone, the channel of the position" in page
    assert "Cleared for duty (until 09 Nov 2026): Online" in page
    assert "You are not cleared for Phone" in me.get("/").get_data(as_text=True)
    assert "Not cleared: " in hr.get(f"/people?q={person.staff_no}").get_data(as_text=True)
    assert hr.post(f"/people/{person.id}/override", data=good).status_code == 400
    # Now for the rest, and then less one.
    rest = good | {"channels": ["phone", "email"]}
    assert hr.post(f"/people/{person.id}/override", data=rest).status_code == 303
    gone = {"reason": "Gave out a customer's address", "channels": "phone"}
    assert hr.post(f"/people/{person.id}/revoke", data=gone).status_code == 303
    assert held(person) == ["online", "email"]
    page = me.get("/me").get_data(as_text=True)
    assert "Clearance revoked: Phone" in page
    assert hr.post(f"/people/{mine.id}/revoke", data=gone).status_code == 400
    odd = good | {"channels": "fax"}
    assert hr.post(f"/people/{mine.id}/override", data=odd).status_code == 400


def test_of_two_who_revoke_at_once_neither_is_lost(
    postgres_app: Flask, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    grant_clearance(
        db.session(), person.id, source="history", from_day=date(2025, 1, 13), actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    person_id, begun = person.id, threading.Event()

    def second() -> None:
        with postgres_app.app_context():
            other = db.session.get_one(Person, person_id)
            begun.set()
            revoke(other, clock, ["email"], TOMORROW)
            db.session.commit()

    revoke(person, clock, ["phone"], TOMORROW)
    thread = threading.Thread(target=second)
    thread.start()
    begun.wait()
    thread.join(0.3)  # it waits for the first, whose transaction is still open
    assert thread.is_alive()
    db.session.commit()
    thread.join()
    assert held(person, TOMORROW) == ["online"]
