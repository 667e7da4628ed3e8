"""Options told apart by letters: `A. …`, `（Ｂ）…`, several on a line or in a cell."""

import re
import unicodedata

_MARK = r"[（(]?([A-Ja-jＡ-Ｊａ-ｊ])(?:[)）]\s*[.．、:：]?|[.．、:：])\s*"
_FIRST = re.compile(r"\s*" + _MARK.replace("])(", r"])\s*(", 1))
_NEXT = re.compile(r"(?<=[\s|;；,，。])" + _MARK)
_CLOSE = re.compile(_MARK)

Lettered = list[tuple[str, str]]
"""Pairs of a capital letter and an option's text."""


def lettered(text: str) -> Lettered:
    """The options a line or cell begins with, in rising letters as they stand: of options in two
    columns a line holds A and C. Empty for a text that begins with none."""
    first = _FIRST.match(text)
    if first is None:
        return []
    marks = [first]
    for mark in _NEXT.finditer(text, first.end()):
        if _letter(mark) > _letter(marks[-1]):
            marks.append(mark)
    return _between(text, marks)


def crowded(text: str) -> Lettered:
    """Options written without a blank between them, `A.甲B.乙C.丙`: from A on, none left out."""
    marks: list[re.Match[str]] = []
    for mark in _CLOSE.finditer(text):
        if _letter(mark) == chr(ord("A") + len(marks)):
            marks.append(mark)
    return _between(text, marks) if marks and not text[: marks[0].start()].strip() else []


def _between(text: str, marks: list[re.Match[str]]) -> Lettered:
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (_letter(mark), text[mark.end() : end].strip().rstrip("|;；").strip())
        for mark, end in zip(marks, ends, strict=True)
    ]


def _letter(mark: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", mark[1]).upper()
