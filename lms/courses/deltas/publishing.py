"""Asking for the delta of a major version: a short course, and the day from which it is missed."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, literal, select, true, update

from lms import audit
from lms.audit import Actor
from lms.clock import local_date
from lms.courses.audience.facts import record_all, tell_all
from lms.courses.deltas.finding import (
    cleared_by_older,
    delta_key,
    delta_programme,
    first_days_back,
)
from lms.courses.models import (
    Enrolment,
    EnrolmentStatus,
    Module,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Step,
)
from lms.db import Localized, Session
from lms.people.models import Clearance, ClearanceGate
from lms.people.organisation import zone

# Told at least a whole day ahead, whenever on the day it is published.
SHORTEST = timedelta(days=1)


def publish(session: Session, version: ProgrammeVersion, *, actor: Actor, now: datetime) -> int:
    """Ask everybody cleared by an older major version for this one's delta; returns how many.

    For a version that was just stored, in the same transaction. Safe to repeat. Nobody is asked
    where the version has no delta or its `major` is not new.
    """
    earlier = session.scalar(
        select(func.max(ProgrammeVersion.major)).where(
            ProgrammeVersion.programme_id == version.programme_id,
            ProgrammeVersion.number < version.number,
        )
    )
    if version.delta is None or earlier is None or earlier >= version.major:
        return 0
    due_on = due_day(version, local_date(now, zone()))
    asked = _ask(session, version, true(), due_on=due_on, actor=actor, now=now)
    audit.record(
        session, actor, "programme.major", ("programme", version.programme_id), now=now,
        version=version.number, major=version.major, steps=version.delta["steps"],
        due_on=due_on.isoformat(), asked=asked,
    )  # fmt: skip
    return asked


def next_major(session: Session, programme_id: int) -> int:
    """The number that makes a version a major one."""
    highest = session.scalar(
        select(func.max(ProgrammeVersion.major)).where(
            ProgrammeVersion.programme_id == programme_id
        )
    )
    return (highest or 0) + 1


def due_day(version: ProgrammeVersion, published_on: date) -> date:
    """The last day for the delta; what is missing takes effect when it is over."""
    return published_on + timedelta(days=(version.delta or {})["due_days"])


def ask_late(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Somebody was cleared just now by a version older than a major one that is out already."""
    mine = session.get_one(ProgrammeVersion, enrolment.version_id)
    newer = session.scalars(
        select(ProgrammeVersion)
        .where(
            ProgrammeVersion.programme_id == mine.programme_id,
            ProgrammeVersion.major > mine.major,
        )
        .order_by(ProgrammeVersion.number)
    ).all()
    first_of = {version.major: version for version in reversed(newer) if version.delta}
    for version in first_of.values():
        soonest = local_date(now, zone()) + SHORTEST
        due_on = max(due_day(version, local_date(version.created_at, zone())), soonest)
        alone = Clearance.enrolment_id == enrolment.id
        _ask(session, version, alone, due_on=due_on, actor=audit.SYSTEM, now=now)


