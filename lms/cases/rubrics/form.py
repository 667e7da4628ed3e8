"""The rubric's form: criteria and critical errors as rows, each named by its key."""

import re
from typing import Any
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from lms.cases.rubrics.checking import MAX_CRITERIA, MAX_CRITICAL
from lms.cases.uses import rubric_form
from lms.errors import DomainError

KEY = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*")
_MOST = {"criterion": MAX_CRITERIA, "critical": MAX_CRITICAL}


def empty() -> dict[str, Any]:
    return {
        "title": {"zh": "", "en": ""},
        "pass_mark": 70,
        "criteria": [_criterion()],
        "critical": [],
    }


def read(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, as `versions.save` takes it; what is no number has become -1."""
    critical = [
        {"key": key, "title": rubric_form.title(form, f"e-{key}")}
        for key in _keys(form, "critical")
    ]
    criteria = [{"key": key} for key in _keys(form, "criterion")]
    typed = rubric_form.read(form, {"criteria": criteria, "critical": critical})
    for criterion in typed["criteria"]:
        if f"c-{criterion['key']}-na" not in form:
            criterion["na"] = False
    return typed


def _keys(form: MultiDict[str, str], name: str) -> list[str]:
    # One more than there may be, for the check to refuse.
    return [key for key in dict.fromkeys(form.getlist(name)) if KEY.fullmatch(key)][
        : _MOST[name] + 1
    ]


def change(typed: dict[str, Any], do: str) -> bool:
    """Apply `add-criterion`, `drop-criterion-<key>`, `up-criterion-<key>`, the same of `critical`;
    False for anything else. DomainError when there are as many as there may be."""
    verb, _, rest = do.partition("-")
    name, _, key = rest.partition("-")
    if name not in _MOST:
        return False
    rows = typed["criteria" if name == "criterion" else "critical"]
    at = next((n for n, row in enumerate(rows) if row["key"] == key), -1)
    if verb == "add":
        if len(rows) >= _MOST[name]:
            field = "criteria" if name == "criterion" else "critical"
            raise DomainError("At most %(count)s of them.", field=field, count=_MOST[name])
        rows.append(_criterion() if name == "criterion" else _critical())
    elif verb == "drop" and at >= 0:
        del rows[at]
    elif verb == "up" and at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    else:
        return False
    return True


def _criterion() -> dict[str, Any]:
    title = {"zh": "", "en": ""}
    return {"key": f"criterion-{uuid4().hex[:8]}", "title": title, "weight": -1, "levels": []}


def _critical() -> dict[str, Any]:
    return {"key": f"error-{uuid4().hex[:8]}", "title": {"zh": "", "en": ""}}
