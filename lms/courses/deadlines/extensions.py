"""Asking for a later due date, and deciding on it."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import access, audit
from lms.audit import Actor
from lms.courses.deadlines import pauses
from lms.courses.deadlines.models import ExtensionRequest, ExtensionState
from lms.courses.models import Enrolment, EnrolmentStatus, ProgrammeKind
from lms.courses.outline import outline
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people import notices
from lms.people.models import Person
from lms.people.roles import people_with
from lms.people.services import supervisors_of

LONGEST = timedelta(days=365)
_MIN_REASON = 5


def latest(session: Session, enrolment_id: int) -> ExtensionRequest | None:
    """The last one asked for, decided or not."""
    return session.scalar(
        select(ExtensionRequest)
        .where(ExtensionRequest.enrolment_id == enrolment_id)
        .order_by(ExtensionRequest.id.desc())
        .limit(1)
    )


def ask(
    session: Session,
    enrolment_id: int,
    person_id: int,
    *,
    wanted_on: date,
    reason: str,
    today: date,
    now: datetime,
) -> ExtensionRequest:
    """The open request: the one there is, or a new one, of which those who decide are told."""
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.person_id != person_id:
        raise NotFound("This course does not exist.")
    if enrolment.status != EnrolmentStatus.ACTIVE:
        raise DomainError("This course has ended.")
    if outline(session, enrolment.version_id).kind == ProgrammeKind.DELTA:
        raise DomainError("The new version takes effect for everybody: there is no more time.")
    if found := _open(session, enrolment_id):
        return found
    _check_date(enrolment, wanted_on, today, "wanted_on")
    if len(reason.strip()) < _MIN_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.", field="reason", count=_MIN_REASON
        )
    request = ExtensionRequest(
        enrolment_id=enrolment_id,
        person_id=person_id,
        old_due_on=enrolment.due_on,
        wanted_on=wanted_on,
        reason=reason.strip(),
        asked_at=now,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError:  # the same button pressed twice at once
        if found := _open(session, enrolment_id):
            return found
        raise
    audit.record(
        session, Actor(person_id), "extension.ask", ("person", person_id), now=now,
        reason=request.reason, enrolment_id=enrolment_id, wanted_on=wanted_on.isoformat(),
    )  # fmt: skip
    _tell_deciders(session, enrolment, request, now)
    return request


def _open(session: Session, enrolment_id: int) -> ExtensionRequest | None:
    found = latest(session, enrolment_id)
    return found if found and found.state == ExtensionState.OPEN else None


def _check_date(enrolment: Enrolment, day: date, today: date, field: str) -> None:
    if day <= enrolment.due_on or day < today:
        raise DomainError("The new date must be after the present one and not past.", field=field)
    if day - max(today, enrolment.due_on) > LONGEST:
        raise DomainError("At most a year more.", field=field)


def decide(
    session: Session,
    request_id: int,
    *,
    grant: bool,
    until: date | None,
    word: str,
    actor: Actor,
    today: date,
    now: datetime,
) -> ExtensionRequest:
    """Grant (until the date asked for, or another) or decline with a word; the learner is told.

    Conflict if somebody decided in the meantime.
    """
    request = session.scalar(
        select(ExtensionRequest).where(ExtensionRequest.id == request_id).with_for_update()
    )
    if request is None:
        raise NotFound("There is no such request.")
    if request.person_id == actor.person_id:
        raise NotAllowed("Nobody decides about themselves.")
    if request.state != ExtensionState.OPEN:
        raise Conflict("This request is decided already.")
    if not grant and len(word.strip()) < _MIN_REASON:
        raise DomainError(
            "Write why, in at least %(count)s characters.", field="word", count=_MIN_REASON
        )
    enrolment = session.get_one(Enrolment, request.enrolment_id)
    if grant:
        _grant(session, enrolment, request, until or request.wanted_on, today)
    else:
        request.state = ExtensionState.DECLINED
    request.word, request.decided_by, request.decided_at = word.strip(), actor.person_id, now
    audit.record(
        session,
        actor,
        "extension.grant" if grant else "extension.decline",
        ("person", request.person_id),
        now=now,
        reason=request.word,
        enrolment_id=enrolment.id,
        old=request.old_due_on.isoformat(),
        new=enrolment.due_on.isoformat(),
    )
    _tell_learner(session, enrolment, request, now)
    return request


def _grant(
    session: Session, enrolment: Enrolment, request: ExtensionRequest, until: date, today: date
) -> None:
    if enrolment.status != EnrolmentStatus.ACTIVE:
        raise DomainError("This course has ended.")
    _check_date(enrolment, until, today, "until")
    request.state, request.granted_on = ExtensionState.GRANTED, until
    enrolment.due_on = until
    pauses.take_as_known(session, enrolment)


def _tell_deciders(
    session: Session, enrolment: Enrolment, request: ExtensionRequest, now: datetime
) -> None:
    person = session.get_one(Person, enrolment.person_id)
    title = outline(session, enrolment.version_id).title
    day = request.wanted_on
    text = Localized(
        f"{person.name} 申请将「{title.pick('zh')}」延期至 {day:%m-%d}",
        f"{person.name} asks for “{title.pick('en')}” to be due on {day:%d %b}",
    )
    told = supervisors_of(session, person) or people_with(session, access.HR)
    notices.notify(session, told, "extension.asked", text, f"/extensions/{request.id}", now)


def _tell_learner(
    session: Session, enrolment: Enrolment, request: ExtensionRequest, now: datetime
) -> None:
    title = outline(session, enrolment.version_id).title
    zh, en = title.pick("zh"), title.pick("en")
    day = request.granted_on
    text = (
        Localized(f"「{zh}」已延期至 {day:%m-%d}", f"“{en}” is now due on {day:%d %b}")
        if day
        else Localized(f"「{zh}」的延期申请未获批准", f"“{en}”: the extension was declined")
    )
    url = f"/courses/{enrolment.id}"
    notices.notify(session, [request.person_id], "extension.decided", text, url, now)
