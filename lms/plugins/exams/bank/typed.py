"""A question as fields to type in, and back to an entry of a content file (docs/content-format.md).

What a type has several of stands one a line, in a field for each language: options, pairs as
`left = right`, criteria as `title | points | what is expected`. Gaps are a line each, the same in
both languages: `10`, `15 ± 0.5` or `apology / sorry`. `escapes` says how such signs stand in texts.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from lms.plugins.api import DomainError, Localized
from lms.plugins.exams.bank.escapes import ESCAPE, parts, said, written
from lms.plugins.exams.models import LETTERS
from lms.plugins.exams.types.base import exact
from lms.plugins.exams.types.blank import as_number, is_code

SIDES = ("zh", "en")
# By type the fields it has beside the common ones; those with a language come twice.
LINES = {"single": "options", "multiple": "options", "ordering": "options"}
LINES |= {"matching": "pairs", "case_analysis": "criteria"}
KEYED = frozenset({"single", "multiple"})
REFERENCED = frozenset({"short_answer", "case_analysis"})
# What separates words that are right, topics, the two of a pair, and what a criterion has.
OR, COMMA, PAIR, BAR = "/／", ",，;；", "=＝", "|｜"


def typed_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form, by name."""
    fields = {
        **_both("stem", entry.get("stem")),
        **_both("explanation", entry.get("explanation")),
        **_both("reference", entry.get("reference")),
        "tags": ", ".join(written(tag, COMMA) for tag in entry.get("tags", ())),
        "case": entry.get("case") or "",
        "gaps": "\n".join(_gap_text(gap) for gap in entry.get("gaps", ())),
    }
    if entry["type"] == "true_false":
        fields["truth"] = "true" if entry.get("answer") == [True] else "false"
    elif entry["type"] in KEYED:
        fields["answer"] = "".join(LETTERS[n - 1] for n in entry.get("answer", ()))
    for side in SIDES:
        fields[f"lines_{side}"] = "\n".join(_lines(entry, side))
    return fields


def _both(name: str, text: Any) -> dict[str, str]:
    found = Localized.of(text)
    return {f"{name}_zh": found.zh, f"{name}_en": found.en}


def _gap_text(gap: Mapping[str, Any]) -> str:
    if "number" in gap:
        numbers = [gap[name] for name in ("number", "tolerance") if name in gap]
        return " ± ".join(f"{exact(number):f}" for number in numbers)
    line = " / ".join(written(text, OR) for text in gap["accept"])
    return ESCAPE + line if _looks_like_a_number(line) else line


def _looks_like_a_number(line: str) -> bool:
    return as_number(line.partition("±")[0]) is not None and not is_code(line)


def _lines(entry: Mapping[str, Any], side: str) -> list[str]:
    def one(text: Any) -> str:
        return str(getattr(Localized.of(text), side))

    options = [one(option) for option in entry.get("options", ())]
    pairs = [(one(pair["left"]), one(pair["right"])) for pair in entry.get("pairs", ())]
    pairs += [("", one(other)) for other in entry.get("others", ())]
    criteria = [
        (one(c["title"]), str(c["points"]), one(c.get("expected")))
        for c in entry.get("criteria", ())
    ]
    if not any([*options, *(a or b for a, b in pairs), *(a or b for a, _, b in criteria)]):
        return []  # nothing in this language
    return [
        *(written(option) or ESCAPE for option in options),
        *(f"{written(left, PAIR)} = {written(right)}".strip() for left, right in pairs),
        *(
            " | ".join([written(title, BAR), points, *([written(expected)] if expected else [])])
            for title, points, expected in criteria
        ),
    ]


def entry_of(kind: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The entry, without a key; DomainError with the field for what cannot be read."""
    entry: dict[str, Any] = {
        "type": kind,
        "stem": _text(typed, "stem"),
        "explanation": _text(typed, "explanation"),
        "difficulty": int(typed["difficulty"]),
        "tags": [tag for tag in parts(typed["tags"], COMMA) if tag],
        "case": typed["case"].strip() or None,
    }
    rows = [_rows(typed[f"lines_{side}"]) for side in SIDES]
    if all(rows) and len(rows[0]) != len(rows[1]):
        raise DomainError("Both languages need the same number of lines.", field="lines_en")
    paired = list(zip_longest(*rows, fillvalue=""))
    if kind == "true_false":
        entry["answer"] = [typed["truth"] == "true"]
    elif kind == "blank":
        entry["gaps"] = [_gap(line) for line in _rows(typed["gaps"])]
    elif kind == "matching":
        entry |= _pairs(paired)
    elif kind == "case_analysis":
        entry["criteria"] = [_criterion(zh, en) for zh, en in paired]
    elif kind in LINES:
        entry["options"] = [_sides(said(zh), said(en)) for zh, en in paired]
    if kind in KEYED:
        entry["answer"] = _key(typed["answer"])
    if kind in REFERENCED and (reference := _text(typed, "reference")):
        entry["reference"] = reference
    return entry


def _text(typed: Mapping[str, str], name: str) -> dict[str, str]:
    return _sides(typed[f"{name}_zh"], typed[f"{name}_en"])


def _sides(zh: str, en: str) -> dict[str, str]:
    both = zip(SIDES, (zh.strip(), en.strip()), strict=True)
    return {side: text.replace("\r\n", "\n") for side, text in both if text}


def _rows(text: str) -> list[str]:
    """A lone backslash stands for a line that is missing in this language."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    return ["" if line == ESCAPE else line for line in lines if line]


def _key(written: str) -> list[int]:
    letters = re.sub(r"[\s,，、;；]", "", written).upper()
    if not letters or not set(letters) <= set(LETTERS):
        raise DomainError("Name the right options by their letters: A, or ACD.", field="answer")
    return [LETTERS.index(letter) + 1 for letter in dict.fromkeys(letters)]


def _gap(line: str) -> dict[str, Any]:
    number, _sign, tolerance = (part.strip() for part in line.partition("±"))
    if (value := as_number(number)) is not None and not is_code(line):
        within = as_number(tolerance) if tolerance else None
        if tolerance and within is None:
            raise DomainError("Behind ± stands a number.", field="gaps")
        gap = {"number": _plain(value)}
        return gap | ({"tolerance": _plain(within)} if within is not None else {})
    if line.startswith(ESCAPE) and _looks_like_a_number(line[1:]):
        line = line[1:]
    return {"accept": [part for part in parts(line, OR) if part]}


def _plain(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)


def _pairs(rows: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    pairs, others = [], []
    for row in rows:
        lefts, rights = zip(*(_split(line) for line in row), strict=True)
        left, right = _sides(*lefts), _sides(*rights)
        if not right:
            raise DomainError("Each line is a pair: left = right.", field="lines_zh")
        if left:
            pairs.append({"left": left, "right": right})
        else:
            others.append(right)
    return {"pairs": pairs, **({"others": others} if others else {})}


def _split(line: str) -> tuple[str, str]:
    left, right, *_ = [*parts(line, PAIR, 2), ""]
    return left, right


def _criterion(zh: str, en: str) -> dict[str, Any]:
    both = [[*parts(line, BAR, 3), "", ""] for line in (zh, en)]
    points = next((p[1] for p in both if p[1]), "")
    if not (points.isascii() and points.isdecimal() and len(points) < 5):
        raise DomainError("Each line is: title | points | what is expected.", field="lines_zh")
    expected = _sides(both[0][2], both[1][2])
    return {
        "title": _sides(both[0][0], both[1][0]),
        "points": int(points),
        **({"expected": expected} if expected else {}),
    }
