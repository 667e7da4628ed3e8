"""Every icon that a page, a link or a step type names is in the sprite."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parent.parent
LMS = ROOT / "lms"


def test_every_icon_is_in_the_sprite():
    sprite = next((LMS / "static" / "vendor").glob("tabler-icons-*.svg")).read_text("utf-8")
    known = set(re.findall(r'<symbol[^>]*\bid="([^"]+)"', sprite))
    named = [*_in_python(), *_in_templates()]
    assert len(named) > 100
    assert not [f"{place}: {name}" for place, name in named if name not in known]


def _in_python() -> Iterator[tuple[str, str]]:
    """`icon = "…"` of step types, `icon="…"` of any call, the third of a NavItem or an Action."""
    for path in sorted(LMS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for value in _given(node):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield str(path.relative_to(ROOT)), value.value


def _given(node: ast.AST) -> Iterator[ast.expr | None]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "icon" for target in targets):
            yield node.value
    elif isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "icon")
        if isinstance(node.func, ast.Name) and node.func.id in ("NavItem", "Action"):
            yield from node.args[2:3]


def _in_templates() -> Iterator[tuple[str, str]]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    trees = {
        str(path.relative_to(ROOT)): environment.parse(path.read_text("utf-8"))
        for path in sorted(LMS.rglob("templates/**/*.html"))
    }
    # The parameter `icon_name` of our macros, and the first of `icon` itself.
    places = {"icon": 0}
    for tree in trees.values():
        for macro in tree.find_all(nodes.Macro):
            names = [argument.name for argument in macro.args]
            if "icon_name" in names:
                places[macro.name] = names.index("icon_name")
    for path, tree in trees.items():
        values = [*_in_calls(tree, places), *_in_tables(tree)]
        yield from ((path, icon) for value in values for icon in _possible(value))


def _in_calls(tree: nodes.Template, places: dict[str, int]) -> Iterator[nodes.Node]:
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "attr", getattr(call.node, "name", ""))
        if name in places:
            yield from call.args[places[name] : places[name] + 1]
            yield from (keyword.value for keyword in call.kwargs if keyword.key == "icon_name")
        if name == "menu":  # its items are (label, url, icon)
            yield from (entry.items[2] for entry in call.find_all(nodes.Tuple) if entry.items[2:])


def _in_tables(tree: nodes.Template) -> Iterator[nodes.Node]:
    """`'icon': …` of a mapping, and the icons of the states: `'done': (tone, icon)`."""
    for pair in tree.find_all(nodes.Pair):
        if isinstance(pair.key, nodes.Const) and pair.key.value == "icon":
            yield pair.value
    for assigned in tree.find_all(nodes.Assign):
        if isinstance(assigned.target, nodes.Name) and assigned.target.name == "STATES":
            yield from (entry.items[1] for entry in assigned.node.find_all(nodes.Tuple))


def _possible(value: nodes.Node | None) -> Iterator[str]:
    """The texts an expression can come to, without those it only compares with."""
    if isinstance(value, nodes.Const) and isinstance(value.value, str) and value.value:
        yield value.value
    elif isinstance(value, nodes.CondExpr):
        yield from _possible(value.expr1)
        yield from _possible(value.expr2)
    elif isinstance(value, nodes.Or | nodes.And):
        yield from _possible(value.left)
        yield from _possible(value.right)
