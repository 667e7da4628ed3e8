"""Drafts of programmes: begun, changed part by part, given up.

Two people may write in one draft. Each form comes back with the `digest` of what it showed; if that
part says something else by now, nothing is stored and the second is told (`Overtaken`).
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.courses import queries
from lms.courses.authoring import parts
from lms.courses.authoring.letting_go import forget_unused
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.parts import Part
from lms.courses.dumping import as_document
from lms.courses.models import Module, Programme, ProgrammeKind, ProgrammeVersion
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound
from lms.i18n import N_

_NEW_KEY = re.compile(r"programme-[0-9a-f]{8}")


class Shown(NamedTuple):
    """A version, or a draft, as a document, with the files its lessons may show."""

    document: dict[str, Any]
    files: dict[str, Any]


class Overtaken(Conflict):
    """Somebody changed the same part; `name` is theirs, where it is known."""

    def __init__(self, name: str) -> None:
        text = N_(
            "%(name)s has changed this in the meantime. What you typed is still here: look at "
            "their text, then save again to put yours in its place."
        )
        unnamed = N_(
            "This was changed in the meantime. What you typed is still here: look at what is "
            "stored, then save again to put yours in its place."
        )
        super().__init__(text if name else unnamed, name=name)


def one(session: Session, draft_id: int) -> ProgrammeDraft:
    """The draft with who changed it last, to be looked at; NotFound if there is none."""
    found = session.scalar(
        select(ProgrammeDraft)
        .where(ProgrammeDraft.id == draft_id)
        .options(joinedload(ProgrammeDraft.editor))
    )
    if found is None:
        raise NotFound("There is no such draft: it was published or given up.")
    return found


def held(session: Session, draft_id: int) -> ProgrammeDraft:
    """The draft, to be changed: nobody else does so before the commit. NotFound as `one`."""
    found = session.scalar(
        select(ProgrammeDraft)
        .where(ProgrammeDraft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such draft: it was published or given up.")
    return found


def of_programme(session: Session, programme_id: int) -> ProgrammeDraft | None:
    return session.scalar(
        select(ProgrammeDraft)
        .where(ProgrammeDraft.programme_id == programme_id)
        .options(joinedload(ProgrammeDraft.editor))
    )


def version(session: Session, programme_id: int, number: int | None = None) -> ProgrammeVersion:
    """A version of a programme with all it holds; the latest without a number.

    Two queries.
    """
    wanted = (
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme_id)
        .options(
            joinedload(ProgrammeVersion.programme),
            joinedload(ProgrammeVersion.modules).selectinload(Module.steps),
        )
    )
    which = queries.is_latest() if number is None else ProgrammeVersion.number == number
    found = session.scalars(wanted.where(which)).unique().one_or_none()
    if found is None or found.programme.kind == ProgrammeKind.DELTA:
        raise NotFound("This programme does not exist.")
    return found


def shown(of: ProgrammeVersion) -> Shown:
    """What a version says, in the form of a draft."""
    document = as_document(of)
    document.pop("delta", None)  # was asked when that version came; publishing chooses anew
    files: dict[str, Any] = {}
    for _, step in parts.steps(document):
        if step["kind"] == "lesson":
            files.update(step.pop("media", {}))
    return Shown(document, files)


def begin(session: Session, programme_id: int, *, actor: Actor, now: datetime) -> ProgrammeDraft:
    """A draft of the programme's next version; the one there is, if there is one."""
    if found := of_programme(session, programme_id):
        return found
    latest = version(session, programme_id)
    made = shown(latest)
    draft = _draft(made.document, made.files, actor, now)
    draft.programme_id, draft.base_number = programme_id, latest.number
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:  # begun twice at once
        if found := of_programme(session, programme_id):
            return found
        raise
    audit.record(
        session, actor, "programme.draft", ("programme", programme_id), now=now,
        base=latest.number,
    )  # fmt: skip
    return draft


