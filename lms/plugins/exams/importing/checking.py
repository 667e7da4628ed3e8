"""A draft as the bank's own entry (see docs/content-format.md), or what speaks against it."""

import re
from typing import Any

from lms.plugins.api import DomainError
from lms.plugins.exams.importing.drafts import Draft, Embedded
from lms.plugins.exams.importing.kinds import OWN
from lms.plugins.exams.importing.kinds.choices import read_choice
from lms.plugins.exams.importing.spelling import in_its_language
from lms.plugins.exams.importing.words import difficulty, question_type
from lms.plugins.exams.media import items
from lms.plugins.exams.models import QuestionType
from lms.plugins.exams.types import KINDS, Wrong

MAX_STEM = 4000
_UNDERLINED = re.compile("_{2,}|＿")


def entry_of(draft: Draft) -> dict[str, Any]:
    """The entry, without a key; adds to `draft.reasons` what is wrong and is then of no use."""
    draft.stem = draft.stem.strip()
    if not draft.stem:
        draft.reasons.append(DomainError("The question has no text."))
    if len(draft.stem) > MAX_STEM:
        draft.reasons.append(DomainError("The text is longer than %(most)s.", most=MAX_STEM))
    level = difficulty(draft.difficulty)
    if level is None:
        draft.reasons.append(
            DomainError("“%(text)s” is no level of difficulty (1-5, 易, 中, 难).",
                        text=draft.difficulty[:30])
        )  # fmt: skip
    kind = question_type(draft.type)
    if kind is None:
        draft.reasons.append(
            DomainError("Questions of the type “%(type)s” cannot be asked here yet.",
                        type=draft.type[:30])
        )  # fmt: skip
        return {}
    if not kind and _has_gaps_only(draft):
        kind = QuestionType.BLANK
    own = {"type": str(kind), **OWN[kind](draft)} if kind in OWN else read_choice(draft, kind)
    entry = {
        "type": own.pop("type"),
        "difficulty": level,
        "tags": draft.tags,
        "stem": in_its_language(draft.stem),
        **own,
        "explanation": in_its_language(draft.explanation.strip(), like=draft.stem),
    }
    entry["media"] = [_item(file, draft.stem) for file in draft.files]
    entry = {name: value for name, value in entry.items() if value}
    if not draft.reasons:
        _check_limits(draft, entry)
    return entry


def _item(file: Embedded, stem: str) -> dict[str, Any]:
    """Without words it is called as its file is."""
    alt = in_its_language(file.words or file.name.rpartition(".")[0] or file.name, like=stem)
    place = {} if file.option is None else {"option": file.option + 1}
    return {**file.described, "alt": alt, **place}


def _has_gaps_only(draft: Draft) -> bool:
    """A file that names no types: an answer in words to a text with a line to write on."""
    return bool(not draft.options and draft.answer and _UNDERLINED.search(draft.stem))


def _check_limits(draft: Draft, entry: dict[str, Any]) -> None:
    """What no reader looks for: more gaps, pairs or criteria than a question may have."""
    try:
        items.of_entry(entry, KINDS[entry["type"]].wording(entry).options)
    except Wrong as error:
        draft.reasons.append(
            DomainError("The field %(name)s is missing or wrong.", name=error.field)
        )
