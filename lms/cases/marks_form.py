"""The rubric's form as marks; a level that is missing is left for the service to name."""

import re

from flask import request

from lms.cases.models import Rubric
from lms.cases.scoring import LineNote, Marks

NOT_APPLICABLE = "na"
_LINE = re.compile(r"line-([1-9]\d{0,5})", re.ASCII)


def text(name: str) -> str:
    return request.form.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()


def typed(rubric: Rubric) -> Marks:
    keys = [criterion["key"] for criterion in rubric.criteria]
    given = {key: request.form.get(f"level-{key}", "") for key in keys}
    lines = {
        int(found[1]): text(found[0]) for name in request.form if (found := _LINE.fullmatch(name))
    }
    return Marks(
        {key: _level(value) for key, value in given.items() if value},
        {key: said for key in keys if (said := text(f"comment-{key}"))},
        [value for value in request.form.getlist("critical") if "\0" not in value],
        text("comment"),
        [LineNote(seq, said) for seq, said in lines.items() if said],
    )


def _level(value: str) -> int | None:
    """A level that is none is 0, for the check to refuse."""
    if value == NOT_APPLICABLE:
        return None
    return int(value) if value in {"1", "2", "3", "4", "5"} else 0
