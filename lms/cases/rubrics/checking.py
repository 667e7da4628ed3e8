"""What a rubric must be, whoever wrote it: on screen, from a case."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.db import Localized
from lms.errors import DomainError

LEVELS = 5
MAX_CRITERIA = MAX_CRITICAL = 20


def check(new: Mapping[str, Any]) -> None:
    """`new` as a content file has it, less its key. DomainError names the criterion, and the field
    of the form: `title`, `pass_mark`, `criteria`, `critical`, `c-<key>`, `e-<key>`."""
    if not Localized.of(new["title"]):
        raise DomainError("Give the rubric a title in one language at least.", field="title")
    if not 1 <= new["pass_mark"] <= 100:
        raise DomainError("This must be between 1 and 100.", field="pass_mark")
    if not new["criteria"]:
        raise DomainError("A rubric has at least one criterion.", field="criteria")
    _refuse_more(new["criteria"], MAX_CRITERIA, "criteria")
    _refuse_more(new["critical"], MAX_CRITICAL, "critical")
    for number, criterion in enumerate(new["criteria"], 1):
        _check_criterion(criterion, number)
    total = sum(criterion["weight"] for criterion in new["criteria"])
    if total != 100:
        raise DomainError(
            "The weights must add up to 100; they add up to %(total)s.",
            field="criteria", total=total,
        )  # fmt: skip
    for error in new["critical"]:
        if not Localized.of(error["title"]):
            raise DomainError("Say what the critical error is.", field=f"e-{error['key']}")


def _check_criterion(criterion: Mapping[str, Any], number: int) -> None:
    title, at = Localized.of(criterion["title"]), f"c-{criterion['key']}"
    if not title:
        raise DomainError("Criterion %(n)s needs a title in one language.", field=at, n=number)
    if not 1 <= criterion["weight"] <= 100:
        message = "“%(name)s”: the weight must be a whole number from 1 to 100."
        raise DomainError(message, field=at, name=title)
    if len(criterion["levels"]) != LEVELS or not all(map(Localized.of, criterion["levels"])):
        message = "“%(name)s”: describe five levels, one a line, the lowest first."
        raise DomainError(message, field=at, name=title)


def _refuse_more(rows: Sequence[Any], most: int, field: str) -> None:
    if len(rows) > most:
        raise DomainError("At most %(count)s of them.", field=field, count=most)
