"""Issuing certificates, revoking them, issuing them anew."""

import calendar
import secrets
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Select, func, select, update

from lms.plugins.api import (
    SYSTEM,
    Actor,
    DomainError,
    Enrolment,
    Localized,
    NotFound,
    Person,
    ProgrammeVersion,
    Session,
    audit,
    local_date,
    notify,
    organisation,
    supervisors_of,
    zone,
)
from lms.plugins.certificates import terms
from lms.plugins.certificates.models import Certificate, Signature
from lms.plugins.certificates.states import State, is_current, state_of

# No letters and digits that are taken for each other; 12 of them cannot be guessed.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
LEAST_REASON = 10


def issue(session: Session, enrolment_id: int, now: datetime) -> Certificate:
    """The enrolment's certificate; asking again issues no second one.

    What the person held for the same programme is replaced by it.
    """
    of_enrolment = select(Certificate).where(Certificate.enrolment_id == enrolment_id)
    found = session.scalar(of_enrolment.where(Certificate.superseded_at.is_(None)))
    if found is not None:
        return found
    person, version = session.execute(
        select(Person, ProgrammeVersion)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Enrolment.version_id)
        .where(Enrolment.id == enrolment_id)
    ).one()
    today = local_date(now, zone())
    months = terms.of(session, version.programme_id).months
    certificate = _new(
        session, person, enrolment_id, version.title, version.grants_clearance,
        after_months(today, months) if months else None, now,
    )  # fmt: skip
    older = update(Certificate).where(Certificate.id.in_(_others(session, certificate)))
    session.execute(older.values(superseded_at=now, superseded_by_id=certificate.id))
    text = Localized(
        f"“{version.title.pick('zh')}”证书已颁发。",
        f"Your certificate for “{version.title.pick('en')}” is ready.",
    )
    _tell(session, [person.id], certificate, text, now)
    return certificate


def issue_award(
    session: Session, person_id: int, award: str, title: Localized, now: datetime
) -> Certificate:
    """The certificate of an honour, by the honour's key; asking again issues no second one."""
    current = (Certificate.award == award, Certificate.superseded_at.is_(None))
    found = session.scalar(select(Certificate).where(*current))
    if found is not None:
        return found
    person = session.get_one(Person, person_id)
    made = _new(session, person, None, title, False, None, now, award=award)
    text = Localized(
        f"“{title.pick('zh')}”荣誉证书已颁发。",
        f"Your certificate of honour, “{title.pick('en')}”, is ready.",
    )
    _tell(session, [person.id], made, text, now)
    return made


def revoke_award(session: Session, award: str, reason: str, *, now: datetime) -> None:
    """What was issued for an honour that was withdrawn; nothing where it is revoked already."""
    current = (Certificate.award == award, Certificate.superseded_at.is_(None))
    found = session.scalar(select(Certificate).where(*current, Certificate.revoked_at.is_(None)))
    if found is not None:
        why = f"荣誉已撤销 Honour withdrawn: {reason}"
        revoke(session, found.id, reason=why, actor=SYSTEM, now=now)


def after_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def revoke(
    session: Session, certificate_id: int, *, reason: str, actor: Actor, now: datetime
) -> Certificate:
    """For good; the holder and their supervisors are told why."""
    found = _unreplaced(session, certificate_id)
    if found.revoked_at is not None:
        raise DomainError("This certificate was revoked already.")
    found.revoked_at, found.revoked_reason = now, _checked(reason)
    audit.record(
        session, actor, "certificates.revoke", ("certificate", found.id), now=now,
        reason=found.revoked_reason, number=found.number, person_id=found.person_id,
    )  # fmt: skip
    title = found.title
    mine = Localized(
        f"您的“{title.pick('zh')}”证书已撤销：{found.revoked_reason}",
        f"Your certificate for “{title.pick('en')}” was revoked: {found.revoked_reason}",
    )
    theirs = Localized(
        f"{found.holder}的“{title.pick('zh')}”证书已撤销",
        f"The certificate of {found.holder} for “{title.pick('en')}” was revoked",
    )
    _tell(session, [found.person_id], found, mine, now, "certificate.revoked")
    person = session.get_one(Person, found.person_id)
    told = supervisors_of(session, person)
    _tell(session, told, found, theirs, now, "certificate.revoked")
    return found


