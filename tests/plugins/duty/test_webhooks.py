"""Every change of clearance reaches who wants to know, once they are there to hear it."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.jobs import drain
from lms.outgoing import RETRY_AFTER, TRIES
from lms.people.clearance import grant_clearance, override_clearance, revoke_clearance
from lms.people.models import Person
from lms.people.privacy import erase_person, export_person
from lms.plugins.duty import endpoints
from lms.plugins.duty.delivering import deliver
from lms.plugins.duty.models import Delivery
from lms.plugins.registry import all_jobs
from tests.conftest import People
from tests.plugins.duty.conftest import Told
from tests.receivers import Receiver

TODAY = date(2026, 11, 2)
Listen = Callable[[str], Told]


def clear(person: Person, clock: SettableClock) -> None:
    grant_clearance(
        db.session(), person.id, source="programme", from_day=TODAY, actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    db.session.commit()


def revoke(person: Person, clock: SettableClock) -> None:
    revoke_clearance(
        db.session(), person, today=TODAY, reason="a written reason", actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    db.session.commit()


def run_jobs(clock: SettableClock, **later: float) -> None:
    """As the server's worker does, some time later."""
    clock.advance(**later or {"seconds": 5})
    drain(all_jobs(), clock.now())


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in receiver.got]


def states() -> list[tuple[str, int, str]]:
    rows = select(Delivery.state, Delivery.tries, Delivery.answer).order_by(Delivery.id)
    return [(row.state, row.tries, row.answer) for row in db.session.execute(rows)]


