"""Aiken: a question, its options by letter, and a line `ANSWER: B`."""

import re

from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.models import QuestionType

ANSWER = re.compile(r"^\s*ANSWER\s*[:：]\s*([A-Za-z])\s*$", re.MULTILINE)
_OPTION = re.compile(r"\s*([A-Za-z])\s*[.)．、]\s*(.*)")


def read_aiken(text: str) -> Found:
    found = Found()
    draft: Draft | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if draft is None:
            draft = Draft(Place("line", number), type=QuestionType.SINGLE)
            found.drafts.append(draft)
        option = _OPTION.fullmatch(line)
        if answer := ANSWER.match(line):
            draft.answer = answer[1]
            draft = None
        elif option and option[1].upper() == chr(ord("A") + len(draft.options)):
            draft.options.append(option[2])
        elif draft.options:  # an option of several lines
            draft.options[-1] += "\n" + line.strip()
        else:
            draft.stem = f"{draft.stem}\n{line.strip()}".strip()
    return found
