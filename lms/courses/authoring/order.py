"""Adding, moving and removing the modules and steps of a draft."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from lms.audit import Actor
from lms.courses.authoring import drafts, parts
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.parts import Part
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError


def add(
    session: Session,
    draft_id: int,
    part: Part,
    new: Mapping[str, Any],
    *,
    into: str = "",
    actor: Actor,
    now: datetime,
) -> ProgrammeDraft:
    """A new module, or a new step at the end of the module `into`.

    Its key was given out with the form: one that is there by now, with the same text, was sent
    twice; with another text it is somebody else's, and a Conflict.
    """
    draft = drafts.held(session, draft_id)
    document = deepcopy(draft.document)
    row = {**deepcopy(dict(new)), "key": part.key}
    if part.key in _keys(document):
        if parts.content(document, part) == row:
            return draft
        raise Conflict("Somebody added something at the same time. Save again to add yours.")
    if part.kind == "module":
        document.setdefault("modules", []).append({**row, "steps": []})
    else:
        parts.module_of(document, into).setdefault("steps", []).append(row)
    drafts.change(draft, document, actor, now)
    return draft


def _keys(document: Mapping[str, Any]) -> set[str]:
    modules = {module["key"] for module in parts.modules(document)}
    return modules | {step["key"] for _, step in parts.steps(document)}


def rearrange(
    session: Session,
    draft_id: int,
    do: str,
    part: Part,
    *,
    edit_count: int,
    actor: Actor,
    now: datetime,
) -> ProgrammeDraft:
    """`up`, `down` or `remove` a module or step; a step moves on into the next module.

    Conflict when the draft was changed since `edit_count`. DomainError names what stands against
    a removal.
    """
    draft = drafts.held(session, draft_id)
    if do == "remove" and part.key not in _keys(draft.document):
        return draft  # pressed twice
    if draft.edit_count != edit_count:
        raise Conflict("The draft was changed in the meantime. Look at it, then try again.")
    document = deepcopy(draft.document)
    if do == "remove":
        _remove(document, part)
    elif part.kind == "module":
        rows = parts.modules(document)
        at = rows.index(parts.module_of(document, part.key))
        _swap(rows, at, -1 if do == "up" else 1)
    else:
        _move_step(document, part.key, -1 if do == "up" else 1)
    if document != draft.document:
        drafts.change(draft, document, actor, now)
    return draft


def _swap(rows: list[Any], at: int, by: int) -> bool:
    if not 0 <= at + by < len(rows):
        return False
    rows[at], rows[at + by] = rows[at + by], rows[at]
    return True


def _move_step(document: Mapping[str, Any], key: str, by: int) -> None:
    modules = parts.modules(document)
    place = next(n for n, m in enumerate(modules) if any(s["key"] == key for s in m["steps"]))
    rows = modules[place]["steps"]
    at = next(n for n, step in enumerate(rows) if step["key"] == key)
    if _swap(rows, at, by) or not 0 <= place + by < len(modules):
        return
    beyond = modules[place + by]["steps"]
    beyond.insert(0 if by > 0 else len(beyond), rows.pop(at))


def _remove(document: dict[str, Any], part: Part) -> None:
    if part.kind == "module":
        module = parts.module_of(document, part.key)
        gone = {step["key"] for step in module["steps"]}
        _refuse_if_named(document, gone)
        document["modules"] = [m for m in parts.modules(document) if m["key"] != part.key]
        return
    _refuse_if_named(document, {part.key})
    for module in parts.modules(document):
        module["steps"] = [step for step in module["steps"] if step["key"] != part.key]


def _refuse_if_named(document: Mapping[str, Any], gone: set[str]) -> None:
    """Who waits for a step must be told first that it goes."""
    for _, step in parts.steps(document):
        named = gone.intersection(step.get("after") or ())
        if step["key"] not in gone and named:
            first = parts.step_of(document, next(iter(named)))
            raise DomainError(
                "“%(step)s” opens after “%(gone)s”. Change that first, then remove it.",
                step=Localized.of(step.get("title")),
                gone=Localized.of(first.get("title")),
            )
