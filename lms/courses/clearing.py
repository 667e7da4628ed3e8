"""From a completed programme to clearance for duty; the only way to it besides HR's override.

Clearance is refused while anything speaks against it, a plugin that cannot answer included, and
asked for again by a periodic job and by a button, so that a refusal never becomes a dead end.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from lms import audit
from lms.cases.holding import is_held
from lms.clock import local_date
from lms.courses.deltas.publishing import ask_late
from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeKind, ProgrammeVersion
from lms.courses.outline import outline
from lms.db import Localized, Session
from lms.people import channels, notices
from lms.people.clearance import clearances_on, grant_clearance
from lms.people.models import Channel, Clearance, ClearanceSource, Person
from lms.people.organisation import zone
from lms.people.services import supervisors_of
from lms.rules.criteria import refusals as plugin_refusals

# A temporary agent is cleared on the third calendar day at the earliest, whatever a file says.
TEMPORARY_EARLIEST_DAY = 3


def refusals(session: Session, enrolment: Enrolment, now: datetime) -> list[Localized]:
    """Every reason against clearance now; empty when nothing is."""
    reasons = []
    shape = outline(session, enrolment.version_id)
    today = local_date(now, zone())
    earliest = enrolment.starts_on + timedelta(days=TEMPORARY_EARLIEST_DAY - 1)
    if shape.kind == ProgrammeKind.TEMPORARY and today < earliest:
        reasons.append(
            Localized(
                f"临时客服最早第 {TEMPORARY_EARLIEST_DAY} 天（{earliest:%m-%d}）上岗",
                f"Temporary agents are cleared on day {TEMPORARY_EARLIEST_DAY}"
                f" ({earliest:%d %b}) at the earliest",
            )
        )
    if is_held(session, enrolment.id):
        reasons.append(
            Localized("有演练评分正在申诉中", "A drill score that it rests on is under appeal")
        )
    found = plugin_refusals(enrolment.person_id, "clear", enrolment.id, now)
    return reasons + [refusal.reason for refusal in found]


def waits_for_clearance() -> ColumnElement[bool]:
    """Completed enrolments that clear for duty and have not done so yet.

    Clearance that was in force at the completion, for every channel the course clears for, or came
    of it, and was revoked since, does not come back by itself.
    """
    came_of_it = or_(
        Clearance.enrolment_id == Enrolment.id,
        Clearance.enrolment_id.is_(None)  # from before clearances knew the course they came of
        & (Clearance.source == ClearanceSource.PROGRAMME)
        & (Clearance.granted_at >= Enrolment.ended_at),
    )
    was_there = (
        Clearance.until.is_(None)
        & or_(Clearance.revoked_on.is_(None), Clearance.revoked_on >= func.date(Enrolment.ended_at))
        & channels.covers_all(Clearance.channels, ProgrammeVersion.clears_for)
    )
    answered = (
        select(Clearance.id)
        .where(Clearance.person_id == Enrolment.person_id, or_(came_of_it, was_there))
        .correlate(Enrolment, ProgrammeVersion)
        .exists()
    )
    clears = (
        select(ProgrammeVersion.id)
        .where(
            ProgrammeVersion.id == Enrolment.version_id,
            ProgrammeVersion.grants_clearance.is_(True),
            ~answered,
        )
        .correlate(Enrolment)
        .exists()
    )
    return (Enrolment.status == EnrolmentStatus.COMPLETED) & clears


def waiting(session: Session, person_id: int) -> Enrolment | None:
    """The person's completed enrolment whose clearance was refused, if any."""
    return session.scalar(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, waits_for_clearance())
        .order_by(Enrolment.id.desc())
        .limit(1)
    )


def try_clear(session: Session, enrolment: Enrolment, now: datetime) -> list[Localized]:
    """Clear the person, or return the reasons why not. One who is cleared already stays as is."""
    person = session.get_one(Person, enrolment.person_id)
    today = local_date(now, zone())
    wanted = outline(session, enrolment.version_id).clears_for
    for present in clearances_on(session, person.id, today):
        if present.until is None and set(wanted) <= set(channels.named_in(present.channels)):
            return []
    if reasons := refusals(session, enrolment, now):
        return reasons
    grant_clearance(
        session,
        person.id,
        source=ClearanceSource.PROGRAMME,
        from_day=today,
        channels=channels.stored(wanted),
        enrolment_id=enrolment.id,
        actor=audit.SYSTEM,
        now=now,
    )
    _tell(session, person, wanted, now)
    ask_late(session, enrolment, now)
    return []


def clear_or_record(session: Session, enrolment: Enrolment, now: datetime) -> list[Localized]:
    """The same, with the refusal in the audit log: for askings that a person caused."""
    reasons = try_clear(session, enrolment, now)
    if reasons:
        audit.record(
            session,
            audit.SYSTEM,
            "clearance.refuse",
            ("person", enrolment.person_id),
            now=now,
            reason="; ".join(reason.en for reason in reasons),
            enrolment_id=enrolment.id,
            reasons=[asdict(reason) for reason in reasons],
        )
    return reasons


def _tell(session: Session, person: Person, wanted: Sequence[Channel], now: datetime) -> None:
    only = channels.in_words(wanted if len(wanted) < len(Channel) else ())
    zh, en = (f"（{only.zh}）", f" ({only.en})") if only else ("", "")
    mine = Localized(
        f"恭喜，已取得上岗资格{zh}！", f"Congratulations: you are cleared for duty{en}!"
    )
    notices.notify(session, [person.id], "clearance.granted", mine, "/", now)
    theirs = Localized(
        f"{person.name}（{person.staff_no}）已取得上岗资格{zh}",
        f"{person.name} ({person.staff_no}) is cleared for duty{en}",
    )
    told = supervisors_of(session, person)
    notices.notify(session, told, "clearance.granted", theirs, f"/people/{person.id}", now)


def clear_waiting(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """The periodic second asking."""
    for enrolment in session.scalars(select(Enrolment).where(waits_for_clearance())).all():
        try_clear(session, enrolment, now)
