"""The fields of a programme document that make a version a major one."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.courses.content_entry import Entry


def read(entry: Entry, modules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`major` and `delta` as they are stored; nothing where they are absent."""
    found: dict[str, Any] = {}
    for name in ("major", "delta"):
        if entry.has(name) and not entry.flag("grants_clearance"):
            raise entry.refuse(name, "Only a programme that clears has major versions.")
    if entry.has("major") and (major := entry.number("major", low=1)) > 1:
        found["major"] = major
    if entry.has("delta"):
        if "major" not in found:
            raise entry.refuse("delta", "Only a major version, from 2 on, has a delta.")
        found["delta"] = _delta(entry.entry("delta"), modules)
    return found


def _delta(entry: Entry, modules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    entry.only("steps", "due_days")
    keys = entry.some_of("steps", [step["key"] for module in modules for step in module["steps"]])
    return {"steps": keys, "due_days": entry.number("due_days", low=1)}
