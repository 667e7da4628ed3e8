"""Programmes as the files they are loaded from (see docs/content-format.md)."""

from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.content_files import sides, write_document
from lms.courses.lessons import files
from lms.courses.models import Module, Programme, ProgrammeKind, ProgrammeVersion, Step
from lms.db import Session


def dump_programmes(session: Session, folder: Path) -> int:
    """The latest version of each, lessons beside it as Markdown; returns how many."""
    latest = select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.programme_id)
    wanted = (
        select(ProgrammeVersion)
        .join(ProgrammeVersion.programme)
        .where(
            ProgrammeVersion.id.in_(latest.scalar_subquery()), Programme.kind != ProgrammeKind.DELTA
        )
        .options(
            joinedload(ProgrammeVersion.programme),
            selectinload(ProgrammeVersion.modules).selectinload(Module.steps),
        )
        .order_by(Programme.key)
    )
    found = session.scalars(wanted).all()
    for version in found:
        _write(version, folder / version.programme.key)
    return len(found)


def _write(version: ProgrammeVersion, folder: Path) -> None:
    document = as_document(version)
    for module in document["modules"]:
        for step in module["steps"]:
            if step["kind"] == "lesson":
                _write_lesson(step, folder)
    write_document(folder, "programme", document)


def _write_lesson(step: dict[str, Any], folder: Path) -> None:
    files.write(step.pop("media", {}), folder)
    for language, text in step.pop("body").items():
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{step['key']}.{language}.md"
        path.write_text(text, "utf-8", newline="\n")


def as_document(version: ProgrammeVersion) -> dict[str, Any]:
    """The version as its file has it, with the `body` and `media` of each lesson in its step."""
    programme = version.programme
    document = {
        "key": programme.key,
        "kind": programme.kind,
        "title": sides(version.title),
        "summary": sides(version.summary),
        "due_days": version.due_days,
        "due_in": version.due_in,
        "pause_on_leave": version.pause_on_leave or None,
        "recertify_every": version.recertify_every,
        "grants_clearance": version.grants_clearance,
        "clears_for": version.clears_for.split(",") if version.clears_for else None,
        "major": version.major if version.major > 1 else None,
        "delta": version.delta,
        "weak_figure": programme.weak_figure,
        "requires": version.requires,
        "modules": [_module(module) for module in version.modules],
    }
    return _without_none(document)


def _module(module: Module) -> dict[str, Any]:
    document = {
        "key": module.key,
        "title": sides(module.title),
        "opens_on_day": module.opens_on_day,
        "needs": module.needs,
        "steps": [_step(step) for step in module.steps],
    }
    return _without_none(document)


def _step(step: Step) -> dict[str, Any]:
    named = {"key": step.key, "kind": step.kind, "title": sides(step.title)}
    after = {} if step.after is None else {"after": step.after}
    return {**named, "minutes": step.minutes, **after, **step.config}


def _without_none(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
