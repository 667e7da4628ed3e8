"""Qualifications from outside: sent in with proof, decided by somebody else, until they end."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import IO, NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    FileFamily,
    Localized,
    NotAllowed,
    NotFound,
    Person,
    Session,
    audit,
    keep_upload,
    local_date,
    notify,
    people_with,
    zone,
)
from lms.plugins.recognition import ledger
from lms.plugins.recognition.models import Qualification, State

FAMILIES = (FileFamily.IMAGE, FileFamily.DOCUMENT)
_KIND = "recognition.qualification"
_QUEUE = "/recognition/qualifications/waiting"


class Claim(NamedTuple):
    """What somebody says they have; `expires_on` is its last day, None where it has no end."""

    title: str
    issuer: str
    obtained_on: date
    expires_on: date | None


def submit(
    session: Session, key: str, person: Person, claim: Claim, proof: tuple[IO[bytes], str], *,
    now: datetime,
) -> Qualification:  # fmt: skip
    """The new one, or the one there is under this key. `proof`: content and file name."""
    if found := _sent_in(session, key, person):
        return found
    _check(claim, local_date(now, zone()))
    upload = keep_upload(
        session, proof[0], proof[1], families=FAMILIES, owner_id=person.id, now=now
    )
    made = Qualification(
        key=key, person_id=person.id, title=claim.title, issuer=claim.issuer,
        obtained_on=claim.obtained_on, expires_on=claim.expires_on, upload_id=upload.id,
        state=State.SUBMITTED, submitted_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # a second click at the same moment
        if found := _sent_in(session, key, person):
            return found
        raise
    audit.record(
        session, Actor(person.id), "recognition.submit",
        ("recognition_qualification", made.id), now=now, title=claim.title,
    )  # fmt: skip
    text = Localized(
        f"{person.name}提交了外部资格证书“{claim.title}”，待审核。",
        f"{person.name} sent in a qualification, “{claim.title}”: please decide.",
    )
    deciders = {*people_with(session, "hr"), *people_with(session, "training_manager")}
    notify(session, sorted(deciders - {person.id}), _KIND, text, _QUEUE, now)
    return made


def _sent_in(session: Session, key: str, person: Person) -> Qualification | None:
    found = session.scalar(select(Qualification).where(Qualification.key == key))
    if found is not None and found.person_id != person.id:
        raise NotFound("There is no such qualification.")
    return found


def decide(
    session: Session, qualification_id: int, *, approved: bool, word: str,
    actor: Actor, now: datetime,
) -> Qualification:  # fmt: skip
    """Once, by somebody else than its person. Declining needs a reason; approval earns points."""
    found = of_id(session, qualification_id)
    if found.person_id == actor.person_id:
        raise NotAllowed("Somebody else decides on your own qualification.")
    if not approved and not word.strip():
        raise DomainError("Write why, so that it can be mended.", field="word")
    taken = session.execute(
        update(Qualification)
        .where(Qualification.id == found.id, Qualification.state == State.SUBMITTED)
        .values(
            state=State.APPROVED if approved else State.DECLINED,
            decided_by=actor.person_id, decided_at=now, decision=word.strip(),
        )
    )  # fmt: skip
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This was decided already.")
    session.refresh(found)
    if approved:
        reason = f"{found.title} · {found.issuer}"
        ledger.for_qualification(session, found.id, found.person, reason, actor=actor, now=now)
    audit.record(
        session, actor, "recognition.approve" if approved else "recognition.decline",
        ("recognition_qualification", found.id), now=now, reason=found.decision,
        person_id=found.person_id,
    )  # fmt: skip
    done = Localized("已通过审核", "was approved") if approved else Localized(
        f"被退回：{found.decision}", f"was sent back: {found.decision}"
    )  # fmt: skip
    text = Localized(
        f"您的外部资格证书“{found.title}”{done.zh}",
        f"Your qualification “{found.title}” {done.en}",
    )
    notify(session, [found.person_id], _KIND, text, "/recognition/qualifications", now)
    return found


def of_id(session: Session, qualification_id: int) -> Qualification:
    """NotFound if there is none."""
    found = session.get(Qualification, qualification_id)
    if found is None:
        raise NotFound("There is no such qualification.")
    return found


def of_person(session: Session, person_id: int) -> Sequence[Qualification]:
    """Newest first."""
    found = select(Qualification).where(Qualification.person_id == person_id)
    whole = joinedload(Qualification.upload)
    return session.scalars(found.options(whole).order_by(Qualification.id.desc())).all()


def in_state(session: Session, state: str, scope: ColumnElement[bool]) -> Sequence[Qualification]:
    """Those of the people in scope: what waits in its order, what is decided newest first."""
    order = Qualification.id if state == State.SUBMITTED else Qualification.id.desc()
    found = (
        select(Qualification)
        .join(Person, Person.id == Qualification.person_id)
        .where(Qualification.state == state, scope)
        .options(joinedload(Qualification.upload), joinedload(Qualification.person))
    )
    return session.scalars(found.order_by(order)).all()


def counts(session: Session, scope: ColumnElement[bool]) -> dict[str, int]:
    """How many by state."""
    rows = session.execute(
        select(Qualification.state, func.count())
        .join(Person, Person.id == Qualification.person_id)
        .where(scope)
        .group_by(Qualification.state)
    )
    return {state: count for state, count in rows}


def is_expired(one: Qualification, today: date) -> bool:
    return one.expires_on is not None and one.expires_on < today


def _check(claim: Claim, today: date) -> None:
    if claim.obtained_on > today:
        raise DomainError("This day is still to come.", field="obtained_on")
    if claim.expires_on is not None and claim.expires_on < max(today, claim.obtained_on):
        raise DomainError("It has ended already.", field="expires_on")
