"""Programmes from files (`programmes/<key>/programme.yaml`, lessons beside it as Markdown).

A version is never edited: a document whose content hash differs from the latest version's becomes
the next version, and people who are under way keep the one they began.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from lms.content_files import documents
from lms.courses.content_entry import Entry
from lms.courses.content_shape import check_reachable, check_requirements
from lms.courses.deadlines.counting import DUE_IN, WORKING_DAYS
from lms.courses.lessons import files
from lms.courses.models import Module, Programme, ProgrammeKind, ProgrammeVersion, Step
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.plugins.registry import step_type

WEAK_FIGURES = ("frt", "fcr", "csat", "feedback", "exam", "case_analysis")
_CLEARING = (ProgrammeKind.ONBOARDING, ProgrammeKind.TEMPORARY)
_FIELDS = (
    "key",
    "kind",
    "title",
    "summary",
    "due_days",
    "due_in",
    "pause_on_leave",
    "recertify_every",
    "grants_clearance",
    "weak_figure",
    "requires",
    "modules",
)
_OF_CORE = ("key", "kind", "title", "minutes", "after")


def load_programmes(session: Session, folder: Path, now: datetime) -> int:
    """Store new and changed programmes; returns how many. DomainError names file and field."""
    changed = 0
    read = {}
    for path, raw in documents(folder, "*/programme.yaml"):
        document = read_programme(path, raw)
        files.keep(session, path.parent, document, now)
        changed += _store(session, document, now)
        read[document["key"]] = Entry(_name(path), raw)
    check_requirements(session, read)
    return changed


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def read_programme(path: Path, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The checked document, lessons' bodies included, as it is stored and hashed."""
    entry = Entry(_name(path), raw)
    entry.only(*_FIELDS)
    kind = entry.choice("kind", tuple(ProgrammeKind))
    grants = entry.flag("grants_clearance")
    if grants and kind not in _CLEARING:
        raise entry.refuse("grants_clearance", "Only onboarding and temporary tracks may clear.")
    is_retraining = kind == ProgrammeKind.RETRAINING
    figure = entry.choice("weak_figure", WEAK_FIGURES) if is_retraining else None
    modules = [_module(module, path.parent) for module in entry.entries("modules")]
    _unique(entry, [module["key"] for module in modules])
    _unique(entry, [step["key"] for module in modules for step in module["steps"]])
    check_reachable(entry, modules)
    return {
        "key": entry.key(),
        "kind": kind,
        "title": entry.text("title"),
        "summary": entry.text("summary"),
        "due_days": entry.number("due_days", low=1),
        "grants_clearance": grants,
        "weak_figure": figure,
        "modules": modules,
        **_deadline(entry),
        **_given(entry, "recertify_every", lambda name: entry.number(name, low=1)),
        **_given(entry, "requires", entry.keys),
    }


def _deadline(entry: Entry) -> dict[str, Any]:
    """What differs from the default alone, so that an export loads as what it was."""
    found: dict[str, Any] = {}
    if entry.has("due_in") and entry.choice("due_in", DUE_IN) == WORKING_DAYS:
        found["due_in"] = WORKING_DAYS
    if entry.flag("pause_on_leave"):
        found["pause_on_leave"] = True
    return found


def _given(entry: Entry, name: str, read: Callable[[str], Any]) -> dict[str, Any]:
    """A field that came later: where it is absent, the document and its hash stay as they were."""
    return {name: read(name)} if entry.has(name) else {}


def _module(entry: Entry, folder: Path) -> dict[str, Any]:
    entry.only("key", "title", "opens_on_day", "needs", "steps")
    opens = entry.number("opens_on_day", low=1) if entry.has("opens_on_day") else None
    steps = [_step(step, folder) for step in entry.entries("steps")]
    needs = _given(entry, "needs", lambda name: entry.number(name, low=1))
    if needs.get("needs", 0) > len(steps):
        raise entry.refuse("needs", f"There are only {len(steps)} steps.")
    return {
        "key": entry.key(),
        "title": entry.text("title"),
        "opens_on_day": opens,
        **needs,
        "steps": steps,
    }


def _step(entry: Entry, folder: Path) -> dict[str, Any]:
    kind = entry.word("kind")
    config = {name: value for name, value in entry.raw.items() if name not in _OF_CORE}
    if kind == "lesson":
        if "media" in config:
            raise entry.refuse("media", "There is no such field.")
        config["body"] = _body(entry, folder)
        if media := files.described(entry, folder, config["body"]):
            config["media"] = media
    known = step_type(kind)  # a kind whose plugin is not here is kept as it is
    if known is not None:
        try:
            known.check_config(config)
        except DomainError as error:
            raise entry.refuse(error.field or kind, str(error)) from None
    return {
        "key": entry.key(),
        "kind": kind,
        "title": entry.text("title"),
        "minutes": entry.number("minutes", low=1),
        **_given(entry, "after", entry.keys),
        "config": config,
    }


def _body(entry: Entry, folder: Path) -> dict[str, str]:
    texts = {}
    for language in ("zh", "en"):
        path = folder / f"{entry.key()}.{language}.md"
        if not path.is_file():
            raise entry.refuse("key", f"{path.name} is not there.")
        texts[language] = path.read_text("utf-8")
    return texts


def _unique(entry: Entry, keys: list[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise entry.refuse("key", f"{key} is used twice.")


def _store(session: Session, document: dict[str, Any], now: datetime) -> bool:
    digest = content_hash(document)
    programme = session.scalar(select(Programme).where(Programme.key == document["key"]))
    if programme is None:
        programme = Programme(key=document["key"], kind="", weak_figure=None)
        session.add(programme)
    programme.kind, programme.weak_figure = document["kind"], document["weak_figure"]
    session.flush()
    number, latest = session.execute(
        select(func.max(ProgrammeVersion.number), func.max(ProgrammeVersion.id)).where(
            ProgrammeVersion.programme_id == programme.id
        )
    ).one()
    if latest is not None and session.get_one(ProgrammeVersion, latest).content_hash == digest:
        return False
    version = ProgrammeVersion(
        programme_id=programme.id,
        number=(number or 0) + 1,
        title=Localized.of(document["title"]),
        summary=Localized.of(document["summary"]),
        due_days=document["due_days"],
        due_in=document.get("due_in"),
        pause_on_leave=document.get("pause_on_leave", False),
        recertify_every=document.get("recertify_every"),
        grants_clearance=document["grants_clearance"],
        requires=document.get("requires"),
        content_hash=digest,
        created_at=now,
    )
    version.modules = [_row(module, place) for place, module in enumerate(document["modules"], 1)]
    session.add(version)
    session.flush()
    return True


def _row(module: dict[str, Any], position: int) -> Module:
    return Module(
        key=module["key"],
        position=position,
        title=Localized.of(module["title"]),
        opens_on_day=module["opens_on_day"],
        needs=module.get("needs"),
        steps=[
            Step(
                key=step["key"],
                position=place,
                kind=step["kind"],
                title=Localized.of(step["title"]),
                minutes=step["minutes"],
                config=step["config"],
                after=step.get("after"),
            )
            for place, step in enumerate(module["steps"], 1)
        ],
    )


def content_hash(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
