"""Rooms on both databases: held while somebody writes, numbered without gaps, ended once."""

from datetime import timedelta

from flask import Flask

from lms.audit import Actor
from lms.cases.models import DrillRun
from lms.cases.rooms import ending, opening, reading, talking
from lms.clock import SettableClock
from lms.db import db
from tests.cases import kit
from tests.conftest import People


def test_a_room(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    session, now, drill = db.session(), clock.now(), kit.drill(clock.now())
    host, agent = persons.add("trainer"), persons.add()
    room = opening.open_room(session, drill.id, agent, [], actor=Actor(host.id), now=now)
    opening.join(session, room.id, agent.id, now=now)
    for number in range(3):
        for person in (host, agent):
            for _ in range(2):
                text, key = f"{number} \U0001f642", f"k{number}"
                talking.say(session, room.id, person.id, text, client_key=key, now=now)
    talking.note(session, room.id, host.id, "fact", 0, now=now)
    session.commit()
    said = reading.said(session, room.id)
    assert [m.seq for m in said] == list(range(1, 8)) and said[-1].data == {"fact": 0}
    assert [r.id for r in reading.mine(session, agent.id, only_open=True, limit=3)] == [room.id]
    ending.sweep(session, {}, now + timedelta(hours=2))
    session.commit()
    run = session.get_one(DrillRun, room.run_id)
    assert [m.who for m in run.messages] == ["customer", "agent"] * 3 + ["note"]
    assert ending.end(session, room.id, actor=Actor(host.id), now=now).run_id == run.id
    assert reading.mine(session, agent.id, only_open=True, limit=3) == []
