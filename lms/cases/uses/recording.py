"""Remembering what was made from a case, and what a person said to its being out of date."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from lms import audit
from lms.audit import Actor
from lms.cases.duplicates.family import kept_cases
from lms.cases.models import CaseState, CaseVersion, Drill
from lms.cases.uses import reading
from lms.cases.uses.models import CaseUse
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound


class Made(NamedTuple):
    """What was made: see `CaseUse`."""

    kind: str
    ref: str
    title: Localized
    url: str = ""
    renew_url: str = ""


def record(
    session: Session, version_id: int, made: Made, *, actor: Actor, now: datetime
) -> CaseUse:
    """Remember the version; what was made before by the same kind and `ref` is made anew."""
    published(session, version_id)
    use = session.scalar(
        select(CaseUse).where(CaseUse.kind == made.kind, CaseUse.ref == made.ref).with_for_update()
    )
    if use is None:
        use = CaseUse(
            version_id=version_id,
            kind=made.kind,
            ref=made.ref,
            title=made.title,
            url=made.url,
            renew_url=made.renew_url,
            owner_id=actor.person_id,
            created_at=now,
        )
        session.add(use)
        session.flush()
        audit.record(
            session, actor, "case_use.make", ("case_use", use.id), now=now, kind=made.kind,
            version=version_id,
        )  # fmt: skip
        return use
    old, use.version_id = use.version_id, version_id
    use.title, use.url, use.renew_url = made.title, made.url, made.renew_url
    if old != version_id:
        audit.record(
            session, actor, "case_use.renew", ("case_use", use.id), now=now, old=old,
            new=version_id,
        )  # fmt: skip
    return use


def published(session: Session, version_id: int) -> CaseVersion:
    """The version, if it is or was published: only from such can something be made."""
    version = session.get(CaseVersion, version_id)
    if version is None:
        raise NotFound("There is no such case.")
    if version.published_at is None:
        raise DomainError("Publish the case first: only then something is made from it.")
    return version


def still_right(
    session: Session, kind: str, use_id: int, seen_id: int, *, actor: Actor, now: datetime
) -> int:
    """Somebody has looked at the version `seen_id`: what was made holds for it too. Returns the
    case's id.

    Saying so twice is saying it once. Conflict when the case has changed in substance since.
    """
    use = _drill(session, use_id) if kind == "drill" else _use(session, use_id)
    old_id = use.case_version_id if isinstance(use, Drill) else use.version_id
    present, seen = present_version(session, old_id), session.get(CaseVersion, seen_id)
    if present.id == old_id or seen_id == old_id:
        return present.case_id
    if seen is None or seen.case_id != present.case_id or reading.changes_since(session, seen):
        raise Conflict(
            "The case has changed again in the meantime. Look at its present version first."
        )
    if isinstance(use, Drill):
        use.case_version_id = seen_id
    else:
        use.version_id = seen_id
    subject = ("drill" if isinstance(use, Drill) else "case_use", use.id)
    audit.record(session, actor, "case_use.right", subject, now=now, old=old_id, new=seen_id)
    return present.case_id


def drop(session: Session, use_id: int, *, actor: Actor, now: datetime) -> int | None:
    """It is not used any more: the case forgets it. Returns the case's id, None if it has."""
    use = session.get(CaseUse, use_id)
    if use is None:
        return None
    version = session.get_one(CaseVersion, use.version_id)
    audit.record(
        session, actor, "case_use.drop", ("case_use", use.id), now=now, kind=use.kind, ref=use.ref
    )
    session.delete(use)
    return version.case_id


def present_version(session: Session, version_id: int) -> CaseVersion:
    """The published version of the case that this is a version of, or into which it was merged."""
    kept = kept_cases()
    case = (
        select(func.coalesce(kept.c.kept_id, CaseVersion.case_id))
        .outerjoin(kept, kept.c.case_id == CaseVersion.case_id)
        .where(CaseVersion.id == version_id)
        .scalar_subquery()
    )
    found = session.scalar(
        select(CaseVersion).where(
            CaseVersion.case_id == case, CaseVersion.state == CaseState.PUBLISHED
        )
    )
    if found is None:
        raise Conflict("This case is not in the library any more.")
    return found


def _drill(session: Session, drill_id: int) -> Drill:
    found = session.scalar(select(Drill).where(Drill.id == drill_id).with_for_update())
    if found is None:
        raise NotFound("There is no such drill.")
    return found


def _use(session: Session, use_id: int) -> CaseUse:
    found = session.scalar(select(CaseUse).where(CaseUse.id == use_id).with_for_update())
    if found is None:
        raise NotFound("The case does not know of this any more.")
    return found
