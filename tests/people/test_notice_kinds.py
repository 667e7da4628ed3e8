"""Every kind of notice that is written has a name, by which people can switch it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

import lms
from lms.people.notice_kinds import notice_kinds

# Where each function that writes notices takes the kind.
PLACES = {"notify": 2, "tell_all": 1}


def written() -> Iterator[str]:
    """The kinds that are given as a word, or as the constant `KIND` of the same module."""
    for path in Path(lms.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        constants = dict(_constants(tree))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for kind in node.args[PLACES[name] :][:1] if name in PLACES else ():
                if isinstance(kind, ast.Constant):
                    yield str(kind.value)
                elif getattr(kind, "id", "") in constants:
                    yield constants[kind.id]  # type: ignore[attr-defined]


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from ((getattr(t, "id", ""), str(node.value.value)) for t in node.targets)


def test_every_kind_has_a_name_in_both_languages(app: Flask) -> None:
    kinds, used = notice_kinds(), set(written())
    assert len(used) > 10
    assert sorted(used - set(kinds)) == []
    assert [name for name, kind in kinds.items() if not (kind.label.zh and kind.label.en)] == []