def _ask(
    session: Session,
    version: ProgrammeVersion,
    where: ColumnElement[bool],
    *,
    due_on: date,
    actor: Actor,
    now: datetime,
) -> int:
    """A fixed number of statements, however many people; returns how many were enrolled."""
    today = local_date(now, zone())
    found = delta_programme(session, version.programme, version.major)
    asked = select(ClearanceGate.id).where(
        ClearanceGate.cleared_by == Clearance.enrolment_id, ClearanceGate.version_id == version.id
    )
    rows = cleared_by_older(
        version.programme_id, version.major, today, found.id if found else None
    ).where(where, ~asked.correlate(Clearance).exists())
    if session.execute(rows.limit(1)).first() is None:
        return 0
    fitting = rows.subquery()
    delta = found.versions[0] if found else _make(session, version, now)
    highest = session.scalar(select(func.max(Enrolment.id))) or 0
    under_way = select(Enrolment.person_id).where(
        Enrolment.programme_id == delta.programme_id, Enrolment.status == EnrolmentStatus.ACTIVE
    )
    values = {
        "programme_id": delta.programme_id, "version_id": delta.id, "starts_on": today,
        "due_on": due_on, "status": str(EnrolmentStatus.ACTIVE), "reason": "", "created_at": now,
    }  # fmt: skip
    columns = Enrolment.__table__.c
    people = (
        select(fitting.c.person_id, *(literal(v, columns[k].type) for k, v in values.items()))
        .where(fitting.c.person_id.not_in(under_way))
        .distinct()
        .order_by(fitting.c.person_id)
    )
    session.execute(insert(Enrolment).from_select(["person_id", *values], people))
    made = (Enrolment.id > highest) & (Enrolment.programme_id == delta.programme_id)
    record_all(session, "enrolment.add", made, actor=actor, reason="", now=now)
    tell_all(session, "clearance.delta", _invitation(version, due_on), made, now=now)
    from_day = due_on + timedelta(days=1)
    gate = {"version_id": version.id, "from_day": from_day, "created_at": now}
    columns = ClearanceGate.__table__.c
    gates = select(
        fitting.c.person_id, fitting.c.enrolment_id, Enrolment.id,
        *(literal(v, columns[k].type) for k, v in gate.items()),
    ).join(
        Enrolment,
        (Enrolment.person_id == fitting.c.person_id)
        & (Enrolment.programme_id == delta.programme_id)
        & (Enrolment.status == EnrolmentStatus.ACTIVE),
    )  # fmt: skip
    session.execute(
        insert(ClearanceGate).from_select(["person_id", "cleared_by", "asked", *gate], gates)
    )
    postpone_for_leave(session, ClearanceGate.version_id == version.id, from_day)
    session.flush()
    return session.scalar(select(func.count(Enrolment.id)).where(made)) or 0


def postpone_for_leave(session: Session, where: ColumnElement[bool], day: date) -> None:
    """Gates that would begin on the day begin on the first day back of those on leave then."""
    beginning = (where, ClearanceGate.from_day == day, ClearanceGate.begun_at.is_(None))
    people = session.scalars(select(ClearanceGate.person_id).where(*beginning)).all()
    for person_id, back in first_days_back(session, people, day).items():
        gates = session.scalars(
            select(ClearanceGate).where(*beginning, ClearanceGate.person_id == person_id)
        ).all()
        for gate in gates:
            gate.from_day = back
            due = update(Enrolment).where(Enrolment.id == gate.asked)
            session.execute(due.values(due_on=back - timedelta(days=1)))


def _make(session: Session, version: ProgrammeVersion, now: datetime) -> ProgrammeVersion:
    """The delta as a programme of one part, its steps copied from the version."""
    chosen = (version.delta or {})["steps"]
    steps = {step.key: step for module in version.modules for step in module.steps}
    title = version.title
    made = ProgrammeVersion(
        number=1,
        title=Localized(f"更新内容：{title.pick('zh')}", f"What changed: {title.pick('en')}"),
        summary=Localized(
            "新版本中与您有关的内容。按期完成，上岗资格不受影响。",
            "What is new for you. Done in time, it leaves your clearance as it is.",
        ),
        due_days=(version.delta or {})["due_days"] + 1,
        grants_clearance=False,
        content_hash="",
        created_at=now,
        modules=[
            Module(
                key="delta",
                position=1,
                title=Localized("更新内容", "What changed"),
                steps=[_copy(steps[key], place) for place, key in enumerate(chosen, 1)],
            )
        ],
    )
    programme = Programme(
        key=delta_key(version.programme, version.major), kind=ProgrammeKind.DELTA, versions=[made]
    )
    session.add(programme)
    session.flush()
    return made


def _copy(step: Step, place: int) -> Step:
    return Step(
        key=step.key, position=place, kind=step.kind, title=step.title, minutes=step.minutes,
        config=step.config,
    )  # fmt: skip


def _invitation(version: ProgrammeVersion, due_on: date) -> Localized:
    zh, en = version.title.pick("zh"), version.title.pick("en")
    return Localized(
        f"「{zh}」有重要更新：请在 {due_on:%m-%d} 前学完更新内容，否则次日起暂停上岗",
        f"“{en}” has changed: do the update by {due_on:%d %b}, or your clearance rests",
    )
