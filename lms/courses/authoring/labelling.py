"""What a problem of a draft is about, as its form calls it."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.courses.authoring import parts
from lms.courses.authoring.checking import Problem
from lms.courses.authoring.own_fields import (
    MINUTES,
    MODULE_FIELDS,
    TITLE,
    after_field,
    head_fields,
)
from lms.db import Localized, Session
from lms.i18n import pick
from lms.plugins.registry import step_fields
from lms.plugins.types import StepField


def labels(
    session: Session, document: Mapping[str, Any], problems: Sequence[Problem]
) -> dict[Problem, str]:
    """For each problem the words before its message, in the reader's language: `Checklist: `."""
    known: dict[str, Sequence[StepField]] = {
        "head": head_fields(document.get("kind", ""), {}, is_new=True),
        "module": MODULE_FIELDS,
    }
    found = {}
    for problem in problems:
        sort = problem.part.kind
        if sort == "step":
            kind = parts.step_of(document, problem.part.key)["kind"]
            sort = f"step {kind}"
            if sort not in known:
                theirs = step_fields(session, kind) or ()
                known[sort] = [TITLE, MINUTES, after_field({}), *theirs]
        found[problem] = _label(known[sort], problem.field)
    return found


def _label(known: Sequence[StepField], place: str) -> str:
    name, _, rest = place.partition("[")
    label = next((field.label for field in known if name in {field.name, field.answer}), None)
    if label is None:
        return ""
    number = rest.partition("]")[0]
    return f"{pick(label)} {number}".rstrip() + pick(Localized("：", ": "))