def new_key() -> str:
    """Given out with the form of a new programme."""
    return f"programme-{uuid4().hex[:8]}"


def new(
    session: Session,
    key: str,
    title: Mapping[str, str],
    kind: str,
    template_id: int | None,
    *,
    actor: Actor,
    now: datetime,
) -> ProgrammeDraft:
    """A draft of a new programme, empty or copied from a published one.

    `key` is one of `new_key`: sent twice, it is the same draft; Conflict once it is published.
    """
    if not _NEW_KEY.fullmatch(key):
        raise DomainError("The request was not understood. Go back and try again.")
    if found := _begun(session, key):
        return found
    if not is_key_free(session, key):
        raise Conflict("This draft was published already, or given up.")
    if template_id is None:
        document, files = _empty(kind), {}
    else:
        template = shown(version(session, template_id))
        document, files = template.document, template.files
    document = {**document, "key": key, "title": dict(title)}
    document.pop("major", None)  # a new programme has asked nobody for anything yet
    draft = _draft(document, files, actor, now)
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:  # sent twice at once
        if found := _begun(session, key):
            return found
        raise
    audit.record(
        session, actor, "programme.draft", ("programme", None), now=now, key=key,
        template=template_id,
    )  # fmt: skip
    return draft


def _begun(session: Session, key: str) -> ProgrammeDraft | None:
    """The draft of a programme that is not published yet."""
    return session.scalar(
        select(ProgrammeDraft).where(
            ProgrammeDraft.key == key, ProgrammeDraft.programme_id.is_(None)
        )
    )


def _empty(kind: str) -> dict[str, Any]:
    first = {"zh": "第一部分", "en": "Part 1"}
    module = {"key": "module-1", "title": first, "steps": []}
    return {"kind": kind, "due_days": 14, "modules": [module]}


def _draft(
    document: dict[str, Any], files: dict[str, Any], actor: Actor, now: datetime
) -> ProgrammeDraft:
    return ProgrammeDraft(
        key=document["key"], document=document, files=files, edit_count=0, base_number=0,
        created_at=now, updated_at=now, updated_by=actor.person_id,
    )  # fmt: skip


def is_key_free(session: Session, key: str) -> bool:
    taken = select(Programme.id).where(Programme.key == key)
    drafted = select(ProgrammeDraft.id).where(ProgrammeDraft.key == key)
    return session.scalar(taken) is None and session.scalar(drafted) is None


def save(
    session: Session,
    draft_id: int,
    part: Part,
    new: Mapping[str, Any],
    *,
    was: str,
    actor: Actor,
    now: datetime,
) -> ProgrammeDraft:
    """Put `new` in the place of a part that still says what `was` stands for. Safe to repeat."""
    draft = held(session, draft_id)
    present = parts.content(draft.document, part)
    if present == new:
        return draft
    if parts.digest(present) != was:
        raise Overtaken(_other(draft, actor))
    change(draft, parts.replaced(draft.document, part, new), actor, now)
    return draft


def change(draft: ProgrammeDraft, document: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    draft.document = deepcopy(dict(document))
    draft.edit_count += 1
    draft.updated_at, draft.updated_by = now, actor.person_id


def _other(draft: ProgrammeDraft, actor: Actor) -> str:
    """Who changed the draft last, if that was somebody else; then they may have changed this."""
    is_other = draft.editor is not None and draft.updated_by != actor.person_id
    return draft.editor.name if is_other and draft.editor else ""


def give_up(session: Session, draft_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw the draft away with the files only it has; what is published stays as it is."""
    draft = held(session, draft_id)
    audit.record(
        session, actor, "programme.give_up", ("programme", draft.programme_id), now=now,
        key=draft.key, title=Localized.of(draft.document.get("title")).pick("zh"),
    )  # fmt: skip
    files = draft.files
    session.delete(draft)
    session.flush()
    forget_unused(session, files, now)
