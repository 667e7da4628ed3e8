"""Addresses from the roster, and the chat of a team."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.errors import DomainError
from lms.people.models import Person, Team
from lms.people.notices import notify
from lms.people.privacy import erase_person
from lms.plugins.messaging import addresses, teams
from lms.plugins.messaging.known import one
from lms.plugins.messaging.models import Address
from tests.conftest import Auth, People
from tests.plugins.messaging.conftest import Mailbox, run_jobs, states, tell
from tests.receivers import Receiver

SetUp = Callable[[], None]


def test_a_given_address_is_used_until_its_owner_says_otherwise(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp
) -> None:
    set_up_mail()
    given, own = persons.add(), persons.add()
    for person in (given, own):
        person.email, person.email_at = f"{person.staff_no}@example.com", clock.now()
    home = Address(
        person_id=own.id, channel="email", address="home@example.com", created_at=clock.now(),
        confirmed_at=clock.now(),
    )  # fmt: skip
    db.session.add(home)
    for person in (given, own):
        tell(person, clock)
    run_jobs(clock)
    assert [mail["To"] for mail in mailbox.got] == [given.email, "home@example.com"]
    given.email, given.email_at = "new@example.com", clock.now()
    tell(given, clock, "two")
    run_jobs(clock)
    assert [mail["To"] for mail in mailbox.got[2:]] == ["new@example.com"]
    held = addresses.of_person(db.session(), given.id)
    assert [(a.address, a.is_given) for a in held] == [("new@example.com", True)]
    addresses.remove(db.session(), given.id, held[0].id, actor=OPERATOR, now=clock.now())
    tell(given, clock, "three")
    run_jobs(clock)
    assert len(mailbox.got) == 3, "what was removed is not put back"
    given.left_on = given.hired_on
    erase_person(db.session(), given, reason="gone", actor=OPERATOR, now=clock.now())
    assert given.email is None


def in_team(persons: People, team: Team, count: int) -> list[Person]:
    found = [persons.add(team=team.name) for _ in range(count)]
    db.session.commit()
    return found


def new_team() -> Team:
    found = Team(name="一组")
    db.session.add(found)
    db.session.commit()
    return found


def test_the_team_hears_once_in_its_chat_and_nothing_of_single_people(
    both_apps: Flask, persons: People, clock: SettableClock, receiver: Receiver, set_up_mail: SetUp
) -> None:
    set_up_mail()
    team = new_team()
    members = in_team(persons, team, 3)
    elsewhere = persons.add(team="二组")
    session, to = db.session(), one(db.session(), "webhook")
    how = {"locale": "en", "actor": OPERATOR, "now": clock.now()}
    for raw, kinds in (("", ["session.changed"]), (receiver.url, []), (receiver.url, ["exam"]),
                       ("http://evil.example/", ["session.changed"])):  # fmt: skip
        with pytest.raises(DomainError):
            teams.save(session, team, to, raw, kinds, **how)
    teams.save(session, team, to, receiver.url, ["session.changed", "drill.scored"], **how)
    session.commit()
    assert teams.chats(session, [team.id])[team.id]["webhook"].kinds == {"session.changed"}
    receiver.status = 503  # down at first: it is repeated under its key
    text = Localized("有变动", "It moved")
    told = [p.id for p in [*members, elsewhere]]
    notify(session, told, "session.changed", text, "/sessions/7", clock.now())
    tell(members[0], clock, "a score")
    run_jobs(clock)
    receiver.status = 200
    run_jobs(clock, minutes=1)
    run_jobs(clock, minutes=1)
    assert [json.loads(body)["text"] for _, body in receiver.got] == ["It moved"] * 2
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.got}) == 1
    assert states() == [("delivered", 2)]
    teams.send_test(session, team.id, "webhook", actor=OPERATOR, now=clock.now())
    session.commit()
    run_jobs(clock)
    assert len(receiver.got) == 3
    teams.remove(session, team.id, "webhook", actor=OPERATOR, now=clock.now())
    notify(session, told, "session.changed", text, "/sessions/8", clock.now())
    session.commit()
    run_jobs(clock)
    assert len(receiver.got) == 3
    actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert [a for a in actions if "team_chat" in a] == [
        "messaging.team_chat", "messaging.team_chat_remove",
    ]  # fmt: skip


def test_a_supervisor_sets_up_the_chat_of_their_own_team_alone(
    app: Flask, persons: People, auth: Auth, receiver: Receiver, mail: None
) -> None:
    team = new_team()
    boss = persons.add("supervisor", team="一组")
    other = persons.add(team="二组")
    mine, theirs = f"/messaging/teams/{team.id}", f"/messaging/teams/{other.team_id}"
    client = auth.login(boss)
    assert client.get("/messaging").get_data(True).count(mine) == 1
    assert client.get(theirs).status_code == 403
    db.session.rollback()
    assert client.post(f"{theirs}/webhook", data={"address": receiver.url}).status_code == 403
    bad = client.post(f"{mine}/webhook", data={"address": "nothing", "kinds": "session.changed"})
    assert bad.status_code == 400 and 'value="nothing"' in bad.get_data(True)
    sent = {"address": receiver.url, "kinds": "session.changed"}
    assert client.post(f"{mine}/webhook", data=sent).status_code == 303
    page = client.get(mine).get_data(True)
    assert receiver.url not in page, "the address opens the chat to whoever has it"
    assert client.post(f"{mine}/email", data=sent).status_code == 404
