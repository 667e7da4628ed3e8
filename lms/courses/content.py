"""Programmes from files (`programmes/<key>/programme.yaml`, lessons beside it as Markdown).

A version is never edited: a document whose content hash differs from the latest version's becomes
the next version, and people who are under way keep the one they began.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from lms.audit import OPERATOR, Actor
from lms.content_files import documents
from lms.courses.content_entry import Entry
from lms.courses.content_reading import read_document
from lms.courses.content_shape import check_requirements
from lms.courses.deltas.publishing import publish
from lms.courses.lessons import files
from lms.courses.models import Module, Programme, ProgrammeVersion, Step
from lms.db import Localized, Session


def load_programmes(session: Session, folder: Path, now: datetime) -> int:
    """Store new and changed programmes; returns how many. DomainError names file and field."""
    changed = 0
    read = {}
    for path, raw in documents(folder, "*/programme.yaml"):
        document = read_programme(path, raw)
        files.keep(session, path.parent, document, now)
        changed += store(session, document, now)
        read[document["key"]] = Entry(_name(path), raw)
    check_requirements(session, read)
    return changed


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def read_programme(path: Path, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The checked document of a file; its lessons lie beside it."""

    def beside(entry: Entry, config: dict[str, Any]) -> None:
        config["body"] = _body(entry, path.parent)
        if media := files.described(entry, path.parent, config["body"]):
            config["media"] = media

    return read_document(Entry(_name(path), raw), beside)


def _body(entry: Entry, folder: Path) -> dict[str, str]:
    texts = {}
    for language in ("zh", "en"):
        path = folder / f"{entry.key()}.{language}.md"
        if not path.is_file():
            raise entry.refuse("key", "%(name)s is not there.", name=path.name)
        texts[language] = path.read_text("utf-8")
    return texts


def store(
    session: Session, document: dict[str, Any], now: datetime, *, actor: Actor = OPERATOR
) -> bool:
    """Make a checked document the next version; False, and nothing stored, if it is the latest.

    A major one asks those cleared by an older one for its delta.
    """
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
        clears_for=",".join(document.get("clears_for", ())) or None,
        major=document.get("major", 1),
        delta=document.get("delta"),
        requires=document.get("requires"),
        content_hash=digest,
        created_at=now,
    )
    version.modules = [_row(module, place) for place, module in enumerate(document["modules"], 1)]
    session.add(version)
    session.flush()
    publish(session, version, actor=actor, now=now)
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