def test_each_change_is_told_signed(
    both_apps: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person, told = persons.add(), listen(receiver.url)
    override_clearance(
        db.session(), person, today=TODAY, until=date(2026, 11, 9), reason="a peak, in writing",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    run_jobs(clock)
    clear(person, clock)
    run_jobs(clock)
    revoke(person, clock)
    run_jobs(clock)
    run_jobs(clock)
    facts = [(b["event"], b["cleared"], b["until"], b["source"]) for b in bodies(receiver)]
    assert facts == [
        ("clearance.granted", True, "2026-11-09", "override"),
        ("clearance.granted", True, None, "programme"),
        # Both end at once; neither message says that the other still holds.
        ("clearance.revoked", False, None, None),
        ("clearance.revoked", False, None, None),
    ]
    for headers, body in receiver.got:
        right = hmac.new(told.secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Signature"] == f"sha256={right}"
    assert len({headers["X-Delivery"] for headers, _ in receiver.got}) == 4
    numbers = [b["sequence"] for b in bodies(receiver)]
    assert numbers == sorted(numbers)
    assert all(b["staff_no"] == person.staff_no for b in bodies(receiver))
    assert states() == [("delivered", 1, "HTTP 200")] * 4


def test_a_channel_that_is_revoked_leaves_the_others(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person = persons.add()
    listen(receiver.url)
    clear(person, clock)
    for channels in (["phone"], ["online", "email"]):
        revoke_clearance(
            db.session(), person, today=TODAY, channels=channels, reason="a written reason",
            actor=OPERATOR, now=clock.now(),
        )  # fmt: skip
        db.session.commit()
    run_jobs(clock)
    assert [(b["event"], b["cleared"], b["channels"]) for b in bodies(receiver)] == [
        ("clearance.granted", True, ["online", "phone", "email"]),
        ("clearance.narrowed", True, ["online", "email"]),
        ("clearance.revoked", False, []),
    ]


def test_what_is_undone_is_not_told(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person = persons.add()
    listen(receiver.url)
    grant_clearance(
        db.session(), person.id, source="programme", from_day=TODAY, actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    db.session.rollback()
    run_jobs(clock)
    assert receiver.got == []


def test_a_receiver_that_is_down_for_a_while_loses_nothing(
    both_apps: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    people = [persons.add() for _ in range(5)]
    listen(receiver.url)
    receiver.down()
    for person in people:
        clear(person, clock)
    for _ in range(10):
        run_jobs(clock, seconds=30)
    db.session.rollback()
    assert {state for state, _, _ in states()} == {"waiting"}
    assert "refused" in states()[0][2].lower()
    keys = set(db.session.scalars(select(Delivery.key)))
    receiver.up()
    for _ in range(12):
        run_jobs(clock, minutes=10)
    assert {headers["X-Delivery"] for headers, _ in receiver.got} == keys
    assert len(receiver.got) == 5
    assert {state for state, _, _ in states()} == {"delivered"}


def test_a_refused_message_keeps_its_key_and_its_words(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person = persons.add()
    listen(receiver.url)
    receiver.status = 503
    clear(person, clock)
    run_jobs(clock)
    run_jobs(clock)  # too early
    assert len(receiver.got) == 1
    receiver.status = 204
    run_jobs(clock)
    first, second = receiver.got
    assert first[0]["X-Delivery"] == second[0]["X-Delivery"]
    assert first[1] == second[1]
    assert states() == [("delivered", 2, "HTTP 204")]


def test_tried_later_and_later_then_given_up_then_sent_again(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person = persons.add()
    listen(receiver.url)
    receiver.status = 500
    clear(person, clock)
    tried = []
    began = clock.now()
    while clock.now() < began + timedelta(hours=24):
        run_jobs(clock)
        if len(receiver.got) > len(tried):
            tried.append(clock.now())
            clock.at = max(clock.at, tried[-1] + RETRY_AFTER[min(len(tried), 6) - 1])
        elif len(tried) == TRIES:
            clock.advance(hours=1)
    waits = [b - a for a, b in pairwise(tried)]
    assert [w - timedelta(seconds=5) for w in waits] == list(RETRY_AFTER)
    assert states() == [("given_up", TRIES, "HTTP 500")]
    receiver.status = 200
    delivery_id = db.session.scalars(select(Delivery.id)).one()
    endpoints.send_again(db.session(), delivery_id, actor=OPERATOR, now=clock.now())
    db.session.commit()
    run_jobs(clock)
    assert states() == [("delivered", 1, "HTTP 200")]
    assert len({headers["X-Delivery"] for headers, _ in receiver.got}) == 1


def test_messages_about_a_person_keep_their_order(
    both_apps: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person, other = persons.add(), persons.add()
    listen(receiver.url)
    receiver.status = 500
    clear(person, clock)
    for wait in (0, 20, 70):  # the next try is five minutes off
        run_jobs(clock, seconds=wait)
    receiver.status = 200
    receiver.got.clear()
    clear(other, clock)
    run_jobs(clock)
    assert [b["staff_no"] for b in bodies(receiver)] == [other.staff_no]
    receiver.got.clear()
    revoke(person, clock)  # a reason to try the older one at once
    run_jobs(clock)
    assert [b["event"] for b in bodies(receiver)] == ["clearance.granted", "clearance.revoked"]


def test_one_that_is_down_does_not_keep_another_waiting(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    dead = Receiver()
    dead.up()
    dead.down()
    listen(dead.url)
    listen(receiver.url)
    for _ in range(3):
        clear(persons.add(), clock)
    run_jobs(clock)
    assert len(receiver.got) == 3
    db.session.rollback()
    assert sum(tries for _, tries, _ in states()) == 3 + 1


def test_two_workers_at_once_send_nothing_twice(
    both_apps: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    listen(receiver.url)
    for _ in range(8):
        clear(persons.add(), clock)

    def work() -> None:
        with both_apps.app_context():
            for _ in range(4):
                deliver(db.session(), {}, clock.now())

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    keys = [headers["X-Delivery"] for headers, _ in receiver.got]
    assert len(keys) == len(set(keys)) == 8
    assert states() == [("delivered", 1, "HTTP 200")] * 8


def test_a_redirect_is_not_followed(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    listen(receiver.url)
    receiver.status = 302
    clear(persons.add(), clock)
    run_jobs(clock)
    assert len(receiver.got) == 1
    assert states() == [("waiting", 1, "HTTP 302")]


def test_an_end_by_date_is_told_once(
    both_apps: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    until = date(2026, 11, 3)
    lapses, stays = persons.add(), persons.add()
    listen(receiver.url)
    for person in (lapses, stays):
        override_clearance(
            db.session(), person, today=TODAY, until=until, reason="a peak, in writing",
            actor=OPERATOR, now=clock.now(),
        )  # fmt: skip
    clear(stays, clock)
    run_jobs(clock)
    receiver.got.clear()
    run_jobs(clock, days=1)
    assert receiver.got == []
    for _ in range(3):
        run_jobs(clock, days=1)
    run_jobs(clock)
    [body] = bodies(receiver)
    assert (body["event"], body["staff_no"]) == ("clearance.ended", lapses.staff_no)
    assert body["cleared"] is False
    newer = Receiver()
    newer.up()
    listen(newer.url)
    run_jobs(clock, hours=1)
    run_jobs(clock)
    newer.down()
    assert newer.got == []


def test_a_test_message_is_about_nobody(
    app: Flask, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    told = listen(receiver.url)
    for _ in range(2):  # a double click
        endpoints.test(db.session(), told.id, actor=OPERATOR, now=clock.now())
    db.session.commit()
    run_jobs(clock)
    [body] = bodies(receiver)
    assert body["event"] == "test" and "staff_no" not in body


def test_a_removed_endpoint_is_told_nothing_more(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    told, person = listen(receiver.url), persons.add()
    clear(person, clock)
    endpoints.remove(db.session(), told.id, actor=OPERATOR, now=clock.now())
    revoke(person, clock)
    run_jobs(clock)
    assert receiver.got == []
    assert states() == [("given_up", 0, "")]
    listen(receiver.url)  # the address may come back, with a secret of its own


def test_erasing_a_person_takes_their_messages_words(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, listen: Listen
) -> None:
    person = persons.add()
    listen(receiver.url)
    clear(person, clock)
    rows = export_person(db.session(), person, actor=OPERATOR, now=clock.now())
    assert person.staff_no in rows["duty"]["deliveries"][0]["body"]
    person.left_on = TODAY
    erase_person(db.session(), person, reason="asked", actor=OPERATOR, now=clock.now())
    db.session.commit()
    run_jobs(clock)
    assert receiver.got == []
    assert db.session.scalar(select(func.count(Delivery.id)).where(Delivery.body != "")) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook", "http://localhost.example.org/", "ftp://example.org/x",
        "file:///etc/passwd", "https://user:word@example.org/", "https://@example.org/",
        "https://example.org/#x", "https://exa mple.org/", "https://", "example.org", "https://[::1",
        "https://example.org:port/", f"https://{'a' * 64}.org/", "https://例.org/",
        "http://127.0.0.1@example.org/", "http:\\\\localhost/", "https://example.org/\x00",
    ],
)  # fmt: skip
def test_addresses_that_are_not_sent_to(app: Flask, listen: Listen, url: str) -> None:
    with pytest.raises(endpoints.DomainError) as refused:
        listen(url)
    assert refused.value.field == "url"


@pytest.mark.parametrize("url", ["https://phone.example.org/a?b=c", "http://[::1]:8080/x"])
def test_addresses_that_are(app: Flask, listen: Listen, url: str) -> None:
    assert listen(url).secret
    with pytest.raises(endpoints.Conflict):
        listen(url)
