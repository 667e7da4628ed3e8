"""A room with its people, through the pages."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from lms.cases.models import Drill
from lms.cases.rooms.models import DrillRoom
from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Person
from tests.cases import kit
from tests.conftest import Auth, People

SCRIPT = {"X-Requested-With": "fetch"}


@dataclass
class Rooms:
    """The trainer's, the agent's and an observer's browsers, and a room that is open."""

    host: FlaskClient
    agent: FlaskClient
    observer: FlaskClient
    people: dict[str, Person]
    drill: Drill
    room_id: int

    @property
    def url(self) -> str:
        return f"/drills/rooms/{self.room_id}"

    def join(self) -> None:
        assert self.agent.post(f"{self.url}/join").status_code == 303

    def say(self, client: FlaskClient, text: str, key: str, after: int = -1) -> Any:
        data = {"text": text, "client_key": key, "after": after}
        return client.post(f"{self.url}/messages", data=data, headers=SCRIPT)

    def news(self, client: FlaskClient, after: int, state: str = "open") -> Any:
        url = f"{self.url}/messages?after={after}&state={state}"
        found = client.get(url)
        db.session.rollback()
        return found

    def room(self) -> DrillRoom:
        db.session.rollback()
        return db.session.scalars(select(DrillRoom).where(DrillRoom.id == self.room_id)).one()


def opened(auth: Auth, persons: People, clock: SettableClock) -> Rooms:
    drill = kit.drill(clock.now())
    people = {"host": persons.add("trainer"), "agent": persons.add(), "observer": persons.add()}
    host, agent, observer = (auth.login(person) for person in people.values())
    data = {"agent": people["agent"].staff_no, "observers": people["observer"].name}
    answer = host.post(f"/drills/{drill.id}/rooms/new", data=data)
    assert answer.status_code == 303, answer.text
    room_id = int(answer.location.rpartition("/")[2])
    return Rooms(host, agent, observer, people, drill, room_id)
