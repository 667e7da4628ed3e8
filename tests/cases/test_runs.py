"""Runs: stamped and ordered by the server, safe to repeat, measured from the transcript."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.cases import runs, timing
from lms.cases.models import DrillMessage, DrillRun, RunState
from lms.clock import SettableClock
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from tests.cases import kit
from tests.conftest import People


def begin(persons: People, clock: SettableClock) -> DrillRun:
    drill = kit.drill(clock.now())
    person = persons.add()
    return runs.start(db.session(), drill.id, person.id, locale="en", now=clock.now())


def reply(run: DrillRun, text: str, key: str, clock: SettableClock) -> None:
    runs.say(db.session(), run.id, run.person_id, text, client_key=key, now=clock.now())


def test_a_conversation(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    run = begin(persons, clock)
    clock.advance(seconds=8)
    reply(run, " Sorry to hear that ", "a", clock)
    clock.advance(seconds=20)
    reply(run, "I am looking", "b", clock)
    clock.advance(seconds=5)
    reply(run, "Found it", "c", clock)
    assert [(m.seq, m.who, m.text) for m in run.messages] == [
        (1, "customer", "Where is my parcel?"),
        (2, "agent", "Sorry to hear that"),
        (3, "customer", "Order 4471"),
        (4, "agent", "I am looking"),
        (5, "customer", "All right then"),
        (6, "agent", "Found it"),
    ]
    assert runs.customer_is_done(run)
    times = timing.measure(run.messages)
    assert (times.first, list(times.later), times.mean_later) == (8, [20, 5], 12.5)
    assert times.on_time(10) and not times.on_time(7)
    assert times.of == {2: 8, 4: 20, 6: 5}


def test_starting_twice_is_one_run(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    run = begin(persons, clock)
    again = runs.start(db.session(), run.drill_id, run.person_id, locale="zh_Hans", now=clock.now())
    assert again.id == run.id
    assert db.session.scalar(select(func.count(DrillMessage.id))) == 1


def test_sending_twice_is_one_message(
    both_apps: Flask, persons: People, clock: SettableClock
) -> None:
    run = begin(persons, clock)
    reply(run, "Hello", "same", clock)
    reply(run, "Hello", "same", clock)
    reply(run, "Hello", "x" * 500, clock)
    reply(run, "Hello", "x" * 500, clock)
    assert [m.seq for m in run.messages] == [1, 2, 3, 4, 5]


def test_handing_in(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    run = begin(persons, clock)
    session = db.session()
    with pytest.raises(DomainError):
        runs.hand_in(session, run.id, run.person_id, now=clock.now())
    reply(run, "Hello", "a", clock)
    runs.hand_in(session, run.id, run.person_id, now=clock.now())
    first = run.submitted_at
    clock.advance(minutes=1)
    runs.hand_in(session, run.id, run.person_id, now=clock.now())
    assert (run.state, run.submitted_at) == (RunState.SUBMITTED, first)
    with pytest.raises(Conflict):
        reply(run, "One more", "b", clock)
    reply(run, "Hello", "a", clock)  # a late repeat of what is stored is no error
    second = runs.start(session, run.drill_id, run.person_id, locale="en", now=clock.now())
    assert second.id != run.id


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_bad_replies(app: Flask, persons: People, clock: SettableClock, text: str) -> None:
    run = begin(persons, clock)
    with pytest.raises(DomainError):
        reply(run, text, "a", clock)
    assert len(run.messages) == 1


def test_a_run_is_its_owners(app: Flask, persons: People, clock: SettableClock) -> None:
    run = begin(persons, clock)
    other = persons.add()
    for act in (
        lambda: runs.own_run(db.session(), run.id, other.id),
        lambda: runs.say(db.session(), run.id, other.id, "Hi", client_key="a", now=clock.now()),
        lambda: runs.hand_in(db.session(), run.id, other.id, now=clock.now()),
    ):
        with pytest.raises(NotFound):
            act()


def test_two_replies_in_a_row_are_timed_once() -> None:
    from tests.conftest import NOW

    said = [("customer", 0), ("customer", 4), ("agent", 9), ("agent", 30), ("customer", 40)]
    messages = [
        DrillMessage(seq=n, who=who, at=NOW + timedelta(seconds=at), data={})
        for n, (who, at) in enumerate(said, 1)
    ]
    assert timing.measure(messages).of == {3: 9}
    assert timing.measure(messages[:2]).first is None
