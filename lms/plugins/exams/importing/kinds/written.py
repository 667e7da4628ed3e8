"""Answers in words: a reference answer, and for a case the criteria it is marked by.

A criterion is a line `title（40分）：what is expected` or `title | 40 | what is expected`.
Everybody sees the titles: points without one, `先道歉（3分）`, are kept from them as what is
expected.
"""

import re
from typing import Any

from lms.plugins.api import DomainError
from lms.plugins.exams.bank.escapes import pieces, said
from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.spelling import in_its_language
from lms.plugins.exams.importing.words import is_chinese, plain
from lms.plugins.exams.types.written import MAX_CRITERIA

_NOTHING = {"略", "无", "答案略", "-", "/"}
_WHOLE = {"zh": "案例分析", "en": "Analysis of the case"}
_UNIT = r"(?:分|points?|pts?|marks?|%)"
_POINTS = re.compile(
    rf"(?P<title>.*?)\s*(?:[（(【\[]\s*(?P<p>\d+(?:\.\d+)?)\s*{_UNIT}\s*[)）】\]]|[\s,，:：](?P<q>\d+(?:\.\d+)?)\s*{_UNIT}"
    rf"|(?<=[^\d\s.])(?P<r>\d+(?:\.\d+)?)\s*{_UNIT}(?=\s*$))"
    r"\s*(?P<colon>[:：])?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[（(]\d{1,2}[)）]|\d{1,2}[.．、)）]|[①-⑩]|[-•·*])\s*")
_REFERENCE = re.compile(
    r"\s*[【\[]?(?:参考答案|答案要点|答案|reference(?: answer)?)[】\]]?\s*[:：]\s*", re.IGNORECASE
)
_AFTER_POINTS = re.compile(
    rf"({_UNIT}\s*[)）】\]])\s*[;；。]\s*(?=\S)|(\d\s*{_UNIT})\s*[;；、,，。]\s*(?=\S)",
    re.IGNORECASE,
)


def read_reference(draft: Draft) -> dict[str, Any]:
    _refuse_options(draft)
    text = "\n".join(part for part in (_answer(draft), draft.criteria.strip()) if part)
    return {"reference": in_its_language(text, like=draft.stem)}


def read_case(draft: Draft) -> dict[str, Any]:
    _refuse_options(draft)
    answer = _answer(draft)
    criteria, rest = _criteria(draft, draft.criteria.strip() or answer)
    reference = "\n".join(part for part in (answer if draft.criteria.strip() else "", rest) if part)
    if not criteria:
        criteria = [{"title": _WHOLE, "points": 100}]
        draft.notes.append(
            DomainError("It names no criteria with points: it is marked as a whole.")
        )
    if len(criteria) > MAX_CRITERIA:
        draft.reasons.append(DomainError("More than %(most)s criteria.", most=MAX_CRITERIA))
    return {"criteria": criteria, "reference": in_its_language(reference, like=draft.stem)}


def has_criteria(text: str) -> bool:
    """Whether one of its lines is a criterion with a title."""
    found = [_parts(line) for line in text.splitlines()]
    return any(points and has_title for _, points, _, has_title in found)


def _answer(draft: Draft) -> str:
    written = draft.answer.strip() if isinstance(draft.answer, str) else ""
    return "" if plain(written).rstrip("。.") in _NOTHING else written


def _refuse_options(draft: Draft) -> None:
    if any(option.strip() for option in draft.options):
        draft.reasons.append(DomainError("A question answered in words has no options."))


def _criteria(draft: Draft, text: str) -> tuple[list[dict[str, Any]], str]:
    """The criteria, and the lines that are none: the reference answer."""
    criteria: list[dict[str, Any]] = []
    rest: list[str] = []
    is_rest = True
    for line in _AFTER_POINTS.sub(r"\1\2\n", text).splitlines():
        mark = _REFERENCE.match(line)
        if found := None if mark else _criterion(draft, line, len(criteria) + 1):
            criteria.append(found)
            is_rest = False
        elif mark or is_rest:
            rest.append(line[mark.end() :] if mark else line)
            is_rest = True
        else:  # more of what is expected
            expected = next(iter(criteria[-1].get("expected", {}).values()), "")
            whole = f"{expected}\n{line}".strip()
            criteria[-1]["expected"] = in_its_language(whole, like=draft.stem)
    return criteria, "\n".join(rest).strip()


def _criterion(draft: Draft, line: str, number: int) -> dict[str, Any] | None:
    title, points, expected, has_title = _parts(line)
    if not points:
        return None
    if "." in points or not 1 <= int(points) <= 100:
        draft.reasons.append(
            DomainError("“%(text)s”: points are whole numbers from 1 to 100.", text=line[:60])
        )
        return None
    if not has_title or not title:
        word = "要点" if is_chinese(draft.stem + line) else "Point"
        title, expected = f"{word} {number}", "\n".join(t for t in (title, expected) if t)
    criterion = {"title": in_its_language(title, like=draft.stem), "points": int(points)}
    said_of_it = in_its_language(expected, like=draft.stem)
    return criterion | ({"expected": said_of_it} if said_of_it else {})


def _parts(line: str) -> tuple[str, str, str, bool]:
    """Title, points, what is expected, and whether the first is a title."""
    bars = [said(piece, "|｜") for piece in pieces(line, "|｜", 3)]
    if len(bars) > 1 and re.fullmatch(r"\d+(\.\d+)?", bars[1]):
        return bars[0], bars[1], "".join(bars[2:]), True
    match = _POINTS.fullmatch(line.strip())
    if match is None:
        return "", "", "", False
    title = _BULLET.sub("", match["title"], count=1).strip(" :：,，")
    return (
        title,
        match["p"] or match["q"] or match["r"],
        match["rest"].strip(),
        bool(match["colon"]),
    )
