"""The form of one part of a draft: its fields, what they hold, and what was typed."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Self

from lms.courses.authoring import fields, listing, parts
from lms.courses.authoring.fields import Form
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.own_fields import (
    AFTER,
    AT_ONCE,
    IN_ORDER,
    MINUTES,
    MODULE_FIELDS,
    OPENS,
    TITLE,
    after_field,
    head_fields,
)
from lms.courses.authoring.parts import Part
from lms.courses.authoring.yaml_settings import from_yaml
from lms.courses.content_reading import STEP_FIELDS
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.plugins.registry import step_fields, step_type
from lms.plugins.types import FieldKind, StepField, StepType


@dataclass(frozen=True)
class PartForm:
    """`raw` is what the part says, or what was typed; `was` stands for what it said when shown.

    `own` fields are those of every part of the sort, `settings` those of the kind of step;
    `as_file`: the settings have no fields, and are written as YAML.
    """

    part: Part
    raw: dict[str, Any]
    was: str
    own: Sequence[StepField]
    settings: Sequence[StepField] = ()
    kind: StepType | None = None
    is_new: bool = False
    as_file: bool = False
    yaml: str = ""
    theirs: Mapping[str, Any] | None = None

    @property
    def fields(self) -> list[StepField]:
        return [*self.own, *self.settings]

    def value(self, name: str) -> Any:
        if name == OPENS.name:
            return _opens(self.raw)
        return fields.get(self.raw, name)

    def read(self, form: Form, *, keep_blanks: bool) -> dict[str, Any]:
        """What was typed, as the part will say it."""
        typed = fields.read(self.fields, form, blanks=keep_blanks)
        fields.keep_as_written(self.fields, typed, self.raw)
        if OPENS in self.own:
            opens = typed.pop(OPENS.name, IN_ORDER)
            after = typed.pop("after", [])
            if opens != IN_ORDER:
                typed["after"] = after if opens == AFTER else []
        asked = {known.name.partition(".")[0] for known in self.fields}
        kept = {
            name: value
            for name, value in self.raw.items()
            if name not in asked and not (self.as_file and name not in STEP_FIELDS)
        }
        return {**kept, **typed}

    def filled(self, form: Form, *, keep_blanks: bool) -> Self:
        """The same form with what was typed in it."""
        raw = deepcopy(self.read(form, keep_blanks=keep_blanks))
        was = self.was if self.is_new else form.get("was", "")
        return replace(self, raw=raw, was=was, yaml=form.get("settings", ""))

    def with_yaml(self) -> Self:
        """With the settings that were written as the file has them; DomainError if they are not."""
        return replace(self, raw={**self.raw, **from_yaml(self.yaml)}) if self.as_file else self

    def change_rows(self, do: str) -> bool:
        return fields.change_rows(self.fields, self.raw, do)

    def show_files(self, names: Sequence[str]) -> None:
        """Put files that were just sent at the end of both texts, where they can be moved."""
        for known in self.settings:
            if known.kind is FieldKind.MARKDOWN and self.shows_files and names:
                text = fields.get(self.raw, known.name) or {}
                more = "\n\n".join(f"![{name.rpartition('.')[0]}](file:{name})" for name in names)
                sides = {s: f"{text.get(s, '')}\n\n{more}".strip() for s in ("zh", "en")}
                fields.put(self.raw, known.name, sides)
                return

    def against(self, draft: ProgrammeDraft) -> Self:
        """After somebody else saved the part: theirs beside this one, and saved over it next.

        A new part gets another key instead: somebody else added one at the same time.
        """
        if self.is_new:
            key = parts.free_key(draft.document, self.raw.get("kind", self.part.kind))
            return replace(self, part=Part(self.part.kind, key), raw={**self.raw, "key": key})
        try:
            theirs = parts.content(draft.document, self.part)
        except DomainError:  # removed meanwhile
            return self
        return replace(self, theirs=theirs, was=parts.digest(theirs))

    @property
    def shows_files(self) -> bool:
        """Whether files can stand in a text of it: in lessons they can."""
        return self.part.kind == "step" and self.raw.get("kind") == "lesson"

    @property
    def theirs_text(self) -> str:
        return _as_yaml(self.theirs) if self.theirs else ""

    def place_of(self, name: str) -> str:
        """Where on the form a message about a field stands; "" is over the form."""
        head = name.partition("[")[0]
        known = {"file", "settings", *(known.name for known in self.fields)}
        known |= {known.answer for known in self.fields if known.answer}
        return name if name in known or ("[" in name and head in known) else ""


def form_of(
    session: Session, draft: ProgrammeDraft, part: Part, *, is_new: bool = False, kind: str = ""
) -> PartForm:
    """The form of a part that is there (NotFound if it is not), or of a new one."""
    document = draft.document
    if part.kind == "head":
        raw = parts.content(document, part)
        others = {k: title for k, title in listing.titles(session).items() if k != draft.key}
        own = head_fields(raw.get("kind", ""), others, is_new=draft.programme_id is None)
        return PartForm(part, raw, parts.digest(raw), own)
    if part.kind == "module":
        if is_new:
            raw = {"key": part.key}
            return PartForm(part, raw, "", MODULE_FIELDS, is_new=True)
        raw = parts.content(document, part)
        return PartForm(part, raw, parts.digest(raw), MODULE_FIELDS)
    return _step_form(session, document, part, kind, is_new)


def _step_form(
    session: Session, document: Mapping[str, Any], part: Part, kind: str, is_new: bool
) -> PartForm:
    raw = {"key": part.key, "kind": kind} if is_new else parts.content(document, part)
    was = "" if is_new else parts.digest(raw)
    known = step_type(raw["kind"])
    settings = step_fields(session, raw["kind"])
    others = {
        step["key"]: Localized.of(step.get("title")) or Localized(step["key"], step["key"])
        for _, step in parts.steps(document)
        if step["key"] != part.key
    }
    own = [TITLE, MINUTES, OPENS, after_field(others)]
    if is_new:
        raw |= fields.initial([MINUTES, *(settings or ())])
    as_file = settings is None and known is not None
    config = {name: value for name, value in raw.items() if name not in STEP_FIELDS}
    return PartForm(
        part, raw, was, own, settings or (), known, is_new, as_file,
        _as_yaml(config) if as_file else "",
    )  # fmt: skip


def _opens(raw: Mapping[str, Any]) -> str:
    after = raw.get("after")
    return IN_ORDER if after is None else AFTER if after else AT_ONCE


def _as_yaml(config: Mapping[str, Any]) -> str:
    from lms.content_yaml import as_yaml

    return as_yaml(config) if config else ""
