"""The form of a rubric made from a case: each criterion with its weight and five level lines."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple


class CriterionFields(NamedTuple):
    """What stands in the fields of a criterion; `levels`: one a line."""

    key: str
    zh: str
    en: str
    weight: str
    levels_zh: str
    levels_en: str


def shown(criterion: Mapping[str, Any]) -> CriterionFields:
    return CriterionFields(
        criterion["key"],
        criterion["title"].get("zh", ""),
        criterion["title"].get("en", ""),
        str(criterion["weight"]),
        *("\n".join(level.get(s, "") for level in criterion["levels"]) for s in ("zh", "en")),
    )


def read(form: Mapping[str, str], begun_with: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, in the form of `rubrics.suggestion`. Keys and critical errors stay."""
    known = [criterion["key"] for criterion in begun_with["criteria"]]
    criteria = [_criterion(form, key) for key in known if f"c-{key}-weight" in form]
    return {
        "title": title(form, "title"),
        "pass_mark": _number(form, "pass_mark"),
        "criteria": criteria,
        "critical": list(begun_with["critical"]),
    }


def _criterion(form: Mapping[str, str], key: str) -> dict[str, Any]:
    zh, en = (_lines(form, f"c-{key}-levels-{side}") for side in ("zh", "en"))
    return {
        "key": key,
        "title": title(form, f"c-{key}"),
        "weight": _number(form, f"c-{key}-weight"),
        "levels": [{"zh": a, "en": b} for a, b in zip_longest(zh, en, fillvalue="")],
    }


def title(form: Mapping[str, str], name: str) -> dict[str, str]:
    return {side: _line(form, f"{name}-{side}") for side in ("zh", "en")}


def _line(form: Mapping[str, str], name: str) -> str:
    return " ".join(form.get(name, "").replace("\0", "").split())[:300]


def _lines(form: Mapping[str, str], name: str) -> list[str]:
    typed = form.get(name, "").replace("\0", "")[:8000]
    return [row.strip() for row in typed.splitlines() if row.strip()]


def _number(form: Mapping[str, str], name: str) -> int:
    typed = form.get(name, "").strip()
    return int(typed) if typed.isdecimal() and len(typed) < 4 else -1
