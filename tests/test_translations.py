"""The catalogues keep up with the sources."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from lms.plugins.catalogues import LOCALES, extracted

Node = TypeVar("Node", bound=ast.AST)

ROOT = Path(__file__).parent.parent
LMS = ROOT / "lms"
ERRORS = {"DomainError", "NotAllowed", "NotFound", "Conflict"}
MARKERS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", *ERRORS}


def _domains() -> list[tuple[str, Path, set[Path]]]:
    path = ROOT / "scripts" / "messages.py"
    spec = importlib.util.spec_from_file_location("scripts_messages", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.domains())


DOMAINS = _domains()
CATALOGUES = [
    pytest.param(
        domain, folder / "translations" / locale / "LC_MESSAGES" / f"{domain}.po",
        id=f"{domain}-{locale}",
    )
    for domain, folder, _ in DOMAINS
    for locale in LOCALES
]  # fmt: skip


@cache
def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_mo(file) if path.suffix == ".mo" else read_po(file)


def _texts(message: Message) -> list[str]:
    """Every form of a translation; what is not translated is an empty text."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _entries(catalogue: Catalog) -> dict[str, list[str]]:
    return {_first(message): _texts(message) for message in catalogue if message.id}


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", text))


@pytest.fixture(scope="module")
def sources() -> dict[str, list[Message]]:
    return {d: [m for m in extracted(f, d, skip) if m.id] for d, f, skip in DOMAINS}


@pytest.mark.parametrize(("domain", "path"), CATALOGUES)
def test_every_message_of_the_sources_is_translated(domain, path, sources):
    known = _entries(_read(path))
    lacking = [_first(m) for m in sources[domain] if not all(known.get(_first(m), [""]))]
    assert not lacking, "run scripts/messages.py and translate"


@pytest.mark.parametrize(("domain", "path"), CATALOGUES)
def test_a_translation_has_the_placeholders_of_its_message(domain, path):
    wrong = {}
    for message in _read(path):
        ids = [message.id] if isinstance(message.id, str) else message.id
        allowed = set().union(*map(_placeholders, ids))
        if message.id and any(_placeholders(text) != allowed for text in _texts(message)):
            wrong[_first(message)] = message.string
    assert not wrong


@pytest.mark.parametrize(("domain", "path"), CATALOGUES)
def test_the_compiled_catalogue_is_that_of_its_source(domain, path):
    written = {text: forms for text, forms in _entries(_read(path)).items() if any(forms)}
    assert _entries(_read(path.with_suffix(".mo"))) == written


def test_a_message_has_one_translation_in_all_domains():
    """The domains are merged when the app starts: of two translations, one would win everywhere."""
    seen: dict[str, list[str]] = {}
    for domain, folder, _ in DOMAINS:
        path = folder / "translations" / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"
        for text, translated in _entries(_read(path)).items():
            assert seen.setdefault(text, translated) == translated, text


def test_messages_are_written_so_that_they_can_be_extracted():
    """Nothing composed or inside an f-string; N_ marks what the extraction does not know."""
    found = [place for path in _python_files() for place in _not_extractable(path)]
    assert not found


def test_the_messages_of_errors_of_their_own_kind_are_marked():
    """The extraction knows our four errors by name, not the classes derived from them."""
    trees = {path: _tree(path) for path in _python_files()}
    kinds = [
        kind for tree in trees.values() for kind in _all(tree, ast.ClassDef) if _is_error(kind)
    ]
    names = {kind.name for kind in kinds}
    raised = [call for tree in trees.values() for call in _all(tree, ast.Call)]
    own = [c for c in raised if isinstance(c.func, ast.Name) and c.func.id in names - ERRORS]
    inits = [
        c
        for kind in kinds
        for c in _all(kind, ast.Call)
        if ast.unparse(c.func).startswith("super()")
    ]
    assert own and inits
    assert not [
        ast.unparse(c) for c in own + inits if c.args and isinstance(c.args[0], ast.Constant)
    ]


def _is_error(kind: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in ERRORS for base in kind.bases)


def _python_files() -> Iterator[Path]:
    return (p for p in sorted(LMS.rglob("*.py")) if "migrations" not in p.parts)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _not_extractable(path: Path) -> Iterator[str]:
    tree = _tree(path)
    plain = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    inside = [call for text in _all(tree, ast.JoinedStr) for call in _marked(text)]
    for call in _marked(tree):
        first = call.args[0]
        composed = isinstance(first, ast.JoinedStr | ast.BinOp | ast.Subscript)
        unmarked = isinstance(first, ast.Name) and first.id in plain
        if composed or unmarked or call in inside:
            yield f"{path.relative_to(ROOT)}:{call.lineno}"


def _marked(tree: ast.AST) -> Iterator[ast.Call]:
    for call in _all(tree, ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id in MARKERS and call.args:
            yield call


def _all(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))
