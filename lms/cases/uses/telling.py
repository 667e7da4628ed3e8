"""A major new version: its mark, and telling whoever made something from the case before."""

from datetime import datetime

from sqlalchemy import select

from lms.audit import Actor
from lms.cases.models import CaseVersion
from lms.cases.uses import reading
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people.notices import notify

MAX_NOTE = 500


def mark(session: Session, version: CaseVersion, *, is_major: bool, note: str) -> None:
    """Before publishing: how much the version changes, in the reviewer's words.

    A case's first version changes nothing. DomainError: a major one says what has changed.
    """
    earlier = select(CaseVersion.id).where(
        CaseVersion.case_id == version.case_id, CaseVersion.published_at.is_not(None)
    )
    if session.scalar(earlier.limit(1)) is None:
        return
    note = note.strip()[:MAX_NOTE]
    if is_major and not note:
        raise DomainError("Say what has changed: whoever uses the case reads it.", field="change")
    version.is_major, version.change_note = is_major, note


def tell_owners(session: Session, version: CaseVersion, *, actor: Actor, now: datetime) -> None:
    """After publishing a major version; whoever publishes it knows."""
    if not version.is_major:
        return
    for person_id, count in reading.owners_to_tell(session, version.case_id).items():
        if person_id == actor.person_id:
            continue
        text = Localized(
            f"案例“{version.title.pick('zh')}”有重大更新：{version.change_note[:120]}。"
            f"您由它制作的 {count} 项内容需要复核。",
            f"“{version.title.pick('en')}” has changed in substance: {version.change_note[:120]}. "
            f"Look at what you made from it ({count}).",
        )
        url = f"/cases/{version.case_id}#made"
        notify(session, [person_id], "case.outdated", text, url, now)
