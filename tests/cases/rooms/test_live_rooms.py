"""Live rooms through the pages: who sees and does what, order, repeats, timing, the run."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.cases.models import DrillRun
from lms.cases.rooms import ending, talking
from lms.cases.rooms.models import DrillRoom, DrillRoomMessage
from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Notification
from tests.cases.rooms.kit import SCRIPT, Rooms, opened
from tests.cases.test_pages import SECRETS
from tests.conftest import Auth, People
from tests.counting import statements

NASTY = "<img src=x onerror=alert(1)>{{7*7}} ‮\u0000𝔘 '\"; DROP TABLE drill_room;--"


@pytest.fixture
def rooms(auth: Auth, persons: People, clock: SettableClock) -> Rooms:
    return opened(auth, persons, clock)


def seqs(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-seq="(\d+)"', html)]


def test_a_conversation_from_invitation_to_result(rooms: Rooms, clock: SettableClock) -> None:
    told = db.session.scalars(select(Notification).order_by(Notification.id)).all()
    assert [n.person_id for n in told] == [rooms.people["agent"].id, rooms.people["observer"].id]
    assert told[0].url == rooms.url
    for client in (rooms.host, rooms.agent, rooms.observer):
        assert "Enter the live drill" in client.get("/more").text
    assert "has not come in yet" in rooms.host.get(rooms.url).text
    assert rooms.say(rooms.host, "Where is it?", "h1").json == {
        "error": "Wait until the agent has come in."
    }
    rooms.join()
    assert "is here" in rooms.news(rooms.host, 0, "waiting").json["times"]
    assert rooms.say(rooms.agent, "Hello?", "a0").status_code == 400
    assert rooms.say(rooms.host, "Where is it?", "h1").json["last"] == 1

    clock.advance(seconds=4)
    waiting = rooms.news(rooms.agent, 0).json
    assert seqs(waiting["lines"]) == [1] and 'data-limit="10"' in waiting["times"]
    assert rooms.news(rooms.agent, 1).status_code == 204
    clock.advance(seconds=8)
    rooms.say(rooms.agent, NASTY, "a1")
    clock.advance(seconds=5)
    second = rooms.say(rooms.host, "Order 4471", "h2", after=1).json
    assert seqs(second["lines"]) == [2, 3] and "answered after 12 s" in second["lines"]
    assert "&lt;img src=x" in second["lines"] and "<img" not in second["lines"]
    clock.advance(seconds=61)
    assert "say-took is-late" in rooms.say(rooms.agent, "Found it", "a2", after=3).json["lines"]

    assert rooms.agent.post(f"{rooms.url}/end").status_code == 403
    ended = rooms.host.post(f"{rooms.url}/end")
    again = rooms.host.post(f"{rooms.url}/end")
    run = db.session.scalars(select(DrillRun)).one()
    assert ended.location == again.location == f"/drills/runs/{run.id}/result"
    assert (run.state, run.mode, run.person_id) == ("submitted", "live", rooms.people["agent"].id)
    assert [(m.seq, m.who) for m in run.messages] == [
        (1, "customer"), (2, "agent"), (3, "customer"), (4, "agent"),
    ]  # fmt: skip
    db.session.rollback()
    over = rooms.news(rooms.agent, 4).json
    assert over["over"] == f"/drills/runs/{run.id}/result"
    assert rooms.say(rooms.agent, "One more thing", "a3").status_code == 409
    page = rooms.agent.get(rooms.url, follow_redirects=True).text
    assert "12 s" in page and "0 of 1" in page and "61 s" not in page and "1:01 min" in page
    way_on = f'href="/scoring/{run.id}"'
    assert way_on in rooms.host.get(ended.location).text and way_on not in page
    assert rooms.host.get(f"/scoring/{run.id}").status_code == 200


def test_sending_again_and_what_is_refused(rooms: Rooms) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    rooms.say(rooms.host, "Hello", "k")
    rooms.say(rooms.agent, "Hello", "k")  # another person's key is another key
    rooms.say(rooms.agent, "Hello", "x" * 300)
    rooms.say(rooms.agent, "Hello", "x" * 300)
    huge = rooms.say(rooms.agent, "好" * 350_000, "huge")
    assert huge.status_code == 400 and "2000" in huge.json["error"]
    assert rooms.say(rooms.agent, "好" * 3_000_000, "huge").status_code == 413
    for empty in ("", "  \n", "\0"):
        assert rooms.say(rooms.agent, empty, "e").status_code == 400
    plain = rooms.agent.post(f"{rooms.url}/messages", data={"text": "好" * 2001, "client_key": "p"})
    assert plain.status_code == 400 and "好" * 2001 in plain.text
    form = rooms.agent.post(f"{rooms.url}/messages", data={"text": "By form", "client_key": "f"})
    assert form.status_code == 303 and "By form" in rooms.host.get(rooms.url).text
    found = select(DrillRoomMessage.seq).order_by(DrillRoomMessage.seq)
    assert list(db.session.scalars(found)) == [1, 2, 3, 4]


def test_who_may_what(rooms: Rooms, auth: Auth, persons: People) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    stranger, other = auth.login(persons.add()), auth.login(persons.add("trainer"))
    for client in (stranger, other):
        for path in ("", "/messages"):
            assert client.get(rooms.url + path).status_code == 404
        for path in ("/messages", "/notes", "/end", "/join"):
            data = {"text": "x", "client_key": "x", "kind": "mood", "value": "1"}
            assert client.post(rooms.url + path, data=data).status_code == 404
            assert client.post(rooms.url + path).status_code == 404
    assert stranger.get(f"/drills/{rooms.drill.id}/rooms/new").status_code == 403
    for client in (rooms.agent, rooms.observer):
        assert not [s for s in SECRETS if s in client.get(rooms.url).text]
        refused = client.post(f"{rooms.url}/notes", data={"kind": "mood", "value": 1})
        assert refused.status_code == 403
    assert rooms.say(rooms.observer, "psst", "o").status_code == 403
    assert rooms.observer.post(f"{rooms.url}/join").status_code == 403
    assert all(s in rooms.host.get(rooms.url).text for s in SECRETS[:4])
    assert db.session.scalar(select(func.count(DrillRoomMessage.id))) == 1


def test_notes_are_for_trainers(rooms: Rooms) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")

    def note(kind: str, value: int) -> dict[str, object]:
        data = {"kind": kind, "value": value}
        answer = rooms.host.post(f"{rooms.url}/notes", data=data, headers=SCRIPT)
        return answer.json["noted"] if answer.status_code == 200 else {}

    assert note("fact", 0) == {"fact": [0], "trigger": [], "mood": 3}
    assert note("trigger", 0)["trigger"] == [0]
    assert note("trigger", 0)["trigger"] == []
    assert note("mood", 1)["mood"] == 1
    assert note("fact", 1) == note("mood", 6) == note("x", 0) == {}
    seen = rooms.news(rooms.agent, 1).json
    assert seen["last"] == 5 and seqs(seen["lines"]) == [] and "noted" not in seen
    rooms.say(rooms.agent, "Hi", "a")
    rooms.host.post(f"{rooms.url}/end")
    run = db.session.scalars(select(DrillRun)).one()
    assert "Told: SECRET-BIRTHDAY" in rooms.host.get(f"/scoring/{run.id}").text
    assert "SECRET" not in rooms.agent.get(f"/drills/runs/{run.id}/result").text


def test_opening(rooms: Rooms, persons: People) -> None:
    url = f"/drills/{rooms.drill.id}/rooms/new"

    def refused(agent: str, observers: str = "") -> str:
        answer = rooms.host.post(url, data={"agent": agent, "observers": observers})
        assert answer.status_code == 400
        return answer.text

    twice = rooms.host.post(url, data={"agent": rooms.people["agent"].staff_no})
    assert twice.location == rooms.url
    assert "You play the customer" in refused(rooms.people["host"].staff_no)
    assert "Nobody has the staff number" in refused("&lt;nobody")
    persons.add(name="同名")
    persons.add(name="同名")
    assert "Several people have this name" in refused("同名")
    assert "Nobody has" in refused(rooms.people["agent"].staff_no, "one, two")
    assert db.session.scalar(select(func.count(DrillRoom.id))) == 1
    assert "You answer" in rooms.agent.get("/drills/rooms").text


def test_observers_come_later_and_leave_with_the_end(
    rooms: Rooms, auth: Auth, persons: People
) -> None:
    late = persons.add("trainer")
    agent, named = rooms.people["agent"].staff_no, f"{late.name}, {rooms.people['observer'].name}"
    for _ in range(2):
        again = rooms.host.post(
            f"/drills/{rooms.drill.id}/rooms/new", data={"agent": agent, "observers": named}
        )
        assert again.location == rooms.url
    for person in (late, rooms.people["observer"]):
        told = select(func.count(Notification.id)).where(Notification.person_id == person.id)
        assert db.session.scalar(told) == 1
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("%observers"))).one()
    assert entry.details == {"observers": [late.id]}
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    rooms.say(rooms.agent, "AGENTS-WORDS", "k")
    assert "AGENTS-WORDS" in rooms.observer.get(rooms.url).text
    rooms.host.post(f"{rooms.url}/end")
    # Who only read along leaves with the end; who may see the agent's runs anyway can still look.
    assert rooms.observer.get(rooms.url).location == "/drills/rooms"
    last = rooms.news(rooms.observer, 0).json
    assert (last["lines"], last["times"], last["over"]) == ("", "", "/drills/rooms")
    assert "AGENTS-WORDS" in auth.login(late).get(rooms.url).text


def test_notes_do_not_use_up_the_conversation(rooms: Rooms) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    room, agent_id = rooms.room(), rooms.people["agent"].id
    room.last_seq = talking.MAX_MESSAGES + 5  # as if the rest were notes
    db.session.commit()
    assert rooms.say(rooms.agent, "Hello", "k").status_code == 200
    now = room.opened_at
    db.session.add_all(
        DrillRoomMessage(
            room_id=rooms.room_id, seq=1000 + n, person_id=agent_id, who="agent", text="x", at=now,
            client_key=f"x{n}",
        )
        for n in range(talking.MAX_MESSAGES - 2)
    )  # fmt: skip
    db.session.commit()
    assert "very long" in rooms.say(rooms.agent, "Hello", "l").json["error"]


def test_a_room_that_everybody_left(rooms: Rooms, clock: SettableClock) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    rooms.say(rooms.agent, "Hello", "k")
    for past, state in ((59, "open"), (61, "ended")):
        ending.sweep(db.session(), {}, clock.now() + timedelta(minutes=past))
        db.session.commit()
        assert rooms.room().state == state
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "drill.close_room"))
    assert entry.one().actor_id is None
    assert db.session.scalars(select(DrillRun)).one().state == "submitted"


def test_a_room_without_a_reply_makes_no_run(rooms: Rooms) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    assert rooms.host.post(f"{rooms.url}/end").location == "/drills/rooms"
    assert rooms.room().state == "closed"
    assert db.session.scalar(select(func.count(DrillRun.id))) == 0
    assert rooms.agent.get(rooms.url).status_code == 200


def test_asking_is_cheap(rooms: Rooms) -> None:
    rooms.join()
    rooms.say(rooms.host, "Hello", "k")
    for url, most in (
        (f"{rooms.url}/messages?after=1&state=open", 2),
        (f"{rooms.url}/messages?after=0&state=open", 4),
        (rooms.url, 5),
    ):
        rooms.agent.get(url)
        with statements() as seen:
            rooms.agent.get(url)
        assert len(seen) <= most, seen
