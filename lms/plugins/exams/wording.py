"""A question's wording as an entry of a content file has it, and as a version stores it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.plugins.api import DomainError, Localized, Session
from lms.plugins.exams.media import items
from lms.plugins.exams.models import Question, QuestionVersion
from lms.plugins.exams.types import KINDS, Wording, Wrong


def says(session: Session, question: Question, wording: Mapping[str, Any]) -> bool:
    """Whether the question is worded so already, however the file puts it (as one text for both
    languages, or without the empty side)."""
    current = session.scalars(
        select(QuestionVersion).where(
            QuestionVersion.question_id == question.id,
            QuestionVersion.number == question.current_number,
        )
    ).one()
    return is_worded(current, wording)


def is_worded(current: QuestionVersion, wording: Mapping[str, Any]) -> bool:
    as_stored = {
        "type": current.type,
        "stem": current.stem,
        "options": current.options,
        "answer": current.answer,
        "explanation": current.explanation,
        "parts": current.parts,
        "media": current.media or [],
    }
    return bool(_alike(as_stored) == _alike({"parts": [], "media": [], **wording}))


def _alike(value: Any) -> Any:
    """Texts in both languages the same, however they are put."""
    if isinstance(value, list):
        return [_alike(each) for each in value]
    if isinstance(value, dict) and not set(value) <= {"zh", "en"}:
        return {name: _alike(each) for name, each in value.items()}
    if isinstance(value, (dict, str)):
        return Localized.of(value)
    return value


def wording_of(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The question in the form that is stored; DomainError names the field that is wrong."""
    kind = KINDS.get(str(entry.get("type")))
    if kind is None:
        raise wrong(where, "type")
    if not Localized.of(entry.get("stem")):
        raise wrong(where, "stem")
    try:
        made = kind.wording(entry)
        media = items.of_entry(entry, made.options)
    except Wrong as error:
        raise wrong(where, error.field) from None
    return {
        "type": kind.code,
        "stem": entry["stem"],
        "options": made.options,
        "answer": made.answer,
        "explanation": entry.get("explanation") or {},
        **({"parts": made.parts} if made.parts else {}),
        **({"media": media} if media else {}),
    }


def search_text(key: str, wording: Mapping[str, Any]) -> str:
    parts = [p.get("title", p) if isinstance(p, dict) else p for p in wording.get("parts", ())]
    found = [Localized.of(t) for t in (wording["stem"], *wording["options"], *parts)]
    return " ".join([key, *(t.zh for t in found), *(t.en for t in found)]).lower()


def digest_of(wording: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(wording, sort_keys=True, default=str).encode()).hexdigest()


def own_wording(version: QuestionVersion) -> Wording:
    """What of a version is its type's own."""
    return Wording(version.options, version.parts, version.answer)


def wrong(where: str, field: str) -> DomainError:
    return DomainError(
        "%(where)s: the field %(name)s is missing or wrong.", field=field, where=where, name=field
    )
