"""What is in a room, and the rooms somebody is asked into."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import aliased, joinedload

from lms.cases.models import Drill
from lms.cases.rooms.models import DrillRoom, DrillRoomMessage, DrillRoomPerson, Role
from lms.db import Localized, Session, read_rows
from lms.errors import NotFound
from lms.people.models import Person

Said = Row[int, str, str, dict[str, Any], datetime, str]


class Standing(NamedTuple):
    """What is asked again and again, so read in one short query."""

    role: str
    state: str
    last_seq: int


# Made once: these are asked hundreds of times a second.
_STANDING = (
    select(DrillRoomPerson.role, DrillRoom.state, DrillRoom.last_seq)
    .join(DrillRoomPerson, DrillRoomPerson.room_id == DrillRoom.id)
    .where(DrillRoom.id == bindparam("room"), DrillRoomPerson.person_id == bindparam("person"))
)
_ROOM = (
    select(DrillRoom)
    .where(DrillRoom.id == bindparam("room"))
    .options(joinedload(DrillRoom.drill), joinedload(DrillRoom.agent), joinedload(DrillRoom.host))
)
_SAID = (
    select(
        DrillRoomMessage.seq,
        DrillRoomMessage.who,
        DrillRoomMessage.text,
        DrillRoomMessage.data,
        DrillRoomMessage.at,
        DrillRoomMessage.client_key,
    )
    .where(DrillRoomMessage.room_id == bindparam("room"))
    .order_by(DrillRoomMessage.seq)
)


def standing(session: Session, room_id: int, person_id: int) -> Standing:
    """NotFound for whoever is not in the room."""
    row = session.execute(_STANDING, {"room": room_id, "person": person_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return Standing(*row)


def room_of(session: Session, room_id: int) -> DrillRoom:
    """With its drill and people; ask `standing` first."""
    return session.scalars(_ROOM, {"room": room_id}).one()


def said(session: Session, room_id: int) -> Sequence[Said]:
    """All of it in order, notes included."""
    return session.execute(_SAID, {"room": room_id}).all()


class Noted(NamedTuple):
    """Where the host's notes stand: facts told and triggers hit by their place, and the mood."""

    facts: frozenset[int]
    triggers: frozenset[int]
    mood: int


def noted(messages: Sequence[Said], start_mood: int) -> Noted:
    """Noting a fact or trigger again takes it back."""
    told: dict[str, set[int]] = {"fact": set(), "trigger": set()}
    mood = start_mood
    for message in messages:
        mood = message.data.get("mood", mood)
        for kind, places in told.items():
            if kind in message.data:
                places ^= {message.data[kind]}
    return Noted(frozenset(told["fact"]), frozenset(told["trigger"]), mood)


class MyRoom(NamedTuple):
    id: int
    role: str
    state: str
    drill: Localized
    agent: str
    host: str
    opened_at: datetime
    run_id: int | None


def mine(session: Session, person_id: int, *, only_open: bool, limit: int) -> list[MyRoom]:
    """The rooms this person is in, the newest first."""
    rows = read_rows(session, _mine(only_open), person_id=person_id, most=limit)
    return [MyRoom(*row) for row in rows]


@cache
def _mine(only_open: bool) -> Any:
    """Made once: every start page asks it."""
    agent, host = aliased(Person), aliased(Person)
    wanted = (
        select(
            DrillRoom.id, DrillRoomPerson.role, DrillRoom.state, Drill.title, agent.name,
            host.name, DrillRoom.opened_at, DrillRoom.run_id,
        )
        .join(DrillRoomPerson, DrillRoomPerson.room_id == DrillRoom.id)
        .join(Drill, Drill.id == DrillRoom.drill_id)
        .join(agent, agent.id == DrillRoom.person_id)
        .join(host, host.id == DrillRoom.host_id)
        .where(DrillRoomPerson.person_id == bindparam("person_id"))
        .order_by(DrillRoom.id.desc())
        .limit(bindparam("most"))
    )  # fmt: skip
    return wanted.where(DrillRoom.ended_at.is_(None)) if only_open else wanted


def sees_notes(role: str, *, is_trainer: bool) -> bool:
    """The host; and observers who may see the customer's card anyway. The agent never."""
    return role == Role.HOST or (role == Role.OBSERVER and is_trainer)
