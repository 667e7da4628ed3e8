"""A programme as a document: checked field by field, as it is stored and hashed.

The same for a file and for a draft written on screen; what differs is where a lesson's text and
files come from, which `lessons` puts into the step's settings.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lms.courses.content_entry import Entry
from lms.courses.content_shape import check_reachable
from lms.courses.deadlines.counting import DUE_IN, WORKING_DAYS
from lms.courses.deltas import checking as deltas
from lms.courses.models import ProgrammeKind
from lms.errors import DomainError
from lms.people.models import Channel
from lms.plugins.registry import step_type

WEAK_FIGURES = ("frt", "fcr", "csat", "feedback", "exam", "case_analysis")
CLEARING = (ProgrammeKind.ONBOARDING, ProgrammeKind.TEMPORARY)
# A delta is made of a programme, never written.
_KINDS = tuple(kind for kind in ProgrammeKind if kind is not ProgrammeKind.DELTA)
FIELDS = (
    "key",
    "kind",
    "title",
    "summary",
    "due_days",
    "due_in",
    "pause_on_leave",
    "recertify_every",
    "grants_clearance",
    "clears_for",
    "major",
    "delta",
    "weak_figure",
    "requires",
    "modules",
)
STEP_FIELDS = ("key", "kind", "title", "minutes", "after")

# Completes the settings of a lesson: its `body`, and its `media` where the text shows files.
Lessons = Callable[[Entry, dict[str, Any]], None]


def read_document(entry: Entry, lessons: Lessons) -> dict[str, Any]:
    """The checked document, lessons' bodies included. Refused names the field that is wrong."""
    entry.only(*FIELDS)
    kind = entry.choice("kind", _KINDS)
    grants = entry.flag("grants_clearance")
    if grants and kind not in CLEARING:
        raise entry.refuse("grants_clearance", "Only onboarding and temporary tracks may clear.")
    if entry.has("clears_for") and not grants:
        raise entry.refuse("clears_for", "Only a programme that clears can name channels.")
    is_retraining = kind == ProgrammeKind.RETRAINING
    figure = entry.choice("weak_figure", WEAK_FIGURES) if is_retraining else None
    modules = [_module(module, lessons) for module in entry.entries("modules")]
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
        **deltas.read(entry, modules),
        **_given(entry, "clears_for", lambda name: entry.some_of(name, tuple(Channel))),
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


def _module(entry: Entry, lessons: Lessons) -> dict[str, Any]:
    entry.only("key", "title", "opens_on_day", "needs", "steps")
    opens = entry.number("opens_on_day", low=1) if entry.has("opens_on_day") else None
    steps = [_step(step, lessons) for step in entry.entries("steps")]
    needs = _given(entry, "needs", lambda name: entry.number(name, low=1))
    if needs.get("needs", 0) > len(steps):
        raise entry.refuse("needs", "There are only %(count)s steps.", count=len(steps))
    return {
        "key": entry.key(),
        "title": entry.text("title"),
        "opens_on_day": opens,
        **needs,
        "steps": steps,
    }


def _step(entry: Entry, lessons: Lessons) -> dict[str, Any]:
    kind = entry.word("kind")
    config = {name: value for name, value in entry.raw.items() if name not in STEP_FIELDS}
    if kind == "lesson":
        if "media" in config:
            raise entry.refuse("media", "There is no such field.")
        lessons(entry, config)
    known = step_type(kind)  # a kind whose plugin is not here is kept as it is
    if known is not None:
        try:
            known.check_config(config)
        except DomainError as error:
            raise entry.refuse(error.field or kind, error) from None
    return {
        "key": entry.key(),
        "kind": kind,
        "title": entry.text("title"),
        "minutes": entry.number("minutes", low=1),
        **_given(entry, "after", entry.keys),
        "config": config,
    }


def _unique(entry: Entry, keys: Sequence[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise entry.refuse("key", "%(key)s is used twice.", key=key)
