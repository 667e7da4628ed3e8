"""Things told apart by numbers, `(1)…(2)…`, `①…②…`, `1. …`: answers, or what a question lists."""

import re
import unicodedata

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"
_NUMERALS = "一二三四五六七八九十"
_FORMS = (
    re.compile(r"[（(]\s*(?P<n>\d{1,2})\s*[)）]\s*[.．、:：]?\s*"),
    re.compile(rf"(?P<n>[{_CIRCLED}])\s*[.．、:：]?\s*"),
    re.compile(
        rf"(?:第\s*(?P<n>\d{{1,2}}|[{_NUMERALS}])\s*[空格]"
        r"|[\[【(（]?(?:填空|[空格])\s*(?P<m>\d{1,2})[\])】）]?)\s*[.．、:：]?\s*"
    ),
    re.compile(r"(?:^|(?<=[\s;；,，。]))(?P<n>\d{1,2})\s*(?:[.．](?!\d)|[、)）:：])\s*"),
)
_EITHER = re.compile(r"(?:^|(?<=\s))[（(]?(?:(?P<n>\d{1,2})|(?P<a>[A-Z]))\s*[.．、)）]\s*(?=\S)")


def numbered(text: str) -> list[str]:
    """The texts behind the numbers 1, 2, … that the text begins with; empty if it does not."""
    for form in _FORMS:
        marks = _rising(form, text)
        if marks and marks[0].start() == 0:
            return [piece.rstrip(";；,，、").strip() for piece in _between(text, marks)]
    return []


def take_items(text: str) -> tuple[str, list[str]]:
    """The items a text ends with, two at least, and the text without them; what stands on lines
    behind the last one stays in the text."""
    for form in _FORMS:
        marks = _rising(form, text)
        if len(marks) < 2 or not text[: marks[0].start()].strip():
            continue
        items = _between(text, marks)
        last, _, behind = items[-1].partition("\n")
        before = text[: marks[0].start()].strip()
        items = [*items[:-1], last]
        if any(text[mark.start() - 1] != "\n" for mark in marks[1:]):  # not on lines of their own
            items = [item.rstrip(";；,，、。").strip() for item in items]
        return f"{before}\n{behind}".strip(), items
    return text, []


def take_two_lists(text: str) -> tuple[str, list[str], list[str]]:
    """Numbered things and lettered ones that a text ends with, in two columns or on two lines, and
    the text without them."""
    marks = [m for m in _EITHER.finditer(text) if text[: m.start()].strip()]
    found: dict[str, list[re.Match[str]]] = {"n": [], "a": []}
    for mark in marks:
        name = mark.lastgroup or ""
        is_next = int(mark["n"]) if mark["n"] else ord(mark["a"]) - ord("A") + 1
        if is_next == len(found[name]) + 1:
            found[name].append(mark)
    taken = sorted((*found["n"], *found["a"]), key=lambda mark: mark.start())
    if min(len(found["n"]), len(found["a"])) < 2:
        return text, [], []
    said = dict(zip(taken, _between(text, taken), strict=True))
    stem = text[: taken[0].start()].strip()
    return stem, [said[mark] for mark in found["n"]], [said[mark] for mark in found["a"]]


def _rising(form: re.Pattern[str], text: str) -> list[re.Match[str]]:
    marks: list[re.Match[str]] = []
    for mark in form.finditer(text):
        if _number(mark) == len(marks) + 1:
            marks.append(mark)
    return marks


def _number(mark: re.Match[str]) -> int:
    found = mark.groupdict()
    text = unicodedata.normalize("NFKC", found["n"] or found["m"])
    return _NUMERALS.index(text) + 1 if text in _NUMERALS else int(text)


def _between(text: str, marks: list[re.Match[str]]) -> list[str]:
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
