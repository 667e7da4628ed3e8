"""Settings as form fields and back: what a form says becomes what the file would say.

A form field is called as the setting: `minutes`; texts have two, `title.zh` and `title.en`; rows
are counted from 1, as in messages: `questions[2].text.zh`. What cannot be understood is kept as it
was typed: the reader refuses it, and it can be shown again.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.plugins.types import FieldKind, StepField

Form = MultiDict[str, str]
TEXTS = frozenset({FieldKind.LINE, FieldKind.TEXT, FieldKind.MARKDOWN})
LISTS = frozenset({FieldKind.LINES, FieldKind.ANSWERS, FieldKind.ROWS})
_WORD = 300
_DIGITS = 7


def get(raw: Mapping[str, Any], name: str) -> Any:
    """The setting at a place like `check.question`; None where nothing is."""
    found: Any = raw
    for piece in name.split("."):
        found = found.get(piece) if isinstance(found, Mapping) else None
    return found


def put(raw: dict[str, Any], name: str, value: Any) -> None:
    """None takes the setting out, and a mapping that held nothing else with it."""
    first, _, rest = name.partition(".")
    if rest:
        inner = dict(raw[first]) if isinstance(raw.get(first), Mapping) else {}
        put(inner, rest, value)
        value = inner or None
    if value is None:
        raw.pop(first, None)
    else:
        raw[first] = value


def keep_as_written(
    fields: Sequence[StepField], raw: dict[str, Any], old: Mapping[str, Any]
) -> None:
    """A text that a form sent back unchanged stays to the byte what a file said."""
    for field in fields:
        text, before = get(raw, field.name), get(old, field.name)
        if field.kind in TEXTS and isinstance(text, dict) and isinstance(before, Mapping):
            for side, value in before.items():
                if isinstance(value, str) and clean(value) == text.get(side):
                    text[side] = value


def initial(fields: Sequence[StepField]) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for field in fields:
        put(raw, field.name, field.initial)
    return raw


def read(
    fields: Sequence[StepField], form: Form, *, prefix: str = "", blanks: bool = False
) -> dict[str, Any]:
    """What the form says; empty rows are left out unless `blanks`."""
    raw: dict[str, Any] = {}
    for field in fields:
        place = prefix + field.name
        if field.kind in LISTS:
            rows, numbers = _rows(field, form, place, blanks)
            put(raw, field.name, rows or None)
            if field.answer:
                right = _number(form.get(prefix + field.answer, ""))
                put(raw, field.answer, numbers.index(right) + 1 if right in numbers else None)
        else:
            put(raw, field.name, _value(field, form, place))
    return raw


def _value(field: StepField, form: Form, place: str) -> Any:
    if field.kind in TEXTS:
        return _text(form, place, field.kind)
    if field.kind is FieldKind.SEVERAL:
        return list(dict.fromkeys(form.getlist(place))) or None
    typed = clean(form.get(place, ""))[:_WORD]
    if field.kind is FieldKind.FLAG:
        return field.ticked if typed else None
    if field.kind is FieldKind.NUMBER:
        return _number(typed)
    return typed or None


def _text(form: Form, place: str, kind: FieldKind) -> dict[str, str] | None:
    sides = {side: clean(form.get(f"{place}.{side}", "")) for side in ("zh", "en")}
    if kind is FieldKind.LINE:
        sides = {side: " ".join(text.split("\n")) for side, text in sides.items()}
    return {side: text for side, text in sides.items() if text} or None


def clean(text: str) -> str:
    """Line ends as files have them, and nothing that a file could not hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(seen).strip()


def _number(typed: str) -> int | str | None:
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS
    return int(typed) if is_number else typed or None


def _rows(field: StepField, form: Form, place: str, blanks: bool) -> tuple[list[Any], list[int]]:
    """The rows, and the number each had in the form."""
    rows, numbers = [], []
    for number in range(1, field.most + 2):
        at = f"{place}[{number}]"
        if not any(name.startswith((f"{at}.", f"{at}[")) for name in form):
            break
        if field.kind is FieldKind.ROWS:
            row: Any = read(field.fields, form, prefix=f"{at}.", blanks=blanks)
            is_blank = not _is_filled(field.fields, row)
        else:
            row = _text(form, at, FieldKind.LINE) or {}
            is_blank = not row
        if blanks or not is_blank:
            rows.append(row)
            numbers.append(number)
    _give_keys(field, rows)
    return rows, numbers


def _is_filled(fields: Sequence[StepField], row: Mapping[str, Any]) -> bool:
    """Whether somebody wrote into it; a choice has a value from the start."""
    idle = {FieldKind.CHOICE, FieldKind.KEY, FieldKind.FLAG}
    return any(get(row, field.name) for field in fields if field.kind not in idle)


def _give_keys(field: StepField, rows: Sequence[dict[str, Any]]) -> None:
    """A row keeps the key it has: answers are counted by it over all versions."""
    for inner in field.fields:
        if inner.kind is not FieldKind.KEY:
            continue
        taken = {row.get(inner.name) for row in rows}
        for row in rows:
            number = 1
            while not row.get(inner.name):
                if f"q{number}" not in taken:
                    row[inner.name] = f"q{number}"
                    taken.add(f"q{number}")
                number += 1


def change_rows(fields: Sequence[StepField], raw: dict[str, Any], do: str) -> bool:
    """Apply `add:questions`, `drop:questions:3` or `up:questions:3`; False for anything else.

    A list inside a row is called by its place: `add:questions[2].options`.
    """
    verb, _, rest = do.partition(":")
    place, _, at = rest.partition(":")
    found = _list_at(fields, raw, place)
    if verb not in {"add", "drop", "up"} or found is None:
        return False
    field, holder, name = found
    rows = list(get(holder, name) or [])
    number = int(at) if at.isascii() and at.isdecimal() and len(at) < 4 else 0
    order = list(range(1, len(rows) + 1))
    if verb == "add" and len(rows) < field.most:
        rows.append(initial(field.fields))
    elif verb == "drop" and 0 < number <= len(rows):
        del rows[number - 1], order[number - 1]
    elif verb == "up" and 1 < number <= len(rows):
        for items in (rows, order):
            items[number - 2], items[number - 1] = items[number - 1], items[number - 2]
    put(holder, name, rows or None)
    if field.answer:
        right = get(holder, field.answer)
        put(holder, field.answer, order.index(right) + 1 if right in order else None)
    return True


def _list_at(
    fields: Sequence[StepField], raw: dict[str, Any], place: str
) -> tuple[StepField, dict[str, Any], str] | None:
    for field in fields:
        if field.kind in LISTS and place == field.name:
            return field, raw, field.name
        rows = get(raw, field.name) if field.kind is FieldKind.ROWS else None
        for number, row in enumerate(rows or (), 1):
            before = f"{field.name}[{number}]."
            if place.startswith(before):
                return _list_at(field.fields, row, place.removeprefix(before))
    return None
