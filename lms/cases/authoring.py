"""Writing cases: drafts, review by somebody else, publication.

Whoever wrote in a version cannot publish it, and the reviewer publishes exactly what they read:
`edit_count` moves with every save, and an older one is a Conflict.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.cases import comments, content, deidentifying, publishing
from lms.cases.content import CaseContent
from lms.cases.lifecycle import archiving, keeping
from lms.cases.models import OPEN_STATES, Case, CaseState, CaseVersion
from lms.cases.pictures import copying
from lms.cases.uses import telling
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people.notices import notify


def open_versions(session: Session) -> list[CaseVersion]:
    """Drafts and versions in review, those that wait longest first."""
    found = select(CaseVersion).where(CaseVersion.state.in_(OPEN_STATES))
    people = (joinedload(CaseVersion.author), joinedload(CaseVersion.reviewer))
    return list(session.scalars(found.options(*people).order_by(CaseVersion.created_at)))


def version_of(session: Session, version_id: int) -> CaseVersion:
    """The version as it is now, locked against others who are about to change it."""
    wanted = select(CaseVersion).where(CaseVersion.id == version_id).with_for_update()
    # Whoever waited for the lock holds it as it was before, if they read it before.
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such case.")
    return found


def create_case(
    session: Session, new: CaseContent, *, actor: Actor, now: datetime, key: str = ""
) -> CaseVersion:
    """A new case with its first draft; `key`: the one its file gives it."""
    content.check_draft(new)
    case = Case(key=key or f"case-{uuid4().hex[:12]}", owner_id=actor.person_id, created_at=now)
    session.add(case)
    session.flush()
    return _add_draft(session, case, 1, new, actor=actor, now=now)


def new_draft(session: Session, case_id: int, *, actor: Actor, now: datetime) -> CaseVersion:
    """A draft made from the published version; the open one if there is one already.

    Conflict for an archived case.
    """
    case = archiving.locked(session, case_id)
    versions = session.scalars(select(CaseVersion).where(CaseVersion.case_id == case_id)).all()
    for version in versions:
        if version.state in OPEN_STATES:
            return version
    archiving.refuse_archived(case)
    published = next(v for v in versions if v.state == CaseState.PUBLISHED)
    number = publishing.next_number(session, case_id)
    return _add_draft(session, case, number, content.of(published), actor=actor, now=now)


def _add_draft(
    session: Session, case: Case, number: int, new: CaseContent, *, actor: Actor, now: datetime
) -> CaseVersion:
    version = CaseVersion(
        case_id=case.id,
        number=number,
        state=CaseState.DRAFT,
        author_id=actor.person_id,
        editor_ids=[actor.person_id],
        edit_count=0,
        created_at=now,
    )
    new.write_to(version)
    session.add(version)
    session.flush()
    copying.from_published(session, version)
    audit.record(session, actor, "case.draft", _subject(version), now=now, number=number)
    return version


def save_draft(
    session: Session, version_id: int, new: CaseContent, *, edit_count: int, actor: Actor
) -> CaseVersion:
    """Replace the draft's content; Conflict when somebody saved it since `edit_count`."""
    version = version_of(session, version_id)
    _refuse_unless(version, CaseState.DRAFT)
    content.check_draft(new)
    if version.edit_count != edit_count:
        raise Conflict(
            "Somebody else has saved this draft in the meantime. What you typed is still here: "
            "look at their text, then save again to put yours in its place."
        )
    if content.of(version).columns() != new.columns():
        new.write_to(version)
        version.edit_count += 1
        version.editor_ids = sorted({*version.editor_ids, actor.person_id})
    return version


def open_version(session: Session, case_id: int) -> CaseVersion | None:
    """The case's draft, or its version in review."""
    return session.scalar(
        select(CaseVersion)
        .where(CaseVersion.case_id == case_id, CaseVersion.state.in_(OPEN_STATES))
        .options(joinedload(CaseVersion.author))
    )


def add_lesson(
    session: Session, case_id: int, lesson: Localized, *, actor: Actor, now: datetime
) -> CaseVersion:
    """Put a lesson under those of the case's open draft, or of a new one; it awaits its review.

    For a case merged into another, those of the one that stays. Conflict while a version is being
    reviewed (what the reviewer reads must not move), and for an archived case.
    """
    case_id = archiving.stays_as(session, case_id)
    version = new_draft(session, case_id, actor=actor, now=now)
    if version.state == CaseState.IN_REVIEW:
        raise Conflict("A version of this case is being reviewed. Add to it once that is done.")
    present = content.of(version)
    lessons = Localized(
        _joined(present.lessons.zh, lesson.zh), _joined(present.lessons.en, lesson.en)
    )
    longer, count = replace(present, lessons=lessons), version.edit_count
    return save_draft(session, version.id, longer, edit_count=count, actor=actor)


def _joined(text: str, more: str) -> str:
    return f"{text.rstrip()}\n\n{more.strip()}".strip() if more.strip() else text