def reissue(
    session: Session, certificate_id: int, *, reason: str, actor: Actor, now: datetime
) -> Certificate:
    """A new one in the person's present name, under a new number, valid as long as the old one.

    The old one is replaced; one that was revoked stays so.
    """
    old = _unreplaced(session, certificate_id)
    if state_of(old, local_date(now, zone())) == State.EXPIRED:
        raise DomainError("It has expired: completing the course again brings a new one.")
    reason = _checked(reason)
    if old.revoked_at is not None and session.scalar(_others(session, old)) is not None:
        raise DomainError("The person holds another certificate for this course.")
    old.superseded_at = now
    session.flush()  # before the new one takes its place as the enrolment's
    person = session.get_one(Person, old.person_id)
    new = _new(
        session, person, old.enrolment_id, old.title, old.clears_for_duty, old.expires_on, now,
        award=old.award,
    )  # fmt: skip
    old.superseded_by_id = new.id
    audit.record(
        session, actor, "certificates.reissue", ("certificate", new.id), now=now,
        reason=reason, number=new.number, old_number=old.number, person_id=person.id,
    )  # fmt: skip
    text = Localized(
        f"“{new.title.pick('zh')}”证书已换发新编号 {new.number}，旧证书不再有效。",
        f"Your certificate for “{new.title.pick('en')}” was issued anew as {new.number};"
        " the old one holds no more.",
    )
    _tell(session, [person.id], new, text, now)
    return new


def _new(
    session: Session,
    person: Person,
    enrolment_id: int | None,
    title: Localized,
    clears_for_duty: bool,
    expires_on: date | None,
    now: datetime,
    award: str | None = None,
) -> Certificate:
    certificate = Certificate(
        person_id=person.id,
        enrolment_id=enrolment_id,
        award=award,
        holder=person.name,
        title=title,
        issuer=organisation(session).name,
        clears_for_duty=clears_for_duty,
        code="".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH)),
        signature_id=session.scalar(select(func.max(Signature.id))),
        issued_on=local_date(now, zone()),
        issued_at=now,
        expires_on=expires_on,
    )
    session.add(certificate)
    session.flush()
    return certificate


def _others(session: Session, one: Certificate) -> Select[int]:
    """What else the person holds for the same programme, or for the same honour."""
    if one.enrolment_id is None:
        same = (Certificate.award == one.award, Certificate.id != one.id)
        return select(Certificate.id).where(*same, is_current()).correlate(None)
    programme_id = session.get_one(Enrolment, one.enrolment_id).programme_id
    same_course = select(Enrolment.id).where(
        Enrolment.person_id == one.person_id, Enrolment.programme_id == programme_id
    )
    found = select(Certificate.id).where(
        Certificate.enrolment_id.in_(same_course), Certificate.id != one.id, is_current()
    )
    return found.correlate(None)


def _unreplaced(session: Session, certificate_id: int) -> Certificate:
    """Locked, so that the second of two clicks finds what the first one did."""
    found = session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    if found is None or not found.holder:
        raise NotFound("There is no such certificate.")
    if found.superseded_at is not None:
        raise DomainError("A newer one has replaced this certificate already.")
    return found


def _checked(reason: str) -> str:
    if len(reason.strip()) < LEAST_REASON:
        raise DomainError("Write the reason in at least 10 characters.", field="reason")
    return reason.strip()


def _tell(
    session: Session,
    people: Iterable[int],
    certificate: Certificate,
    text: Localized,
    now: datetime,
    kind: str = "certificate",
) -> None:
    notify(session, people, kind, text, f"/certificates/{certificate.id}", now)
