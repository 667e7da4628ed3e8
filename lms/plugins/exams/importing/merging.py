"""A question of the bank as a file has it now: what the file says changes, the rest stays.

A file is in one language, so texts of the other one stay, and so do difficulty, topics and case.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.exams.importing.spelling import normalised
from lms.plugins.exams.models import QuestionType

Entry = dict[str, Any]
# What of an entry is no type's own.
_COMMON = ("key", "type", "difficulty", "tags", "case", "stem", "explanation", "media")
_CHOICES = {QuestionType.SINGLE, QuestionType.MULTIPLE}
_IN_WORDS = {QuestionType.SHORT_ANSWER, QuestionType.CASE_ANALYSIS}


def merged(kept: Entry, entry: Entry, side: str) -> Entry | None:
    """`kept` is the bank's, `side` the language in which both ask the same; None if all is said."""
    changed = dict(kept)
    kind = entry["type"]
    if kind != kept["type"] and not {kind, kept["type"]} <= _IN_WORDS:
        changed = {name: kept[name] for name in _COMMON if name in kept} | {"type": kind}
    if kind in _CHOICES and "options" in kept:
        changed |= {"type": kind, "options": kept["options"], "answer": _right(kept, entry, side)}
    elif kind == QuestionType.ORDERING and "options" in kept:
        known = _by_text(kept["options"], side)
        changed["options"] = [known.get(_said(o), o) for o in entry["options"]]
    elif kind == QuestionType.MATCHING:
        changed |= _pairs(kept, entry, side)
    elif kind in _IN_WORDS:
        changed |= _in_words(kept, entry, side)
    else:
        changed |= {name: value for name, value in entry.items() if name not in _COMMON}
    if said := entry.get("explanation"):
        changed["explanation"] = _sides(kept.get("explanation")) | {side: only_side(said)}
    if media := _media(kept, changed, entry, side):
        changed["media"] = media
    return None if changed == kept else changed


def _media(kept: Entry, changed: Entry, entry: Entry, side: str) -> list[Entry]:
    """Each with its option, wherever that stands now; a file without any takes none away."""
    places = {_of(text, side): n for n, text in enumerate(changed.get("options", ()), 1)}

    def placed(item: Entry, text: str | None) -> Entry | None:
        bare = {name: value for name, value in item.items() if name != "option"}
        if text is None:
            return bare
        return {**bare, "option": places[text]} if text in places else None

    old = [
        placed(i, _of(kept["options"][i["option"] - 1], side) if "option" in i else None)
        for i in kept.get("media", ())
    ]
    mine = [item for item in old if item is not None]
    if "media" not in entry:
        return mine
    new = [
        placed(i, _said(entry["options"][i["option"] - 1]) if "option" in i else None)
        for i in entry["media"]
    ]
    theirs = [item for item in new if item is not None]
    found = {_which(item): item for item in theirs}
    said = [
        {**item, "alt": _sides(item["alt"]) | {side: only_side(found[_which(item)]["alt"])}}
        for item in mine
        if _which(item) in found
    ]
    known = {_which(item) for item in mine}
    return said + [item for item in theirs if _which(item) not in known]


def _which(item: Entry) -> tuple[str, int | None]:
    return item["sha256"], item.get("option")


def only_side(text: Mapping[str, str]) -> str:
    """What a text of a file says, whatever language it was taken for."""
    return next(iter(text.values()), "")


def _said(text: Mapping[str, str]) -> str:
    return normalised(only_side(text)) or only_side(text)


def _of(text: Any, side: str) -> str:
    """Of a text of the bank."""
    found = Localized.of(text)
    said = str(getattr(found, side) or found.pick(side))
    return normalised(said) or said


def _by_text(texts: Sequence[Any], side: str) -> dict[str, Any]:
    return {_of(text, side): text for text in texts}


def _sides(text: Any) -> dict[str, str]:
    found = Localized.of(text)
    return {side: said for side, said in (("zh", found.zh), ("en", found.en)) if said}


def _right(kept: Entry, entry: Entry, side: str) -> list[int]:
    right = {_said(entry["options"][number - 1]) for number in entry["answer"]}
    return [n for n, option in enumerate(kept["options"], 1) if _of(option, side) in right]


def _pairs(kept: Entry, entry: Entry, side: str) -> Entry:
    """In the bank's order while it has the same left sides."""
    old = kept.get("pairs", [])
    lefts = _by_text([pair["left"] for pair in old], side)
    texts = [*(pair["right"] for pair in old), *kept.get("others", []), *kept.get("options", [])]
    rights = _by_text(texts, side)
    new = {
        _said(pair["left"]): {
            "left": lefts.get(_said(pair["left"]), pair["left"]),
            "right": rights.get(_said(pair["right"]), pair["right"]),
        }
        for pair in entry["pairs"]
    }
    order = [text for text in lefts if text in new] + [text for text in new if text not in lefts]
    others = [rights.get(_said(other), other) for other in entry.get("others", [])]
    if sorted(map(str, others)) == sorted(map(str, kept.get("others", []))):
        others = kept.get("others", [])
    return {"pairs": [new[text] for text in order]} | ({"others": others} if others else {})


def _in_words(kept: Entry, entry: Entry, side: str) -> Entry:
    """A file that names no criteria takes none away."""
    changed: Entry = {}
    if said := entry.get("reference"):
        changed["reference"] = _sides(kept.get("reference")) | {side: only_side(said)}
    criteria = entry.get("criteria", [])
    if not criteria or (len(criteria) == 1 and len(criteria[0]["title"]) > 1):
        criteria = kept.get("criteria") or criteria  # it is marked as a whole
    else:
        known = {_of(c["title"], side): c for c in kept.get("criteria", [])}
        criteria = [_criterion(c, known.get(_said(c["title"])), side) for c in criteria]
    if criteria:
        changed |= {"type": str(QuestionType.CASE_ANALYSIS), "criteria": criteria}
    return changed


def _criterion(said: Entry, kept: Entry | None, side: str) -> Entry:
    if kept is None:
        return said
    changed = {**kept, "points": said["points"]}
    if expected := said.get("expected"):
        changed["expected"] = _sides(kept.get("expected")) | {side: only_side(expected)}
    return changed
