"""What is new, gone, moved or worded otherwise between a published version and a draft."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from markupsafe import Markup

from lms.courses.authoring import fields, parts
from lms.courses.authoring.drafts import Shown
from lms.courses.authoring.own_fields import (
    AT_ONCE,
    IN_ORDER,
    MINUTES,
    MODULE_FIELDS,
    OPENS,
    TITLE,
    after_field,
    head_fields,
)
from lms.courses.authoring.parts import HEAD, Part
from lms.db import Localized
from lms.i18n import pick
from lms.plugins.types import FieldKind, StepField
from lms.wording import marked_lines

FieldsOf = Callable[[str], Sequence[StepField]]
_LANGUAGES = {"zh": "中文", "en": "English"}


class Detail(NamedTuple):
    """One setting that changed; both sides of a row are safe HTML with <del> and <ins>."""

    label: Localized
    language: str
    rows: Sequence[tuple[Markup, Markup]]


class Change(NamedTuple):
    """`kind`: new, removed, moved or changed. `where`: the module a step is in (now)."""

    kind: str
    part: Part
    title: Localized
    where: Localized | None = None
    details: Sequence[Detail] = ()


def compare(old: Shown | None, new: Shown, fields_of: FieldsOf) -> list[Change]:
    """In the order of the new document, what is gone at the end; empty without an old one.

    `fields_of` gives the settings of a kind of step.
    """
    if old is None:
        return []
    names = {
        step["key"]: Localized.of(step.get("title"))
        for shown in (old, new)
        for _, step in parts.steps(shown.document)
    }
    head = _details(head_fields(new.document.get("kind", ""), {}, is_new=False),
                    old.document, new.document)  # fmt: skip
    found = [Change("changed", HEAD, _title(new.document), details=head)] if head else []
    before = {module["key"]: module for module in parts.modules(old.document)}
    moved = _moved(before, [module["key"] for module in parts.modules(new.document)])
    steps_before = {step["key"]: (module, step) for module, step in parts.steps(old.document)}
    steps_moved = _moved(steps_before, [step["key"] for _, step in parts.steps(new.document)])
    for module in parts.modules(new.document):
        part = Part("module", module["key"])
        found += _change(part, before.get(part.key), module, None, part.key in moved, MODULE_FIELDS)
        for step in module.get("steps") or ():
            home, was = steps_before.get(step["key"], (None, None))
            is_moved = home is not None and (
                step["key"] in steps_moved or home["key"] != module["key"]
            )
            known = [TITLE, MINUTES, *fields_of(step["kind"])]
            part = Part("step", step["key"])
            opening = _detail(OPENS, _opens(was or {}, names), _opens(step, names))
            found += _change(part, was, step, _title(module), is_moved, known, opening)
            if was is not None:
                found += _files(part, step, old, new)
    return [*found, *_gone(old.document, new.document)]


def _change(
    part: Part,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    where: Localized | None,
    is_moved: bool,
    known: Sequence[StepField],
    more: Sequence[Detail] = (),
) -> Iterator[Change]:
    if old is None:
        yield Change("new", part, _title(new), where)
        return
    if is_moved:
        yield Change("moved", part, _title(new), where)
    if details := [*_details(known, old, new), *more]:
        yield Change("changed", part, _title(new), where, details)


def _gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    modules = {module["key"] for module in parts.modules(new)}
    steps = {step["key"] for _, step in parts.steps(new)}
    for module in parts.modules(old):
        if module["key"] not in modules:
            yield Change("removed", Part("module", module["key"]), _title(module))
    for module, step in parts.steps(old):
        if step["key"] not in steps:
            yield Change("removed", Part("step", step["key"]), _title(step), _title(module))


def _moved(before: Mapping[str, Any], after: Sequence[str]) -> set[str]:
    """The keys, there before and after, that changed their place among each other."""
    old = [key for key in before if key in after]
    new = [key for key in after if key in before]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {key for block in blocks for key in old[block.a : block.a + block.size]}
    return set(new) - stayed


def _files(part: Part, step: Mapping[str, Any], old: Shown, new: Shown) -> Iterator[Change]:
    """A file under the name of another."""
    text = " ".join(str(side) for side in (step.get("body") or {}).values())
    names = [
        name
        for name, found in new.files.items()
        if f"file:{name}" in text
        and name in old.files
        and old.files[name]["sha256"] != found["sha256"]
    ]
    was, now = Markup("<del>{}</del>"), Markup("<ins>{}</ins>")
    file = Localized("文件", "File")
    details = [Detail(file, "", [(was.format(name), now.format(name))]) for name in names]
    if details:
        yield Change("changed", part, _title(step), None, details)


def _title(row: Mapping[str, Any]) -> Localized:
    return Localized.of(row.get("title"))


def _details(
    known: Sequence[StepField], old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[Detail]:
    found = []
    for field in known:
        found += _detail(field, _said(field, old), _said(field, new))
    return found


def _detail(field: StepField, before: Localized, after: Localized) -> list[Detail]:
    if before == after:
        return []
    is_written = field.kind in fields.TEXTS | fields.LISTS
    if not is_written:  # the system's own words, in the reader's language
        was = Markup("<del>{}</del>").format(pick(before)) if before else Markup("")
        now = Markup("<ins>{}</ins>").format(pick(after)) if after else Markup("")
        return [Detail(field.label, "", [(was, now)])]
    return [
        Detail(field.label, language, marked_lines(was, now))
        for side, language in _LANGUAGES.items()
        if (was := getattr(before, side)) != (now := getattr(after, side))
    ]


def _opens(step: Mapping[str, Any], names: Mapping[str, Localized]) -> Localized:
    after = step.get("after")
    if after is None:
        return OPENS.choices[IN_ORDER]
    return _said(after_field(names), step) if after else OPENS.choices[AT_ONCE]


def _said(field: StepField, raw: Mapping[str, Any]) -> Localized:
    """A setting in words, both languages."""
    value = fields.get(raw, field.name)
    if value is None:
        return Localized()
    if field.kind in fields.TEXTS:
        return Localized.of(value)
    if field.kind in fields.LISTS and isinstance(value, list):
        right = fields.get(raw, field.answer) if field.answer else None
        rows = [_row(field, row, number == right) for number, row in enumerate(value, 1)]
        return Localized("\n".join(r.zh for r in rows), "\n".join(r.en for r in rows))
    if field.kind is FieldKind.FLAG:
        return Localized("是", "yes") if value else Localized()
    if field.kind is FieldKind.SEVERAL and isinstance(value, list):
        chosen = [field.choices.get(key) or Localized(key, key) for key in value]
        return Localized(
            "、".join(c.pick("zh") for c in chosen), ", ".join(c.pick("en") for c in chosen)
        )
    if field.kind is FieldKind.CHOICE and value in field.choices:
        return field.choices[value]
    return Localized(str(value), str(value))


def _row(field: StepField, row: Mapping[str, Any], is_right: bool) -> Localized:
    if not field.fields:
        text, mark = Localized.of(row), "✓ " if is_right else "• "
        return Localized(mark + text.zh, mark + text.en)
    said = [_said(inner, row) for inner in field.fields if inner.kind is not FieldKind.KEY]
    return Localized(
        "• " + " · ".join(s.zh.replace("\n", " ") for s in said if s.zh),
        "• " + " · ".join(s.en.replace("\n", " ") for s in said if s.en),
    )
