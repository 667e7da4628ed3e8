"""Opening a room, and who comes in."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.audit import Actor
from lms.cases.models import Drill
from lms.cases.rooms.models import DrillRoom, DrillRoomPerson, Role, RoomState
from lms.cases.rooms.talking import locked
from lms.db import Localized, Session
from lms.errors import DomainError, NotAllowed, NotFound
from lms.people.models import Person
from lms.people.notices import notify

MAX_OBSERVERS = 12


def open_room(
    session: Session,
    drill_id: int,
    agent: Person,
    observers: Sequence[Person],
    *,
    actor: Actor,
    now: datetime,
) -> DrillRoom:
    """A room of the actor's, who plays the customer; agent and observers are told.

    Pressed twice it is one room: while it lasts, host, agent and drill have no second one.
    Observers named the second time come to those of the first.
    """
    host_id = actor.person_id
    if host_id is None:
        raise NotAllowed("A room is opened by somebody who plays the customer.")
    drill = session.get(Drill, drill_id)
    if drill is None:
        raise NotFound("There is no such drill.")
    _check(host_id, agent, observers)
    open_key = f"{host_id}.{agent.id}.{drill_id}"
    known = select(DrillRoom).where(DrillRoom.open_key == open_key).with_for_update(of=DrillRoom)
    if found := session.scalar(known):
        return _with_more(session, found, drill, observers, actor, now)
    room = DrillRoom(
        drill_id=drill_id,
        person_id=agent.id,
        host_id=host_id,
        open_key=open_key,
        locale=agent.locale,
        first_reply_seconds=drill.first_reply_seconds,
        later_reply_seconds=drill.later_reply_seconds,
        state=RoomState.WAITING,
        opened_at=now,
        last_at=now,
    )
    try:
        with session.begin_nested():
            session.add(room)
    except IntegrityError:
        if found := session.scalar(known):
            return _with_more(session, found, drill, observers, actor, now)
        raise
    roles = {host_id: Role.HOST, agent.id: Role.AGENT}
    roles |= {person.id: Role.OBSERVER for person in observers if person.id not in roles}
    session.add_all(
        DrillRoomPerson(room_id=room.id, person_id=person_id, role=role)
        for person_id, role in roles.items()
    )
    _invite(session, room, drill, roles, now)
    audit.record(
        session, actor, "drill.open_room", ("drill_room", room.id), now=now,
        drill=drill_id, agent=agent.id, observers=[p.id for p in observers],
    )  # fmt: skip
    session.flush()
    return room


def _with_more(
    session: Session,
    room: DrillRoom,
    drill: Drill,
    observers: Sequence[Person],
    actor: Actor,
    now: datetime,
) -> DrillRoom:
    """The room that is open already, held, with the observers it does not have yet."""
    in_room = select(DrillRoomPerson.person_id, DrillRoomPerson.role).where(
        DrillRoomPerson.room_id == room.id
    )
    there = {person_id: role for person_id, role in session.execute(in_room)}
    new = {person.id: Role.OBSERVER for person in observers if person.id not in there}
    if not new:
        return room
    _check_observers(len(new) + sum(role == Role.OBSERVER for role in there.values()))
    session.add_all(
        DrillRoomPerson(room_id=room.id, person_id=person_id, role=role)
        for person_id, role in new.items()
    )
    _invite_to_watch(session, room, drill, new, now)
    audit.record(
        session, actor, "drill.add_observers", ("drill_room", room.id), now=now,
        observers=list(new),
    )  # fmt: skip
    session.flush()
    return room


def _check(host_id: int, agent: Person, observers: Sequence[Person]) -> None:
    if agent.id == host_id:
        raise DomainError("You play the customer: somebody else has to answer.", field="agent")
    _check_observers(len(observers))


def _check_observers(count: int) -> None:
    if count > MAX_OBSERVERS:
        raise DomainError(
            "At most %(count)s people read along.", field="observers", count=MAX_OBSERVERS
        )


def _invite(
    session: Session, room: DrillRoom, drill: Drill, roles: dict[int, Role], now: datetime
) -> None:
    zh, en = drill.title.pick("zh"), drill.title.pick("en")
    url = f"/drills/rooms/{room.id}"
    practise = Localized(
        f"培训师邀请您进行实时演练“{zh}”。", f"You are invited to the live drill “{en}”."
    )
    notify(session, [room.person_id], "drill.invited", practise, url, now)
    watching = [person_id for person_id, role in roles.items() if role is Role.OBSERVER]
    _invite_to_watch(session, room, drill, watching, now)


def _invite_to_watch(
    session: Session, room: DrillRoom, drill: Drill, watching: Iterable[int], now: datetime
) -> None:
    zh, en = drill.title.pick("zh"), drill.title.pick("en")
    watch = Localized(
        f"您被邀请旁听实时演练“{zh}”。", f"You are invited to read along in the live drill “{en}”."
    )
    notify(session, list(watching), "drill.invited", watch, f"/drills/rooms/{room.id}", now)


def join(session: Session, room_id: int, person_id: int, *, now: datetime) -> None:
    """The agent is there; from now on the customer can write."""
    room, role = locked(session, room_id, person_id)
    if role != Role.AGENT:
        raise NotAllowed("Only whoever answers the customer begins here.")
    if room.state == RoomState.WAITING:
        room.state, room.joined_at, room.last_at = RoomState.JOINED, now, now
