"""When a clearance rests for a delta that is not done, and when it holds again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms import audit, events
from lms.clock import local_date
from lms.courses.deltas.publishing import postpone_for_leave
from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeVersion
from lms.db import Localized, Session
from lms.people import notices
from lms.people.clearance import granted_on
from lms.people.models import Clearance, ClearanceGate, Person
from lms.people.organisation import zone
from lms.people.services import supervisors_by_team
from lms.plugins.bus import emit

# So many in one transaction: on SQLite it keeps other writers waiting.
_BATCH = 200


def delta_done(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """The delta of this enrolment is done: what waited for it holds again, or goes on holding."""
    _open(session, _of(session, ClearanceGate.asked == enrolment.id), now)


def went_through(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Who completes the new version itself is asked for no delta up to it."""
    version = session.get_one(ProgrammeVersion, enrolment.version_id)
    up_to = select(ProgrammeVersion.id).where(
        ProgrammeVersion.programme_id == version.programme_id,
        ProgrammeVersion.major <= version.major,
    )
    mine = ClearanceGate.person_id == enrolment.person_id
    gates = _of(session, mine & ClearanceGate.version_id.in_(up_to))
    for asked in {gate.asked for gate in gates}:
        delta = session.get_one(Enrolment, asked)
        if delta.status == EnrolmentStatus.ACTIVE:
            delta.status, delta.ended_at = EnrolmentStatus.CANCELLED, now
            audit.record(
                session, audit.SYSTEM, "enrolment.cancel", ("person", delta.person_id), now=now,
                reason="completed the new version", enrolment_id=delta.id,
            )  # fmt: skip
    _open(session, gates, now)


def _of(session: Session, where: Any) -> Sequence[ClearanceGate]:
    return session.scalars(
        select(ClearanceGate).where(where, ClearanceGate.ended_at.is_(None))
    ).all()


def _open(session: Session, gates: Iterable[ClearanceGate], now: datetime) -> None:
    today = local_date(now, zone())
    for gate in gates:
        has_begun = gate.begun_at is not None
        gate.ended_at = now
        # A clock that went back does not undo what was told already.
        gate.until_day = max(today, gate.from_day) if has_begun else today
        audit.record(
            session, audit.SYSTEM, "clearance.reopen" if has_begun else "clearance.kept",
            ("person", gate.person_id), now=now, enrolment_id=gate.asked,
        )  # fmt: skip
        session.flush()
        if has_begun:
            for clearance_id in _resting(session, [gate], now).get(gate.id, ()):
                emit(events.ClearanceReopened(now, gate.person_id, clearance_id))
            mine = Localized("更新学习已完成，上岗资格已恢复", "Update done: you are cleared again")
            notices.notify(session, [gate.person_id], "clearance.rests", mine, "/", now)


def begin(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job: tells of clearances that rest from today on; commits after each batch.

    The day alone decides whether they rest; this is for those who have to hear of it.
    """
    today = local_date(now, zone())
    due = (
        ClearanceGate.from_day <= today,
        ClearanceGate.begun_at.is_(None),
        ClearanceGate.ended_at.is_(None),
    )
    for day in session.scalars(select(ClearanceGate.from_day).where(*due).distinct()).all():
        postpone_for_leave(session, ClearanceGate.ended_at.is_(None), day)
    session.flush()
    while gates := session.scalars(
        select(ClearanceGate).where(*due).order_by(ClearanceGate.id).limit(_BATCH)
    ).all():
        for gate in gates:
            gate.begun_at = now
        session.flush()
        _tell_all(session, gates, now)
        session.commit()


def _resting(
    session: Session, gates: Sequence[ClearanceGate], now: datetime
) -> dict[int, list[int]]:
    """The clearances that each gate is about, by its id; none if they were revoked meanwhile."""
    rows = session.execute(
        select(ClearanceGate.id, Clearance.id)
        .join(Clearance, Clearance.enrolment_id == ClearanceGate.cleared_by)
        .where(
            ClearanceGate.id.in_([gate.id for gate in gates]), granted_on(local_date(now, zone()))
        )
        .order_by(Clearance.id)
    )
    found: dict[int, list[int]] = {}
    for gate_id, clearance_id in rows:
        found.setdefault(gate_id, []).append(clearance_id)
    return found


def _tell_all(session: Session, gates: Sequence[ClearanceGate], now: datetime) -> None:
    held = _resting(session, gates, now)
    people = {
        person.id: person
        for person in session.scalars(
            select(Person).where(
                Person.id.in_([gate.person_id for gate in gates]), Person.left_on.is_(None)
            )
        )
    }
    told = [gate for gate in gates if gate.id in held and gate.person_id in people]
    by_team = supervisors_by_team(session)
    theirs: dict[int, list[Person]] = {}
    for gate in told:
        person = people[gate.person_id]
        for clearance_id in held[gate.id]:
            emit(events.ClearanceGated(now, person.id, clearance_id))
        audit.record(
            session, audit.SYSTEM, "clearance.rest", ("person", person.id), now=now,
            enrolment_id=gate.asked,
        )  # fmt: skip
        mine = Localized(
            "上岗资格已暂停：请先完成更新学习", "Your clearance rests: do the update first"
        )
        url = f"/courses/{gate.asked}"
        notices.notify(session, [person.id], "clearance.rests", mine, url, now)
        for supervisor_id in by_team.get(person.team_id or 0, ()):
            if supervisor_id != person.id:
                theirs.setdefault(supervisor_id, []).append(person)
    for supervisor_id, resting in theirs.items():
        _tell_supervisor(session, supervisor_id, resting, now)


def _tell_supervisor(
    session: Session, supervisor_id: int, resting: Sequence[Person], now: datetime
) -> None:
    """One notice, however many of their people it is about."""
    first, others = resting[0].name, len(resting) - 1
    more_zh, more_en = (f"等 {others + 1} 人", f" and {others} more") if others else ("", "")
    text = Localized(
        f"{first}{more_zh}未完成更新学习，上岗资格已暂停",
        f"{first}{more_en} may not take customers: update not done",
    )
    url = "/people?state=update" if others else f"/people/{resting[0].id}"
    notices.notify(session, [supervisor_id], "clearance.rests", text, url, now)
