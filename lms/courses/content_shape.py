"""Whether what a programme file asks for can be met: no step and no programme waits for itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from lms.courses.content_entry import Entry
from lms.courses.models import Programme, ProgrammeVersion
from lms.db import Session


def check_reachable(entry: Entry, modules: Sequence[Mapping[str, Any]]) -> None:
    """Play the programme through; DomainError names the first step that could never open."""
    known = {step["key"] for module in modules for step in module["steps"]}
    for number, module in enumerate(modules, 1):
        for place, step in enumerate(module["steps"], 1):
            for key in step.get("after", ()):
                if key not in known:
                    raise entry.refuse(_at(number, place), "There is no step %(key)s.", key=key)
    done: set[str] = set()
    while opened := _opened(modules, done):
        done |= opened
    for number, module in enumerate(modules, 1):
        for place, step in enumerate(module["steps"], 1):
            # Plain order cannot stand still by itself: some step with `after` is at its bottom.
            if step["key"] not in done and "after" in step:
                raise entry.refuse(
                    _at(number, place),
                    "%(key)s could never open: it waits, in a circle, for itself.",
                    key=step["key"],
                )


def _at(module: int, step: int) -> str:
    return f"modules[{module}].steps[{step}].after"


def _opened(modules: Sequence[Mapping[str, Any]], done: set[str]) -> set[str]:
    """The steps that can be done next; the rules are those of `gating`, less the calendar."""
    found = set()
    behind = True  # whether all earlier modules are finished
    for module in modules:
        before = True
        for step in module["steps"]:
            in_order = behind and (before or "needs" in module)
            is_open = set(step["after"]) <= done if "after" in step else in_order
            if is_open and step["key"] not in done:
                found.add(step["key"])
            before = before and step["key"] in done
        finished = sum(step["key"] in done for step in module["steps"])
        behind = behind and finished >= module.get("needs", len(module["steps"]))
    return found


def check_requirements(session: Session, read: Mapping[str, Entry]) -> None:
    """The programmes just stored, by key, require known programmes, and none waits for itself."""
    requires = requirements(session)
    for key, entry in read.items():
        check_one(entry, key, requires)


def requirements(session: Session) -> dict[str, tuple[str, ...]]:
    """What each programme requires in its latest version, by keys."""
    latest = select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.programme_id)
    rows = session.execute(
        select(Programme.key, ProgrammeVersion.requires)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(ProgrammeVersion.id.in_(latest.scalar_subquery()))
    )
    return {key: tuple(keys or ()) for key, keys in rows}


def check_one(entry: Entry, key: str, requires: Mapping[str, Sequence[str]]) -> None:
    for wanted in requires[key]:
        if wanted not in requires:
            raise entry.refuse("requires", "There is no programme %(key)s.", key=wanted)
    if key in _all_before(key, requires):
        raise entry.refuse("requires", "%(key)s waits, in a circle, for itself.", key=key)


def _all_before(key: str, requires: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(requires[key])
    while waiting:
        wanted = waiting.pop()
        if wanted not in found:
            found.add(wanted)
            waiting.extend(requires.get(wanted, ()))
    return found
