"""Pictures, PDFs, recordings and films that the lessons of a draft may show."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from lms import audit
from lms.audit import Actor
from lms.courses.authoring import drafts, parts
from lms.courses.authoring.letting_go import forget_unused
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.uploads import describing, services, store
from lms.uploads.kinds import KINDS, Family

# As long as a file's name in a lesson may be, with room for a number.
_LONGEST = 50
MOST_FILES = 200


def attach(
    session: Session,
    draft_id: int,
    source: IO[bytes],
    filename: str,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Check and keep a file; returns the name by which texts show it.

    The same file under the same name is there once. DomainError on the field `file` for what is
    not taken.
    """
    draft = drafts.held(session, draft_id)
    if len(draft.files) >= MOST_FILES:
        raise DomainError("A programme holds %(most)s files.", field="file", most=MOST_FILES)
    upload = services.keep(
        session, source, filename, families=tuple(Family), owner_id=None, now=now
    )
    name = _name(filename, upload.kind, upload.sha256, draft.files)
    if name in draft.files:
        session.delete(upload)
        return name
    with store.path_of(upload.sha256).open("rb") as file:
        described = describing.describe(file, name)
    draft.files = {**draft.files, name: described}
    drafts.change(draft, draft.document, actor, now)
    audit.record(
        session, actor, "programme.file", ("programme", draft.programme_id), now=now,
        key=draft.key, name=name, sha256=upload.sha256,
    )  # fmt: skip
    return name


def detach(session: Session, draft_id: int, name: str, *, actor: Actor, now: datetime) -> None:
    """Take a file out of the draft; safe to repeat. DomainError on `file` while a text shows it."""
    from lms.courses.markdown import files_in  # a parser that commands do not need

    draft = drafts.held(session, draft_id)
    if name not in draft.files:
        return
    for _, step in parts.steps(draft.document):
        texts = (step.get("body") or {}).values()
        if any(name in files_in(text) for text in texts if isinstance(text, str)):
            raise DomainError(
                "“%(step)s” shows %(name)s. Take its line out of that text and save, then remove "
                "the file.",
                field="file",
                step=Localized.of(step.get("title")) or step["key"],
                name=name,
            )
    gone = {name: draft.files[name]}
    draft.files = {other: found for other, found in draft.files.items() if other != name}
    drafts.change(draft, draft.document, actor, now)
    session.flush()
    forget_unused(session, gone, now)
    audit.record(
        session, actor, "programme.file_removed", ("programme", draft.programme_id), now=now,
        key=draft.key, name=name, sha256=gone[name]["sha256"],
    )  # fmt: skip


def _name(filename: str, kind: str, sha256: str, taken: Mapping[str, Any]) -> str:
    """Letters, digits, - and _; a number behind it where another file is called so."""
    stem = services.clean_name(filename).rpartition(".")[0] or filename
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-_")[:_LONGEST] or KINDS[kind].family
    name, number = f"{stem}.{KINDS[kind].suffixes[0]}", 2
    while name in taken and taken[name]["sha256"] != sha256:
        name = f"{stem}-{number}.{KINDS[kind].suffixes[0]}"
        number += 1
    return name
