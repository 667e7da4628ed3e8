"""Every kind of notice that is written has a name, by which people can switch it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

import lms
from lms.people.notice_kinds import CORE, notice_kinds

# Where each function that writes notices takes the kind.
PLACES = {"notify": 2, "tell_all": 1}


def written() -> Iterator[str]:
    """The kinds that are given as a word, or as a constant of the module `KIND`."""
    for path in Path(lms.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                kind = node.args[PLACES[name] :][:1] if name in PLACES else []
                yield from (str(a.value) for a in kind if isinstance(a, ast.Constant))
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names = [getattr(target, "id", "") for target in node.targets]
                yield from [str(node.value.value)] if names == ["KIND"] else []


def test_every_kind_has_a_name_in_both_languages(app: Flask) -> None:
    kinds, used = notice_kinds(), set(written())
    assert len(used) > 10
    assert sorted(used - set(kinds)) == []
    assert [name for name, kind in kinds.items() if not (kind.label.zh and kind.label.en)] == []
    assert sorted(set(CORE) - used) == []