def submit(session: Session, version_id: int, *, actor: Actor, now: datetime) -> CaseVersion:
    """Ask for review. DomainError names what is missing."""
    version = version_of(session, version_id)
    if version.state == CaseState.IN_REVIEW:
        return version
    _refuse_unless(version, CaseState.DRAFT)
    archiving.refuse_archived(version.case)
    content.check_complete(content.of(version))
    deidentifying.refuse_unconfirmed(session, version)
    version.state = CaseState.IN_REVIEW
    keeping.tell_reviewer(session, version, now)
    audit.record(session, actor, "case.submit", _subject(version), now=now, number=version.number)
    return version


def take_back(session: Session, version_id: int, *, actor: Actor, now: datetime) -> CaseVersion:
    """From review back to a draft, by somebody who wrote in it."""
    version = version_of(session, version_id)
    if version.state == CaseState.DRAFT:
        return version
    _refuse_unless(version, CaseState.IN_REVIEW)
    if actor.person_id not in version.editor_ids:
        raise NotAllowed("Only its authors can take this case back.")
    version.state = CaseState.DRAFT
    audit.record(session, actor, "case.take_back", _subject(version), now=now)
    return version


def publish(
    session: Session,
    version_id: int,
    *,
    edit_count: int,
    actor: Actor,
    now: datetime,
    is_major: bool = False,
    change_note: str = "",
) -> CaseVersion:
    """Publish what was reviewed, superseding the present version; its authors are told, after a
    major change also whoever made something from the case."""
    version = version_of(session, version_id)
    _check_reviewer(version, edit_count, actor)
    deidentifying.refuse_unconfirmed(session, version)
    version.reviewer_id, version.review_note = actor.person_id, ""
    telling.mark(session, version, is_major=is_major, note=change_note)
    publishing.make_public(session, version, now)
    keeping.looked_at(session, version.case, now)
    telling.tell_owners(session, version, actor=actor, now=now)
    audit.record(
        session, actor, "case.publish", _subject(version), now=now, number=version.number,
        is_major=version.is_major, reason=version.change_note,
    )  # fmt: skip
    text = Localized(
        f"案例“{version.title.pick('zh')}”已通过评审并发布。",
        f"Your case “{version.title.pick('en')}” was reviewed and published.",
    )
    notify(session, _writers(version), "case.published", text, f"/cases/{version.case_id}", now)
    return version


def request_changes(
    session: Session, version_id: int, note: str, *, edit_count: int, actor: Actor, now: datetime
) -> CaseVersion:
    """Back to a draft with the reviewer's note or open comments; its authors are told."""
    version = version_of(session, version_id)
    remarks = comments.how_many_open(session, version)
    if not note.strip() and not remarks:
        raise DomainError("Say what should be changed.", field="note")
    _check_reviewer(version, edit_count, actor)
    version.state = CaseState.DRAFT
    version.reviewer_id, version.review_note = actor.person_id, note.strip()
    audit.record(
        session, actor, "case.request_changes", _subject(version), now=now, reason=note.strip()
    )
    zh, en = (f"{remarks} 条批注", f"{remarks} comments") if remarks else ("", "")
    text = Localized(
        f"评审人请求修改案例“{version.title.pick('zh')}”："
        f"{'；'.join(filter(None, (note.strip()[:120], zh)))}",
        f"The reviewer asks for changes to “{version.title.pick('en')}”: "
        f"{'; '.join(filter(None, (note.strip()[:120], en)))}",
    )
    notify(session, _writers(version), "case.changes", text, f"/cases/draft/{version.id}", now)
    return version


def replace_found(
    session: Session,
    version_id: int,
    only: Collection[str] | None,
    *,
    edit_count: int,
    actor: Actor,
) -> CaseVersion:
    """Say of nobody what could tell who a customer is in the draft.

    `only`: these texts; None: all that nobody has confirmed.
    """
    version = version_of(session, version_id)
    _refuse_unless(version, CaseState.DRAFT)
    if only is None:
        only = deidentifying.still_open(deidentifying.about(session, version))
    new = deidentifying.replaced(content.of(version), only)
    return save_draft(session, version_id, new, edit_count=edit_count, actor=actor)


def may_review(version: CaseVersion, person_id: int | None) -> bool:
    return version.state == CaseState.IN_REVIEW and person_id not in version.editor_ids


def _check_reviewer(version: CaseVersion, edit_count: int, actor: Actor) -> None:
    if version.state != CaseState.IN_REVIEW:
        raise Conflict("This case is not waiting for review any more.")
    if actor.person_id in version.editor_ids:
        raise NotAllowed("Somebody who did not write this case must review it.")
    if version.edit_count != edit_count:
        raise Conflict("The author changed this case while you were reading. Read it again.")


def _refuse_unless(version: CaseVersion, state: CaseState) -> None:
    if version.state == state:
        return
    if version.state == CaseState.IN_REVIEW:
        raise Conflict("This case is being reviewed. Take it back to change it.")
    if version.state == CaseState.DRAFT:
        raise Conflict("This case is not waiting for review any more.")
    raise Conflict("A published version stays as it is. Begin a new draft to change the case.")


def _writers(version: CaseVersion) -> Iterable[int]:
    return [person_id for person_id in version.editor_ids if person_id is not None]


def _subject(version: CaseVersion) -> tuple[str, int]:
    return ("case_version", version.id)
