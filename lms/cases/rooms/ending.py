"""The end of a room: its transcript becomes a run that waits for scoring."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from lms import audit
from lms.audit import SYSTEM, Actor
from lms.cases.models import DrillMessage, DrillRun, RunMode, RunState
from lms.cases.rooms.models import DrillRoom, DrillRoomMessage, Role, RoomState
from lms.cases.rooms.talking import OVER, locked
from lms.db import Session
from lms.errors import NotAllowed
from lms.jobs import Job

# Nothing said for so long: whoever was in the room has gone without closing it.
IDLE, NEVER_BEGUN = timedelta(hours=1), timedelta(hours=12)


def end(session: Session, room_id: int, *, actor: Actor, now: datetime) -> DrillRoom:
    """By the host; ending it twice is ending it once."""
    room, role = locked(session, room_id, actor.person_id or 0)
    if role != Role.HOST:
        raise NotAllowed("Only whoever opened the room closes it.")
    if room.state not in OVER:
        _end(session, room, actor, now)
    return room


def sweep(session: Session, _payload: object, now: datetime) -> None:
    """Ends the rooms that everybody has left."""
    not_begun = DrillRoom.state.in_((RoomState.WAITING, RoomState.JOINED))
    idle = or_(
        and_(DrillRoom.state == RoomState.OPEN, DrillRoom.last_at < now - IDLE),
        and_(not_begun, DrillRoom.last_at < now - NEVER_BEGUN),
    )
    left = select(DrillRoom).where(idle).order_by(DrillRoom.id).limit(200)
    for room in session.scalars(left.with_for_update(skip_locked=True)):
        _end(session, room, SYSTEM, now)


SWEEP = Job("cases.rooms.sweep", sweep, every=timedelta(minutes=5))


def _end(session: Session, room: DrillRoom, actor: Actor, now: datetime) -> None:
    said = session.scalars(
        select(DrillRoomMessage)
        .where(DrillRoomMessage.room_id == room.id)
        .order_by(DrillRoomMessage.seq)
    ).all()
    room.state, room.ended_at, room.open_key = RoomState.CLOSED, now, None
    if any(message.who == "agent" for message in said):
        room.state, room.run_id = RoomState.ENDED, _run_of(session, room, said, now)
    audit.record(
        session, actor, "drill.close_room", ("drill_room", room.id), now=now, run=room.run_id
    )
    session.flush()


def _run_of(
    session: Session, room: DrillRoom, said: Sequence[DrillRoomMessage], now: datetime
) -> int:
    run = DrillRun(
        drill_id=room.drill_id,
        person_id=room.person_id,
        rubric_id=room.drill.rubric_id,
        pass_mark=room.drill.rubric.pass_mark,
        first_reply_seconds=room.first_reply_seconds,
        later_reply_seconds=room.later_reply_seconds,
        mode=RunMode.LIVE,
        locale=room.locale,
        state=RunState.SUBMITTED,
        started_at=room.begun_at or room.opened_at,
        submitted_at=now,
    )
    session.add(run)
    session.flush()
    session.add_all(
        DrillMessage(
            run_id=run.id, seq=m.seq, who=m.who, text=m.text, data=m.data, at=m.at,
            client_key=f"room-{m.seq}",
        )
        for m in said
    )  # fmt: skip
    return run.id
