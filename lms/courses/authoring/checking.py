"""What is still wrong in a draft, by the reader that files go through.

The reader stops at the first fault. Here each one is noted and put right in a copy with something
that will do, until the copy is accepted: so all of them are known at once, and a half-written draft
can be looked at as a learner would see it.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from lms.courses.authoring.parts import HEAD, Part, steps
from lms.courses.content_entry import Entry, Refused
from lms.courses.content_reading import Lessons, read_document
from lms.courses.content_shape import check_one, requirements
from lms.db import Localized, Session
from lms.errors import DomainError

_TEXT = {"zh": "…", "en": "…"}
_STEP = {"key": "stand-in", "kind": "-", "title": _TEXT, "minutes": 1}
_MODULE = {"key": "stand-in", "title": _TEXT, "steps": [_STEP]}
_LISTS = {"steps": [_STEP], "modules": [_MODULE]}
# What may stand in for a field in the copy, whatever it is: tried in turn.
_STAND_INS: tuple[Any, ...] = (_TEXT, [], 1, [_TEXT, _TEXT], "-", "https://example.org/")
_MOST = 200
# What is said about clearing for duty counts while it clears, and is kept meanwhile.
_OF_CLEARING = ("clears_for", "major", "delta")
_PIECE = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, eq=False)
class Problem:
    """`field` is the place inside the part: `check.question`, `questions[2].text`."""

    part: Part
    field: str
    why: DomainError


class Examined(NamedTuple):
    """All that keeps a draft from being published, in its order, and the draft with stand-ins for
    it, as it would be stored."""

    problems: list[Problem]
    mended: dict[str, Any]

    def of(self, part: Part) -> list[Problem]:
        return [problem for problem in self.problems if problem.part == part]


def read_draft(document: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
    """The checked document, ready to be stored. Refused names the first place that is wrong."""
    if not document.get("grants_clearance"):
        document = {name: value for name, value in document.items() if name not in _OF_CLEARING}
    return read_document(Entry("", document), _lessons(files))


def _lessons(files: Mapping[str, Any]) -> Lessons:
    from lms.courses.markdown import files_in  # a parser that commands do not need

    def here(entry: Entry, config: dict[str, Any]) -> None:
        texts = [text for text in (config.get("body") or {}).values() if isinstance(text, str)]
        names = dict.fromkeys(name for text in texts for name in files_in(text))
        for name in names:
            if name not in files:
                raise entry.refuse("body", "%(name)s is not there.", name=name)
        if names:
            config["media"] = {name: files[name] for name in names}

    return here


def examine(document: Mapping[str, Any], files: Mapping[str, Any]) -> Examined:
    copy: dict[str, Any] = deepcopy(dict(document))
    found: list[Problem] = []
    read, refused = _read(copy, files)
    while refused is not None:
        if len(found) == _MOST:
            raise refused
        found.append(_problem(document, refused))
        read, refused = _mend(copy, refused, files)
    order = {part: place for place, part in enumerate(_parts(document))}
    return Examined(sorted(found, key=lambda problem: order.get(problem.part, -1)), read or {})


def check_requires(session: Session, document: Mapping[str, Any]) -> None:
    """No programme waits for itself once this one is published; Refused at `requires`."""
    key, wanted = document["key"], tuple(document.get("requires") or ())
    if not wanted:
        return
    entry = Entry("", document)
    try:
        check_one(entry, key, {**requirements(session), key: wanted})
    except Refused as refused:
        raise entry.refuse("requires", _named(refused.why, {key: document.get("title")})) from None


def _parts(document: Mapping[str, Any]) -> list[Part]:
    found = [HEAD]
    for module in document.get("modules") or ():
        found.append(Part("module", module["key"]))
        found += [Part("step", step["key"]) for step in module.get("steps") or ()]
    return found


_Read = tuple[dict[str, Any] | None, Refused | None]


def _read(copy: Mapping[str, Any], files: Mapping[str, Any]) -> _Read:
    try:
        return read_draft(copy, files), None
    except Refused as refused:
        return None, refused


def _mend(copy: dict[str, Any], refused: Refused, files: Mapping[str, Any]) -> _Read:
    """Put something right where it was refused, and read on."""
    pieces = _pieces(refused.place)
    lists = _LISTS.get(str(pieces[-1]))
    for value in (lists,) if lists else _STAND_INS:
        _put(copy, pieces, deepcopy(value))
        read, again = _read(copy, files)
        if again is None or again.place != refused.place:
            return read, again
    _give_up(copy, pieces)
    read, again = _read(copy, files)
    if again is not None and again.place == refused.place:
        raise again
    return read, again


def _pieces(place: str) -> list[str | int]:
    """``modules[2].steps[1].minutes`` as ["modules", 1, "steps", 0, "minutes"]."""
    return [name or int(number) - 1 for name, number in _PIECE.findall(place)]


def _put(target: Any, pieces: list[str | int], value: Any) -> None:
    for piece in pieces[:-1]:
        if isinstance(target, dict):
            if not isinstance(target.get(str(piece)), dict | list):
                target[piece] = {}
            target = target[piece]
        elif isinstance(piece, int) and isinstance(target, list) and piece < len(target):
            target = target[piece]
        else:
            return
    last = pieces[-1]
    if isinstance(target, dict):
        target[last] = _other_side(target.get(str(last)), value)


def _other_side(present: Any, value: Any) -> Any:
    """A text that is there in one language stands for the other as well."""
    if value != _TEXT or not isinstance(present, Mapping):
        return value
    written = [text for text in present.values() if isinstance(text, str) and text.strip()]
    return {side: present.get(side) or (written or ["…"])[0] for side in _TEXT}


def _give_up(copy: dict[str, Any], pieces: list[str | int]) -> None:
    """A step whose settings cannot be guessed stands as one of a kind that nobody knows."""
    if len(pieces) < 4 or pieces[2] != "steps":
        return
    step = copy["modules"][pieces[1]]["steps"][pieces[3]]
    kept = {"key": step["key"], "title": step.get("title", _TEXT)}
    step.clear()
    step.update({**_STEP, **kept})


def _problem(document: Mapping[str, Any], refused: Refused) -> Problem:
    pieces = _pieces(refused.place)
    why = _in_words(document, refused.why)
    if len(pieces) < 3 or pieces[0] != "modules":
        return Problem(HEAD, refused.place, why)
    module = document["modules"][pieces[1]]
    if len(pieces) >= 5 and pieces[2] == "steps":
        key = module["steps"][pieces[3]]["key"]
        return Problem(Part("step", key), refused.place.split(".", 2)[2], why)
    return Problem(Part("module", module["key"]), refused.place.split(".", 1)[1], why)


def _in_words(document: Mapping[str, Any], why: DomainError) -> DomainError:
    """People on screen know steps by their titles, not by their keys."""
    return _named(why, {step["key"]: step.get("title") for _, step in steps(document)})


def _named(why: DomainError, titles: Mapping[str, Any]) -> DomainError:
    title = Localized.of(titles.get(str(why.params.get("key"))))
    if not title:
        return why
    return DomainError(why.message, field=why.field, **{**why.params, "key": title})
