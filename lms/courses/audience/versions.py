"""The rules of programmes, in versions: none is edited, the latest holds."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.audit import Actor
from lms.clock import local_date
from lms.courses.audience.matching import people
from lms.courses.audience.models import AudienceVersion
from lms.courses.audience.rule import Audience, read
from lms.courses.models import Programme, ProgrammeKind
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound
from lms.people.organisation import zone

# Onboarding goes by the start date, retraining by the month's close.
KINDS = (ProgrammeKind.TOPIC, ProgrammeKind.TRACK)


def programme(session: Session, programme_id: int) -> Programme:
    """A programme that is assigned by rule; NotFound for any other."""
    found = session.get(Programme, programme_id)
    if found is None or found.kind not in KINDS:
        raise NotFound("This programme does not exist.")
    return found


def in_force(session: Session, programme_id: int) -> AudienceVersion | None:
    return session.scalar(
        select(AudienceVersion)
        .where(AudienceVersion.programme_id == programme_id)
        .order_by(AudienceVersion.number.desc())
        .limit(1)
    )


def rule_of(version: AudienceVersion | None) -> Audience:
    """Everybody, where nobody has said otherwise."""
    return read(version.rule) if version else Audience()


def save(
    session: Session,
    programme_id: int,
    audience: Audience,
    *,
    base_number: int,
    for_people_to_come: bool,
    actor: Actor,
    now: datetime,
) -> AudienceVersion:
    """The next version; Conflict unless `base_number` is still the latest (0: there is none).

    A rule that nobody fits is refused, unless it is meant for people to come.
    """
    programme(session, programme_id)
    current = in_force(session, programme_id)
    if (current.number if current else 0) != base_number:
        raise _overtaken()
    if current is not None and rule_of(current) == audience:
        raise DomainError("Nothing was changed.")
    wanted = people(audience, local_date(now, zone()))
    if not for_people_to_come and not session.scalar(select(exists(wanted))):
        raise DomainError(
            "Nobody fits this rule. Widen it, or say that it is for people to come.",
            field="for_people_to_come",
        )
    version = AudienceVersion(
        programme_id=programme_id,
        number=base_number + 1,
        rule=audience.as_json(),
        created_by=actor.person_id,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(version)
    except IntegrityError:  # two saved at once
        raise _overtaken() from None
    audit.record(
        session,
        actor,
        "audience.save",
        ("programme", programme_id),
        now=now,
        number=version.number,
        old=current.rule if current else None,
        new=version.rule,
    )
    return version


def _overtaken() -> Conflict:
    return Conflict("Somebody saved this rule in the meantime. Look at the new version first.")
