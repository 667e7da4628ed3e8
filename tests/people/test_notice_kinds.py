"""Every kind of notice that is written has a name, by which people can switch it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

import lms
from lms.people.notice_kinds import CORE, notice_kinds


def written() -> Iterator[str]:
    """The third argument of `notify(session, people, kind, …)`, where it is a word."""
    for path in Path(lms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 3:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            if getattr(name, "id", name) == "notify" and isinstance(node.args[2], ast.Constant):
                yield str(node.args[2].value)


def test_every_kind_has_a_name_in_both_languages(app: Flask) -> None:
    kinds, used = notice_kinds(), set(written())
    assert len(used) > 10
    assert sorted(used - set(kinds)) == []
    assert [name for name, kind in kinds.items() if not (kind.label.zh and kind.label.en)] == []
    assert sorted(set(CORE) - used) == []
