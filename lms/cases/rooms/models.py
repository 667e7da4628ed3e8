"""A room, who is in it, and what is said and noted there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import relationship

from lms.cases.models import Drill
from lms.db import Code, Mapped, Model, PersonId, Pk, mapped_column
from lms.people.models import Person


class RoomState(StrEnum):
    WAITING = "waiting"  # for the agent to come in
    JOINED = "joined"  # the customer has not written yet
    OPEN = "open"
    ENDED = "ended"  # its transcript became a run
    CLOSED = "closed"  # ended with nothing to score


class Role(StrEnum):
    AGENT = "agent"
    HOST = "host"
    OBSERVER = "observer"


class DrillRoom(Model):
    """`person_id` is the agent's. The time standards are the drill's when the room was opened.

    `open_key` names host, agent and drill until the room ends: one room, however often the button
    is pressed. `last_seq` is the number of the last message; whoever writes holds the row.
    """

    __tablename__ = "drill_room"
    id: Mapped[Pk]
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"), index=True)
    person_id: Mapped[PersonId]
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    open_key: Mapped[str | None] = mapped_column(unique=True)
    locale: Mapped[str]
    first_reply_seconds: Mapped[int]
    later_reply_seconds: Mapped[int]
    state: Mapped[Code] = mapped_column(index=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    last_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("drill_run.id"), unique=True)

    drill: Mapped[Drill] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys="DrillRoom.person_id")
    host: Mapped[Person] = relationship(foreign_keys="DrillRoom.host_id")


class DrillRoomPerson(Model):
    __tablename__ = "drill_room_person"
    __table_args__ = (UniqueConstraint("room_id", "person_id"),)
    id: Mapped[Pk]
    room_id: Mapped[int] = mapped_column(ForeignKey("drill_room.id"))
    person_id: Mapped[PersonId]
    role: Mapped[Code]


class DrillRoomMessage(Model):
    """Ordered and stamped by the server. `who`: customer, agent or note (`data`)."""

    __tablename__ = "drill_room_message"
    __table_args__ = (UniqueConstraint("room_id", "seq"), UniqueConstraint("room_id", "client_key"))
    id: Mapped[Pk]
    room_id: Mapped[int] = mapped_column(ForeignKey("drill_room.id"))
    seq: Mapped[int]
    person_id: Mapped[PersonId]
    who: Mapped[Code]
    text: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    client_key: Mapped[str]
