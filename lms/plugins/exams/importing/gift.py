"""GIFT, Moodle's text format: `Question { =right ~wrong #feedback }`.

Signs with a backslash before them are hidden as characters of private use until a text is done.
"""

import re

from lms.plugins.api import N_, DomainError
from lms.plugins.exams.importing.cloze import is_cloze, read_cloze
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.kinds.scored import Scored, gap_of_number, gap_of_words
from lms.plugins.exams.importing.markup import as_plain
from lms.plugins.exams.importing.remarks import with_remarks
from lms.plugins.exams.importing.words import is_chinese, without_level
from lms.plugins.exams.models import QuestionType

_DESCRIPTION = "description"
_NOT_CLOSED = N_("The braces of its answer do not close.")
_SEVERAL = N_("It has several answers in braces, and not all are to be typed: ask them one by one.")
_TITLE = re.compile(r"\s*::(?:[^:]|:(?!:))*::")
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(#.*)?", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]])+)\]")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ORDER = re.compile(r"\s*>[^\n]*\n(.*)", re.DOTALL)
_BODY = re.compile(r"(?<!\\)\{\s*(?:[=~#}]|>\s*\d|T|F)", re.IGNORECASE)
_SIGNS = "~=#{}:\\n"
_HIDDEN = {sign: chr(0xE000 + n) for n, sign in enumerate(_SIGNS)}
_SHOWN = {ord(hidden): "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()}


def is_gift(text: str) -> bool:
    return _BODY.search(text) is not None


def read_gift(text: str) -> Found:
    found = Found()
    tags: list[str] = []
    for number, block, remark in _blocks(text):
        if block.startswith("$CATEGORY:"):
            name = block.partition(":")[2].strip().rpartition("/")[2]
            tags = [name] if name and not name.startswith("$") else []
            continue
        own = [tag.replace("\\]", "]").strip() for tag in _TAG.findall(remark)]
        draft = _draft(Place("line", number), block)
        draft.tags, draft.difficulty = without_level([*tags, *own])
        if draft.type == _DESCRIPTION:
            found.warn(draft.place, N_("This is a text without a question; it was left out."))
        else:
            found.drafts.append(draft)
    return found


def _blocks(text: str) -> list[tuple[int, str, str]]:
    """Questions with the line they begin on and the comments before them; an empty line ends one,
    a comment within one is left out."""
    blocks: list[tuple[int, list[str], str]] = []
    is_open, remark = False, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("//"):
            remark += "" if is_open else line
        elif line.startswith("$CATEGORY:"):
            blocks.append((number, [line], ""))
            is_open = False
        elif not line.strip():
            is_open = False
        elif is_open:
            blocks[-1][1].append(line)
        else:
            blocks.append((number, [line], remark))
            is_open, remark = True, ""
    return [(number, "\n".join(lines), remark) for number, lines, remark in blocks]


def _draft(place: Place, block: str) -> Draft:
    block = re.sub(r"\\([~=#{}:\\n])", lambda escaped: _HIDDEN[escaped[1]], block)
    block = block[match.end() :] if (match := _TITLE.match(block)) else block
    is_html = False
    if match := _FORMAT.match(block):
        is_html, block = match[1].lower() == "html", block[match.end() :]
    answers = list(_BRACES.finditer(block))
    draft = Draft(place, _text(_BRACES.sub("___", block), is_html))
    if len(re.findall("[{}]", block)) != 2 * len(answers):
        draft.type = QuestionType.BLANK
        draft.reasons.append(DomainError(_NOT_CLOSED))
    elif not answers:
        draft.type = _DESCRIPTION
    elif is_cloze(block):
        read_cloze(draft, block, lambda text: _text(text, is_html))
    elif len(answers) > 1:
        for answer in answers:
            _gap(draft, answer[1], is_html)
    else:
        before, after = block[: answers[0].start()], block[answers[0].end() :]
        stem = before.rstrip() + (f" ____ {after.strip()}" if after.strip() else "")
        draft.stem = _text(stem, is_html)
        _answers(draft, _without_explanation(draft, answers[0][1], is_html), is_html)
    return draft


def _without_explanation(draft: Draft, inside: str, is_html: bool) -> str:
    inside, explanation = _split_off(inside, "####")
    draft.explanation = f"{draft.explanation}\n{_text(explanation, is_html)}".strip()
    return inside


def _gap(draft: Draft, inside: str, is_html: bool) -> None:
    """One of several, as some write them by hand; Moodle has one in a question."""
    inside = _without_explanation(draft, inside, is_html).strip()
    if inside.startswith("#"):
        _numbers(draft, inside[1:], is_html)
    elif inside.startswith("=") and "~" not in inside and "->" not in inside:
        _words(draft, _parts(inside), is_html)
    elif _SEVERAL not in [reason.message for reason in draft.reasons]:
        draft.reasons.append(DomainError(_SEVERAL))


def _answers(draft: Draft, inside: str, is_html: bool) -> None:
    if truth := _TRUTH.fullmatch(inside):
        draft.type, draft.answer = QuestionType.TRUE_FALSE, truth[1]
        _remarks_on_truth(draft, truth[2] or "", is_html)
        return
    parts = _parts(inside)
    if order := _ORDER.fullmatch(inside):
        draft.type = QuestionType.ORDERING
        draft.options = [_text(x, is_html) for x in order[1].splitlines() if x.strip()]
        draft.answer = list(range(len(draft.options)))
    elif inside.strip().startswith("#"):
        _numbers(draft, inside.strip()[1:], is_html)
    elif not inside.strip():
        draft.type = QuestionType.SHORT_ANSWER
    elif {mark for mark, _ in parts} == {"="} and any("->" in text for _, text in parts):
        draft.type = QuestionType.MATCHING
        halves = [_split_off(text, "#")[0].partition("->") for _, text in parts]
        draft.pairs = [(_text(a, is_html), _text(b, is_html)) for a, _, b in halves]
    elif parts and not any(mark == "~" for mark, _ in parts):
        _words(draft, parts, is_html)
    else:
        _options(draft, parts, is_html)


def _words(draft: Draft, parts: list[tuple[str, str]], is_html: bool) -> None:
    draft.type = QuestionType.BLANK
    answers = [_weighed(text) for _, text in parts]
    texts = [tuple(_text(part, is_html) for part in _split_off(t, "#")) for _, t in answers]
    scored = [
        Scored(text, 100 if weight is None else weight)
        for (text, _), (weight, _) in zip(texts, answers, strict=True)
    ]
    draft.gaps += gap_of_words(draft, scored)
    draft.explanation = with_remarks(draft.explanation, texts)  # type: ignore[arg-type]


def _numbers(draft: Draft, inside: str, is_html: bool) -> None:
    """`3.5:0.1`, `3.4..3.6`, or several with an `=` before each."""
    draft.type = QuestionType.BLANK
    parts = _parts(inside) if inside.strip().startswith(("=", "~")) else [("=", inside)]
    scored, remarks = [], []
    for mark, text in parts:
        weight, text = _weighed(text)
        number, remark = _split_off(text, "#")
        share = (100 if mark == "=" else 0) if weight is None else weight
        scored.append(Scored(_text(number, is_html), share))
        remarks.append((scored[-1].text, _text(remark, is_html)))
    draft.gaps += gap_of_number(draft, scored)
    draft.explanation = with_remarks(draft.explanation, remarks)


def _weighed(text: str) -> tuple[float | None, str]:
    weight = _WEIGHT.match(text)
    return (float(weight[1]), text[weight.end() :]) if weight else (None, text)


def _options(draft: Draft, parts: list[tuple[str, str]], is_html: bool) -> None:
    right, remarks = [], []
    for place, (mark, text) in enumerate(parts):
        weight, text = _weighed(text)
        option, remark = (_text(part, is_html) for part in _split_off(text, "#"))
        draft.options.append(option)
        remarks.append((option, remark))
        if mark == "=" or (weight or 0) > 0:
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
    found = re.split("([=~])", inside)
    return [(found[i], found[i + 1]) for i in range(1, len(found) - 1, 2)]


def _split_off(text: str, mark: str) -> tuple[str, str]:
    head, _, tail = text.partition(mark)
    return head, tail


def _text(written: str, is_html: bool) -> str:
    plain = written.translate(_SHOWN)
    return as_plain(plain) if is_html else plain.strip()
