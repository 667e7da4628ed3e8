"""GIFT, Moodle's text format: `Question { =right ~wrong #feedback }`."""

import re

from lms.plugins.api import N_
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.markup import as_plain
from lms.plugins.exams.importing.remarks import with_remarks
from lms.plugins.exams.importing.words import is_chinese
from lms.plugins.exams.models import QuestionType

_DESCRIPTION = "description"
_TITLE = re.compile(r"\s*::(?:\\.|[^:\\]|:(?!:))*::")
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(#.*)?", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"(?<!\\)\{\s*(?:[=~#}]|T|F)", re.IGNORECASE)


def is_gift(text: str) -> bool:
    return _BODY.search(text) is not None


def read_gift(text: str) -> Found:
    found = Found()
    tags: list[str] = []
    for number, block in _blocks(text):
        if block.startswith("$CATEGORY:"):
            name = block.partition(":")[2].strip().rpartition("/")[2]
            tags = [name] if name and not name.startswith("$") else []
            continue
        draft = _draft(Place("line", number), block, tags)
        if draft.type == _DESCRIPTION:
            found.warn(draft.place, N_("This is a text without a question; it was left out."))
        else:
            found.drafts.append(draft)
    return found


def _blocks(text: str) -> list[tuple[int, str]]:
    """Questions with the line they begin on; an empty line ends one, comments are left out."""
    blocks: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("//"):
            continue
        if line.startswith("$CATEGORY:"):
            blocks.append((number, [line]))
            is_open = False
        elif not line.strip():
            is_open = False
        elif is_open:
            blocks[-1][1].append(line)
        else:
            blocks.append((number, [line]))
            is_open = True
    return [(number, "\n".join(lines)) for number, lines in blocks]


def _draft(place: Place, block: str, tags: list[str]) -> Draft:
    block = block[match.end() :] if (match := _TITLE.match(block)) else block
    is_html = False
    if match := _FORMAT.match(block):
        is_html, block = match[1].lower() == "html", block[match.end() :]
    start, end = _find(block, "{"), _find(block, "}")
    if start < 0 or end < start:
        return Draft(place, stem=_text(block, is_html), type=_DESCRIPTION, tags=list(tags))
    before, inside, after = block[:start], block[start + 1 : end], block[end + 1 :]
    stem = before.rstrip() + (f" ____ {after.strip()}" if after.strip() else "")
    inside, explanation = _split_off(inside, "####")
    draft = Draft(place, _text(stem, is_html), tags=list(tags))
    draft.explanation = _text(explanation, is_html)
    _answers(draft, inside, is_html)
    return draft


def _answers(draft: Draft, inside: str, is_html: bool) -> None:
    if truth := _TRUTH.fullmatch(inside):
        draft.type, draft.answer = QuestionType.TRUE_FALSE, truth[1]
        _remarks_on_truth(draft, truth[2] or "", is_html)
        return
    parts = _parts(inside)
    if inside.strip().startswith("#"):
        draft.type = "numerical"
    elif not parts:
        draft.type = "essay"
    elif any("->" in text for mark, text in parts if mark == "="):
        draft.type = "matching"
    elif not any(mark == "~" for mark, _ in parts):
        draft.type = "short answer"
    if draft.type:
        return
    right, remarks = [], []
    for place, (mark, text) in enumerate(parts):
        weight = _WEIGHT.match(text)
        text = text[weight.end() :] if weight else text
        option, remark = (_text(part, is_html) for part in _split_off(text, "#"))
        draft.options.append(option)
        remarks.append((option, remark))
        if mark == "=" or (weight and float(weight[1]) > 0):
            right.append(place)
    draft.answer = right
    draft.explanation = with_remarks(draft.explanation, remarks)
    is_single = any(mark == "=" for mark, _ in parts) and len(right) == 1
    draft.type = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE


def _remarks_on_truth(draft: Draft, written: str, is_html: bool) -> None:
    """`#…#…`: to who is wrong, then to who is right; one alone says why."""
    wrong, right = (_text(part, is_html) for part in _split_off(written.removeprefix("#"), "#"))
    if not right:
        draft.explanation = f"{draft.explanation}\n{wrong}".strip()
        return
    words = ("对", "错") if is_chinese(draft.stem) else ("True", "False")
    said = words if str(draft.answer).upper().startswith("F") else words[::-1]
    draft.explanation = with_remarks(draft.explanation, zip(said, (wrong, right), strict=True))


def _parts(inside: str) -> list[tuple[str, str]]:
    found = re.split(r"(?<!\\)([=~])", inside)
    return [(found[i], found[i + 1]) for i in range(1, len(found) - 1, 2)]


def _find(text: str, mark: str) -> int:
    match = re.search(rf"(?<!\\)\{mark}", text)
    return match.start() if match else -1


def _split_off(text: str, mark: str) -> tuple[str, str]:
    match = re.search(rf"(?<!\\){mark}", text)
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def _text(written: str, is_html: bool) -> str:
    plain = re.sub(r"\\n", "\n", written)
    plain = re.sub(r"\\([~=#{}:\\])", r"\1", plain)
    return as_plain(plain) if is_html else plain.strip()
