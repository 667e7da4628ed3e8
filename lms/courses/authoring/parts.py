"""The parts of a draft that are edited by themselves: its head, each module's, each step."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from lms.errors import NotFound

Document = Mapping[str, Any]
Raw = dict[str, Any]


class Part(NamedTuple):
    """`kind` is head, module or step; the head has no key."""

    kind: str
    key: str = ""


HEAD = Part("head")


def modules(document: Document) -> list[Raw]:
    found: list[Raw] = document.get("modules") or []
    return found


def steps(document: Document) -> Iterator[tuple[Raw, Raw]]:
    """Every step with its module, in order."""
    for module in modules(document):
        for step in module.get("steps") or ():
            yield module, step


def module_of(document: Document, key: str) -> Raw:
    for module in modules(document):
        if module["key"] == key:
            return module
    raise NotFound("This part of the draft is not there any more.")


def step_of(document: Document, key: str) -> Raw:
    for _, step in steps(document):
        if step["key"] == key:
            return step
    raise NotFound("This step of the draft is not there any more.")


_BELOW = {"head": "modules", "module": "steps"}


def _row(document: Document, part: Part) -> Raw:
    if part.kind == "head":
        return dict(document)
    find = module_of if part.kind == "module" else step_of
    return find(document, part.key)


def content(document: Document, part: Part) -> Raw:
    """What is said in a part itself, without the modules or steps below it."""
    below = _BELOW.get(part.kind)
    return {name: value for name, value in _row(document, part).items() if name != below}


def replaced(document: Document, part: Part, new: Mapping[str, Any]) -> Raw:
    """A copy of the document in which the part says `new`."""
    made = deepcopy(dict(document))
    row = made if part.kind == "head" else _row(made, part)
    below = _BELOW.get(part.kind)
    kept = {below: row[below]} if below in row else {}
    row.clear()
    row.update({**deepcopy(dict(new)), **kept})
    return made


def digest(raw: Mapping[str, Any]) -> str:
    """Stands for what a part says: a form is sent back with that of what it showed."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def free_key(document: Document, stem: str) -> str:
    """The first of `stem-1`, `stem-2`, … that no module or step has."""
    taken = {module["key"] for module in modules(document)}
    taken |= {step["key"] for _, step in steps(document)}
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
