"""A draft becomes the next version, which nobody edits any more; people keep the one they began."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms import audit
from lms.audit import Actor
from lms.courses import queries
from lms.courses.authoring import drafts
from lms.courses.authoring.checking import check_requires, read_draft
from lms.courses.authoring.letting_go import forget_unused
from lms.courses.content import store
from lms.courses.deltas.publishing import next_major
from lms.courses.models import Programme, ProgrammeVersion
from lms.db import Session
from lms.errors import Conflict, DomainError


def publish(
    session: Session,
    draft_id: int,
    *,
    edit_count: int,
    latest: int,
    delta: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> ProgrammeVersion:
    """Publish what was looked at: the draft at `edit_count`, beside the version number `latest`.

    With a `delta` ({steps: [key, …], due_days: 7}) it is a major version.

    Conflict when either has moved on since; Refused names what is still wrong in the draft.
    """
    draft = drafts.held(session, draft_id)
    programme = session.scalar(select(Programme).where(Programme.key == draft.key))
    present = queries.latest_version(session, programme.id) if programme else None
    number = present.number if present else 0
    if draft.edit_count != edit_count or number != latest:
        raise Conflict("This was changed in the meantime. Look at it once more, then publish.")
    source = dict(draft.document)
    if delta is not None and programme is not None:
        source |= {"major": next_major(session, programme.id), "delta": dict(delta)}
    document = read_draft(source, draft.files)
    check_requires(session, document)
    if not store(session, document, now, actor=actor):
        raise DomainError("This draft says the same as the published version.")
    made = session.scalars(
        select(ProgrammeVersion)
        .join(ProgrammeVersion.programme)
        .where(Programme.key == draft.key, queries.is_latest())
    ).one()
    files = draft.files
    session.delete(draft)
    audit.record(
        session, actor, "programme.publish", ("programme", made.programme_id), now=now,
        number=made.number,
    )  # fmt: skip
    session.flush()
    forget_unused(session, files, now)
    return made
