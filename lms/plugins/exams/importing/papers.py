"""Papers as pasted from Word: numbered questions, options by letter, the key in brackets or on a
line of its own."""

import re

from lms.plugins.exams.importing.answers import truth
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.tables import split_options
from lms.plugins.exams.importing.words import split_tags

_SECTION = re.compile(r"\s*[一二三四五六七八九十]+\s*[、.．]\s*(\S+?题).*")
_NUMBERED = re.compile(r"\s*(?:第\s*)?\d{1,4}\s*(?:题\s*[:：.、]?|[.．、)）]|\s(?=\D))\s*(.+)")
_KIND = re.compile(r"^\s*[【\[（(]\s*(\S{1,6}题)\s*[】\])）]\s*")
_OPTION = re.compile(r"\s*[（(]?([A-Ja-j])\s*[)）.．、:：]\s*\S.*")
_FIELD = re.compile(
    r"\s*[【\[]?(答案|正确答案|参考答案|标准答案|解析|答案解析|试题解析|难度|知识点|标签|Answer|Key|Explanation"
    r"|Difficulty|Tags)\s*(?:[】\]]\s*[:：]?|[:：])\s*(.*)",
    re.IGNORECASE,
)
_FIELDS = {
    "answer": ("答案", "正确答案", "参考答案", "标准答案", "answer", "key"),
    "explanation": ("解析", "答案解析", "试题解析", "explanation"),
    "difficulty": ("难度", "difficulty"),
    "tags": ("知识点", "标签", "tags"),
}
_BRACKETED = re.compile(r"[（(【\[]\s*([A-Ja-j][A-Ja-j、,，\s]*|[对错√×✓✗]|正确|错误)\s*[】\])）]")


def read_paper(text: str) -> Found:
    """`found.drafts` is empty for a text without a numbered question."""
    found = Found()
    section, draft, field = "", None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        head = _SECTION.fullmatch(line)
        if head:
            section, draft = head[1], None
            continue
        said = _FIELD.fullmatch(line)
        begun = _NUMBERED.fullmatch(line)
        if draft is not None and said:
            field = _field(said[1])
            _put(draft, field, said[2])
        elif draft is not None and _OPTION.fullmatch(line):
            draft.options += _options(line)
            field = "options"
        elif begun:
            draft, field = _begin(Place("line", number), begun[1], section), "stem"
            found.drafts.append(draft)
        elif draft is not None:
            _go_on(draft, field, line.strip())
    for draft in found.drafts:
        if not draft.answer:
            _answer_in_stem(draft)
    return found


def _field(word: str) -> str:
    return next(name for name, words in _FIELDS.items() if word.lower() in words)


def _begin(place: Place, rest: str, section: str) -> Draft:
    kind = _KIND.match(rest)
    if kind:
        return Draft(place, stem=rest[kind.end() :], type=kind[1])
    return Draft(place, stem=rest, type=section)


def _put(draft: Draft, field: str, value: str) -> None:
    if field == "tags":
        draft.tags = split_tags(value)
    else:
        setattr(draft, field, value.strip())


def _options(line: str) -> list[str]:
    """One option, or several on the line."""
    found = split_options(" " + line)
    if len(found) > 1:
        return found
    return [re.sub(r"^\s*[（(]?[A-Ja-j]\s*[)）.．、:：]\s*", "", line).strip(), *found[1:]]


def _go_on(draft: Draft, field: str, line: str) -> None:
    if field == "options" and draft.options:
        draft.options[-1] += "\n" + line
    elif field in ("stem", "explanation"):
        setattr(draft, field, f"{getattr(draft, field)}\n{line}".strip())


def _answer_in_stem(draft: Draft) -> None:
    """The key in brackets, `（B）`, leaves an empty pair where the answer goes."""
    marks = [
        mark
        for mark in _BRACKETED.finditer(draft.stem)
        if draft.options or truth(mark[1]) is not None
    ]
    if not marks:
        return
    mark = marks[-1]
    draft.answer = mark[1]
    is_end = not draft.stem[mark.end() :].strip("。.？? \n")
    gap = "" if is_end and not draft.options else "（ ）"
    draft.stem = (draft.stem[: mark.start()] + gap + draft.stem[mark.end() :]).strip()


def is_paper(text: str) -> bool:
    found = read_paper(text)
    return any(draft.options or draft.answer for draft in found.drafts)
