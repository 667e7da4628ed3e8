"""The fields of a suggested question: its texts, its lines (options, steps, criteria), answer."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from lms.plugins.api import DomainError

_POINTS = 20
_SIDES = ("zh", "en")


def lines_of(entry: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """What stands one a line: the options, or the titles of what is marked."""
    rows = entry.get("options") or [c["title"] for c in entry.get("criteria", ())]
    return list(rows)


def shown(entry: Mapping[str, Any]) -> dict[str, str]:
    """What the fields of one question hold, by the end of their names."""
    fields = {"answer": ", ".join(map(str, entry.get("answer", ())))}
    for side in _SIDES:
        fields[f"stem-{side}"] = entry["stem"].get(side, "")
        fields[f"lines-{side}"] = "\n".join(row.get(side, "") for row in lines_of(entry))
        fields[f"why-{side}"] = entry["explanation"].get(side, "")
    return fields


def read(form: Mapping[str, str], suggested: Mapping[str, Any]) -> dict[str, Any]:
    """The suggestion with what was typed; DomainError (field: its key) for a wrong answer."""
    key = suggested["key"]
    typed = {name: _clean(form.get(f"{key}-{name}", "")) for name in shown(suggested)}
    both = [typed[f"lines-{side}"].splitlines() for side in _SIDES]
    rows = [
        {side: text.strip() for side, text in zip(_SIDES, pair, strict=True) if text.strip()}
        for pair in zip_longest(*both, fillvalue="")
    ]
    rows = [row for row in rows if row]
    entry = {
        **suggested,
        "stem": _sides(typed, "stem"),
        "explanation": _sides(typed, "why"),
    }
    if "criteria" in suggested:
        entry["criteria"] = [{"title": row, "points": _POINTS} for row in rows]
    else:
        entry["options"] = rows
    if "answer" in suggested:
        numbers = typed["answer"].replace("，", ",").split(",")
        if not all(n.strip().isdecimal() and len(n.strip()) < 4 for n in numbers):
            raise DomainError("Write the numbers of the right options.", field=key)
        entry["answer"] = sorted({int(number) for number in numbers})
    return entry


def _sides(typed: Mapping[str, str], name: str) -> dict[str, str]:
    return {side: text for side in _SIDES if (text := typed[f"{name}-{side}"].strip())}


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n")[:8000]
