"""Signing a checklist for somebody else: by trainers, and by supervisors for their own team."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from lms import audit, events
from lms.clock import local_date
from lms.courses import queries, services
from lms.courses.models import Enrolment, Step, StepProgress, StepState
from lms.db import Localized, Session
from lms.errors import DomainError, NotAllowed, NotFound
from lms.people import notices
from lms.people.models import Person
from lms.people.organisation import zone
from lms.people.services import supervisors_of
from lms.plugins.bus import emit
from lms.plugins.types import StepContext

# The kinds of step that wait for a person to look at them, in one queue.
KINDS = ("signoff", "external")


class Signature(NamedTuple):
    by: str
    at: datetime


class Sheet(NamedTuple):
    """A checklist of one person, for the one who signs it."""

    enrolment: Enrolment
    person: Person
    context: StepContext
    ticked: frozenset[int]
    note: str
    signature: Signature | None

    @property
    def checklist(self) -> list[dict[str, str]]:
        return list(self.context.config["checklist"])


def ask(session: Session, context: StepContext) -> None:
    """The learner says they are ready; their supervisors are told."""
    services.set_step_state(
        session,
        context.enrolment_id,
        context.step_id,
        StepState.SUBMITTED,
        now=context.now,
        data=dict(context.data),
    )
    person = session.get_one(Person, context.person_id)
    zh, en = context.title.pick("zh"), context.title.pick("en")
    text = Localized(f"{person.name} 申请签核「{zh}」", f"{person.name} asks you to sign “{en}”")
    url = f"/sign-offs/{context.enrolment_id}/{context.step_id}"
    told = supervisors_of(session, person)
    notices.notify(session, told, "signoff.asked", text, url, context.now)
    session.flush()
    emit(events.SignOffAsked(context.now, person.id, context.enrolment_id, context.step_id))


def waiting(session: Session, scope: ColumnElement[bool], limit: int = 200) -> list[Any]:
    """Rows (person, enrolment_id, step_id, kind, title, started_at) that wait, oldest first."""
    found = (
        select(
            Person,
            StepProgress.enrolment_id,
            StepProgress.step_id,
            Step.kind,
            Step.title,
            StepProgress.started_at,
        )
        .join(Step, Step.id == StepProgress.step_id)
        .join(Enrolment, Enrolment.id == StepProgress.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Step.kind.in_(KINDS),
            StepProgress.state == StepState.SUBMITTED,
            queries.ACTIVE,
            scope,
        )
        .order_by(StepProgress.started_at)
        .limit(limit)
    )
    return list(session.execute(found))


def sheet(session: Session, enrolment_id: int, step_id: int, now: datetime) -> Sheet:
    """The checklist; NotFound unless the step is a sign-off, Locked while it is not open yet."""
    enrolment, context = context_to_sign(session, enrolment_id, step_id, "signoff", now)
    return Sheet(
        enrolment=enrolment,
        person=session.get_one(Person, enrolment.person_id),
        context=context,
        ticked=frozenset(context.data.get("ticked", [])),
        note=context.data.get("note", ""),
        signature=signature(session, context.data),
    )


def context_to_sign(
    session: Session, enrolment_id: int, step_id: int, kind: str, now: datetime
) -> tuple[Enrolment, StepContext]:
    """Somebody's step of this kind; NotFound if it is none, Locked while it is not open yet."""
    found = queries.one(session, enrolment_id, local_date(now, zone()))
    standing = next((s for s in found.steps if s.step.id == step_id), None)
    if standing is None or standing.step.kind != kind:
        raise NotFound("This step does not exist.")
    if standing.lock is not None:
        raise services.Locked(standing.lock)
    return found.enrolment, services.context_of(session, found.enrolment, standing, now)


def sign(
    session: Session,
    sheet: Sheet,
    ticked: Iterable[int],
    note: str,
    *,
    actor: audit.Actor,
    now: datetime,
) -> bool:
    """Keep the ticks; with every item ticked the step is signed and completed (returns True)."""
    if actor.person_id == sheet.person.id:
        raise NotAllowed("Nobody signs their own checklist.")
    if sheet.context.state == StepState.COMPLETED:
        return True
    known = sorted(set(ticked) & set(range(len(sheet.checklist))))
    if not known and not note.strip():
        raise DomainError("Tick what you have seen, or write a note.", field="ticked")
    is_signed = len(known) == len(sheet.checklist)
    data: dict[str, Any] = {"ticked": known, "note": note.strip()}
    if is_signed:
        data |= {"signed_by": actor.person_id, "signed_at": now.isoformat()}
    state = StepState.COMPLETED if is_signed else StepState.STARTED
    key = (sheet.enrolment.id, sheet.context.step_id)
    services.set_step_state(session, *key, state, now=now, data=data)
    audit.record(
        session,
        actor,
        "step.sign" if is_signed else "step.tick",
        ("person", sheet.person.id),
        now=now,
        reason=note.strip(),
        enrolment_id=key[0],
        step_id=key[1],
        ticked=known,
    )
    _tell(session, sheet, is_signed, now)
    return is_signed


def _tell(session: Session, sheet: Sheet, is_signed: bool, now: datetime) -> None:
    zh, en = sheet.context.title.pick("zh"), sheet.context.title.pick("en")
    text = (
        Localized(f"「{zh}」已签核", f"“{en}” is signed off")
        if is_signed
        else Localized(f"「{zh}」还有几项要再练", f"“{en}”: some items need another go")
    )
    url = f"/learn/{sheet.enrolment.id}/{sheet.context.step_id}"
    notices.notify(session, [sheet.person.id], "signoff.result", text, url, now)


def signature(session: Session, data: Mapping[str, Any]) -> Signature | None:
    """Who signed and when, from what the step keeps."""
    if "signed_by" not in data:
        return None
    name = session.scalar(select(Person.name).where(Person.id == data["signed_by"]))
    return Signature(name or "", datetime.fromisoformat(data["signed_at"]))
