"""Sending evidence in, and deciding about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO, Any, NamedTuple

from sqlalchemy import select

from lms import audit
from lms.courses import services, signoffs
from lms.courses.evidence.models import StepEvidence
from lms.courses.gating import Progress
from lms.courses.models import Enrolment, EnrolmentStatus, StepState
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people import notices
from lms.people.models import Person
from lms.people.services import supervisors_of
from lms.plugins.types import StepContext
from lms.uploads import services as uploads
from lms.uploads.kinds import Family
from lms.uploads.models import Upload

KIND = "external"
FAMILIES = (Family.DOCUMENT, Family.IMAGE)
MOST_FILES = 10


class Decision(NamedTuple):
    """`word` is what the learner is told with it; it says what is missing where not approved."""

    approved: bool
    by: str
    at: datetime
    word: str


class Sheet(NamedTuple):
    """One person's evidence, for the one who decides about it."""

    enrolment: Enrolment
    person: Person
    context: StepContext
    files: list[Upload]
    decision: Decision | None

    @property
    def note(self) -> str:
        return str(self.context.data.get("note", ""))


def files(session: Session, enrolment_id: int, step_id: int) -> list[Upload]:
    """In the order in which they were sent."""
    found = (
        select(Upload)
        .join(StepEvidence, StepEvidence.upload_id == Upload.id)
        .where(StepEvidence.enrolment_id == enrolment_id, StepEvidence.step_id == step_id)
        .order_by(Upload.id)
    )
    return list(session.scalars(found))


def decision(session: Session, data: Mapping[str, Any]) -> Decision | None:
    """The last one, from what the step keeps."""
    kept = data.get("decision")
    if kept is None:
        return None
    name = session.scalar(select(Person.name).where(Person.id == kept["by"]))
    return Decision(kept["approved"], name or "", datetime.fromisoformat(kept["at"]), kept["word"])


def add(session: Session, context: StepContext, sent: Iterable[tuple[IO[bytes], str]]) -> int:
    """Keep files (content, name), all of them or on a DomainError none; returns how many were new.

    The same content once more, by a double click, stays one file.
    """
    progress = _held_open(session, context)
    here = {upload.sha256 for upload in files(session, context.enrolment_id, context.step_id)}
    count = 0
    for source, name in sent:
        upload = uploads.keep(
            session, source, name, families=FAMILIES, owner_id=context.person_id, now=context.now
        )
        if upload.sha256 in here:
            session.delete(upload)
            continue
        here.add(upload.sha256)
        count += 1
        session.add(
            StepEvidence(
                enrolment_id=context.enrolment_id, step_id=context.step_id, upload_id=upload.id
            )
        )
    if not here:
        raise DomainError("Choose a file first.", field="file")
    if len(here) > MOST_FILES:
        raise DomainError("At most %(most)s files belong to a step.", field="file", most=MOST_FILES)
    data = dict(progress.data) if progress else {}
    key = (context.enrolment_id, context.step_id)
    services.set_step_state(session, *key, StepState.STARTED, now=context.now, data=data)
    return count


def remove(session: Session, context: StepContext, upload_id: int) -> None:
    """One's own file, before it is handed in or after it came back; of no file, nothing."""
    _held_open(session, context)
    here = files(session, context.enrolment_id, context.step_id)
    uploads.forget(session, [file for file in here if file.id == upload_id], context.now)
    session.flush()


def _held_open(session: Session, context: StepContext) -> Progress | None:
    """The step, held, as long as its files may change; Conflict while somebody looks at them."""
    enrolment, progress = services.held(session, context.enrolment_id, context.step_id)
    closed = {StepState.SUBMITTED, StepState.COMPLETED}
    if enrolment.status != EnrolmentStatus.ACTIVE or (progress and progress.state in closed):
        raise Conflict("This was handed in; its files stay as they are.")
    return progress


def hand_in(session: Session, context: StepContext, note: str) -> None:
    """The learner says that this is all; those who decide are told. Safe to repeat."""
    _, progress = services.held(session, context.enrolment_id, context.step_id)
    if progress and progress.state in {StepState.SUBMITTED, StepState.COMPLETED}:
        return
    if not files(session, context.enrolment_id, context.step_id):
        raise DomainError("Add at least one file first.", field="file")
    data = {**(progress.data if progress else {}), "note": note.strip()}
    key = (context.enrolment_id, context.step_id)
    services.set_step_state(session, *key, StepState.SUBMITTED, now=context.now, data=data)
    person = session.get_one(Person, context.person_id)
    zh, en = context.title.pick("zh"), context.title.pick("en")
    text = Localized(
        f"{person.name} 提交了「{zh}」的证明材料", f"{person.name} handed in evidence for “{en}”"
    )
    told = supervisors_of(session, person)
    url = f"/sign-offs/{context.enrolment_id}/{context.step_id}/evidence"
    notices.notify(session, told, "signoff.asked", text, url, context.now)


def sheet(session: Session, enrolment_id: int, step_id: int, now: datetime) -> Sheet:
    """NotFound unless the step is of this kind, Locked while it is not open yet."""
    enrolment, context = signoffs.context_to_sign(session, enrolment_id, step_id, KIND, now)
    return Sheet(
        enrolment=enrolment,
        person=session.get_one(Person, enrolment.person_id),
        context=context,
        files=files(session, enrolment_id, step_id),
        decision=decision(session, context.data),
    )


def decide(
    session: Session,
    sheet: Sheet,
    *,
    approved: bool,
    word: str,
    actor: audit.Actor,
    now: datetime,
) -> None:
    """Approve, which completes the step, or send back with a word. The same twice is once;
    Conflict where somebody decided otherwise in the meantime."""
    if actor.person_id == sheet.person.id:
        raise NotAllowed("Nobody approves their own evidence.")
    word = word.strip()
    if not approved and not word:
        raise DomainError("Say what is missing: they read it.", field="word")
    key = (sheet.enrolment.id, sheet.context.step_id)
    _, progress = services.held(session, *key)
    if progress is None:
        raise NotFound("This step does not exist.")
    if progress.state != StepState.SUBMITTED:
        last = progress.data.get("decision", {})
        if last.get("by") == actor.person_id and last.get("approved") == approved:
            return
        raise Conflict("Somebody has decided about this already.")
    made = {"approved": approved, "by": actor.person_id, "at": now.isoformat(), "word": word}
    state = StepState.COMPLETED if approved else StepState.STARTED
    data = {**progress.data, "decision": made}
    services.set_step_state(session, *key, state, now=now, data=data)
    audit.record(
        session,
        actor,
        "step.approve" if approved else "step.send_back",
        ("person", sheet.person.id),
        now=now,
        reason=word,
        enrolment_id=key[0],
        step_id=key[1],
        files=[file.sha256 for file in sheet.files],
    )
    _tell(session, sheet, approved, now)


def _tell(session: Session, sheet: Sheet, approved: bool, now: datetime) -> None:
    zh, en = sheet.context.title.pick("zh"), sheet.context.title.pick("en")
    text = (
        Localized(f"「{zh}」的证明材料已通过", f"Your evidence for “{en}” is approved")
        if approved
        else Localized(f"「{zh}」的证明材料需要补充", f"“{en}”: your evidence needs something more")
    )
    url = f"/learn/{sheet.enrolment.id}/{sheet.context.step_id}"
    notices.notify(session, [sheet.person.id], "signoff.result", text, url, now)
