"""What is said and noted in a room: ordered, stamped, and safe to send twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms.cases.rooms.models import (
    DrillRoom,
    DrillRoomMessage,
    DrillRoomPerson,
    Role,
    RoomState,
)
from lms.db import Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound

MAX_TEXT, MAX_MESSAGES, MAX_KEY = 2000, 300, 64
OVER = (RoomState.ENDED, RoomState.CLOSED)


def locked(session: Session, room_id: int, person_id: int) -> tuple[DrillRoom, str]:
    """The room, held until the commit, and what this person is in it."""
    row = session.execute(
        select(DrillRoom, DrillRoomPerson.role)
        .join(DrillRoomPerson, DrillRoomPerson.room_id == DrillRoom.id)
        .where(DrillRoom.id == room_id, DrillRoomPerson.person_id == person_id)
        .with_for_update(of=DrillRoom)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such room.")
    return row[0], row[1]


def say(
    session: Session, room_id: int, person_id: int, text: str, *, client_key: str, now: datetime
) -> None:
    """Add a message. The same `client_key` of the same person again changes nothing."""
    room, role = locked(session, room_id, person_id)
    if role == Role.OBSERVER:
        raise NotAllowed("Observers read along; they do not write.")
    key = f"{person_id}-{client_key[:MAX_KEY]}"
    known = select(DrillRoomMessage.id).where(
        DrillRoomMessage.room_id == room_id, DrillRoomMessage.client_key == key
    )
    if session.scalar(known) is not None:
        return
    words = _checked(session, room, role, text)
    _add(session, room, person_id, "customer" if role == Role.HOST else "agent", words, key, now)
    if room.begun_at is None:
        room.begun_at, room.state = now, RoomState.OPEN
    room.last_at = now


def _checked(session: Session, room: DrillRoom, role: str, text: str) -> str:
    words = text.strip()
    if room.state in OVER:
        raise Conflict("This room has been closed.")
    if role == Role.HOST and room.state == RoomState.WAITING:
        raise DomainError("Wait until the agent has come in.", field="text")
    if role == Role.AGENT and room.begun_at is None:
        raise DomainError("Wait for the customer's first message.", field="text")
    if not words:
        raise DomainError("Write your message first.", field="text")
    if len(words) > MAX_TEXT:
        raise DomainError(
            "A message has %(count)s characters at most.", field="text", count=MAX_TEXT
        )
    if room.last_seq >= MAX_MESSAGES and _said(session, room) >= MAX_MESSAGES:
        raise DomainError("The conversation has become very long: end it.", field="text")
    return words


def _said(session: Session, room: DrillRoom) -> int:
    """How many messages there are: notes are not part of the conversation."""
    said = select(func.count(DrillRoomMessage.id)).where(
        DrillRoomMessage.room_id == room.id, DrillRoomMessage.who != "note"
    )
    return session.scalar(said) or 0


def note(
    session: Session, room_id: int, person_id: int, kind: str, value: int, *, now: datetime
) -> None:
    """The host's note: a hidden fact told (`fact`) or a trigger hit (`trigger`), by its place in
    the drill's list and taken back by noting it again, or the customer's `mood`, 1 to 5."""
    room, role = locked(session, room_id, person_id)
    if role != Role.HOST:
        raise NotAllowed("Only whoever plays the customer makes notes.")
    if room.state in OVER:
        raise Conflict("This room has been closed.")
    sizes = {"fact": len(room.drill.hidden_facts), "trigger": len(room.drill.triggers)}
    if kind == "mood" and 1 <= value <= 5:
        data: dict[str, Any] = {"mood": value}
    elif 0 <= value < sizes.get(kind, 0):
        data = {kind: value}
    else:
        raise NotFound("There is no such thing to note.")
    if room.last_seq >= 2 * MAX_MESSAGES:
        raise DomainError("The conversation has become very long: end it.")
    _add(session, room, person_id, "note", "", f"note-{room.last_seq + 1}", now, data)
    room.last_at = now


def _add(
    session: Session,
    room: DrillRoom,
    person_id: int,
    who: str,
    text: str,
    key: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    room.last_seq += 1
    session.add(
        DrillRoomMessage(
            room_id=room.id, seq=room.last_seq, person_id=person_id, who=who, text=text,
            data=data or {}, at=now, client_key=key,
        )
    )  # fmt: skip
    session.flush()
