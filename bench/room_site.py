"""Drill rooms with their two people each, made through the services, ready to be spoken in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask

from bench.site import _csrf, cookie
from lms.audit import Actor
from lms.cases.models import Case, CaseVersion, Drill, Rubric
from lms.cases.rooms import opening
from lms.db import Localized, db
from lms.people.models import Account, Channel, Employment, Level, Person


@dataclass(frozen=True)
class Seat:
    """One person in one room, with what their browser would send."""

    room_id: int
    is_host: bool
    cookie: str
    csrf: str


def build(app: Flask, rooms: int) -> list[Seat]:
    """Two seats for each room, the host's first; the agents have come in."""
    session, now = db.session(), datetime.now(UTC)
    drill = _drill(now)
    seats = []
    for number in range(rooms):
        host, agent = _person(2 * number, now), _person(2 * number + 1, now)
        room = opening.open_room(session, drill.id, agent, [], actor=Actor(host.id), now=now)
        opening.join(session, room.id, agent.id, now=now)
        for person in (host, agent):
            seats.append(Seat(room.id, person is host, cookie(app, person.id), _csrf(app)))
    session.commit()
    return seats


def _person(number: int, now: datetime) -> Person:
    person = Person(
        staff_no=f"B{number:04d}", name=f"测试{number}", level=Level.AGENT,
        channel=Channel.ONLINE, employment=Employment.REGULAR, hired_on=date(2025, 1, 6),
        created_at=now,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, session_version=1))
    db.session.flush()
    return person


def _drill(now: datetime) -> Drill:
    some = Localized("演练", "Drill")
    rubric = Rubric(
        key="bench", number=1, title=some, pass_mark=70, criteria=[], critical=[], created_at=now
    )
    version = CaseVersion(
        case=Case(key="bench", created_at=now), number=1, state="published", stage="after_sales",
        channel="online", complaint_level=1, outcome="success", category=some, title=some,
        scenario=some, result=some, lessons=some, tags={}, dialogue=[], handling=[],
        created_at=now, published_at=now,
    )  # fmt: skip
    drill = Drill(
        key="bench", case_version=version, rubric=rubric, title=some, persona=some, opening=some,
        mood=some, hidden_facts=[], triggers=[], script=[], first_reply_seconds=10, created_at=now,
    )  # fmt: skip
    db.session.add(drill)
    db.session.flush()
    return drill
