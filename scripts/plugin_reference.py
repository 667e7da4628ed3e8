"""Write docs/plugins/reference.md from the hookspecs and docs/plugins/examples.py.

`python scripts/plugin_reference.py`; with `--check` it changes nothing and exits 1 if it would.
"""

import ast
import inspect
import sys
from pathlib import Path

from lms.plugins import hookspecs

DOCS = Path(__file__).parent.parent / "docs" / "plugins"
MODES = {
    "setup": ("once, when a process starts", "the plugin is not loaded; the plugins page names it"),
    "collect": ("while a page is made", "the plugin is left out; the page is served without it"),
    "decide": ("when a verdict is needed", "the verdict is unknown or a refusal, never a yes"),
    "notify": (
        "after the fact, inside its transaction",
        "its own work is rolled back to a savepoint; the fact and other plugins stand",
    ),
}


_HEAD = """# Reference of the hooks

Written by `scripts/plugin_reference.py` from `lms/plugins/hookspecs.py`; do not edit it.

An implementation may leave out arguments that it does not need. Only enabled plugins are called,
in the order of their names (`tryfirst` and `trylast` change it), apart from `setup` hooks, which
every loaded plugin answers. Every failure is on the plugins page, with the hook and the last line
of its traceback; a result of another type than the one named here is a failure. A hook must not
commit or roll back: the transaction belongs to whoever called.
"""


def hooks() -> list[str]:
    return [name for name in vars(hookspecs) if name.startswith("lms_")]


def reference() -> str:
    return "\n".join([_HEAD, *map(_section, hooks())])


def _section(name: str) -> str:
    spec = getattr(hookspecs, name)
    mode, _, text = inspect.cleandoc(spec.__doc__ or "").partition(". ")
    when, failure = MODES[mode]
    tree = _trees(hookspecs.__file__)[name]
    arguments = [
        f"  - `{a.arg}: {ast.unparse(a.annotation)}`" for a in tree.args.args if a.annotation
    ]
    return "\n".join([
        f"## {name}\n",
        " ".join(text.split()) + "\n",
        f"- **Mode**: {mode}. Called {when}.",
        "- **Arguments**:" + ("" if arguments else " none"), *arguments,
        f"- **Result**: `{ast.unparse(tree.returns)}`" if tree.returns else "",
        f"- **If it fails**: {failure}.\n",
        "```python", example(name), "```\n",
    ])  # fmt: skip


def example(name: str) -> str:
    path = DOCS / "examples.py"
    source = ast.get_source_segment(path.read_text("utf-8"), _trees(str(path))[name])
    return f"@hookimpl\n{source}"


def _trees(path: str | None) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(Path(str(path)).read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def main() -> int:
    path, text = DOCS / "reference.md", reference()
    if "--check" in sys.argv:
        return int(path.read_text("utf-8") != text)
    path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
