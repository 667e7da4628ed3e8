"""Finding plugins and loading each of them behind a wall: one that fails leaves nothing behind."""

import importlib
import importlib.util
import re
import traceback
from collections.abc import Iterable
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import structlog
from sqlalchemy.orm import DeclarativeBase

from lms.db import Model

GROUP = "lms.plugins"
# The version of `lms.plugins.api`, and the oldest that plugins written for still run on it.
API_VERSION, OLDEST_API = 1, 1
OUR_DISTRIBUTION = "service-academy"
log = structlog.get_logger()


class LoadFailure(NamedTuple):
    """Why a plugin is not there: the stage it failed in and the last line of its traceback."""

    plugin: str
    stage: str
    message: str


class LoadedPlugin(NamedTuple):
    name: str
    module: ModuleType
    folder: Path
    version: str
    is_ours: bool
    author: str = ""
    needs: str = ""  # the LMS versions its distribution asks for, as `>=0.1,<1`

    @property
    def table_prefix(self) -> str:
        return f"plugin_{self.name}_"

    def folder_of(self, kind: str) -> Path | None:
        """A conventional folder (`migrations`, `translations` …) if it has it."""
        path = self.folder / kind
        return path if path.is_dir() else None


def last_line(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


def installed(blocked: Iterable[str]) -> list[EntryPoint]:
    """Entry points by name, ours first where two distributions claim one name."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        taken = found.get(entry.name)
        if taken is None or is_ours(entry):
            found[entry.name] = entry
    return [found[name] for name in sorted(found) if name not in set(blocked)]


def is_ours(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == OUR_DISTRIBUTION


def load(entry: EntryPoint) -> LoadedPlugin | LoadFailure:
    before = set(Model.metadata.tables)
    try:
        _check_name(entry.name)
        module = importlib.import_module(entry.module)
        _check_api(module)
    except (Exception, SystemExit) as error:
        _forget_tables(before)
        return _failed(entry.name, "import", error)
    if module.__file__ is None:
        return LoadFailure(entry.name, "import", f"{entry.module} is not a package with a file")
    dist = entry.dist
    plugin = LoadedPlugin(
        name=entry.name,
        module=module,
        folder=Path(module.__file__).parent,
        version=dist.version if dist else "",
        is_ours=is_ours(entry),
        author=_author(dist),
        needs=_needs(dist),
    )
    try:
        _load_models(plugin, before)
    except (Exception, SystemExit) as error:
        _forget_tables(before)
        return _failed(entry.name, "models", error)
    return plugin


def _check_name(name: str) -> None:
    # No underscore: the tables of `a_b` would lie inside the prefix of a plugin `a`.
    if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", name):
        raise ValueError(f"the name {name!r} must be 2 to 30 small letters and digits")


def _check_api(module: ModuleType) -> None:
    """A plugin may say which version of `lms.plugins.api` it was written for."""
    wanted = getattr(module, "LMS_API", API_VERSION)
    if not OLDEST_API <= wanted <= API_VERSION:
        raise ImportError(
            f"it needs plugin API {wanted}; this LMS has {OLDEST_API} to {API_VERSION}"
        )


def _author(dist: Distribution | None) -> str:
    if dist is None:
        return ""
    # The name stands in either field, depending on the form of the project's `authors`.
    said = [dist.metadata[f] for f in ("Author", "Author-email") if f in dist.metadata]
    return re.sub(r"\s*<[^>]*>", "", said[0]).strip('" ') if said else ""


def _needs(dist: Distribution | None) -> str:
    pattern = re.compile(rf"{OUR_DISTRIBUTION}\s*\(?([^;)]*)", re.IGNORECASE)
    found = (pattern.match(line) for line in (dist.requires if dist else None) or ())
    return next((match.group(1).strip() for match in found if match), "")


def _load_models(plugin: LoadedPlugin, before: set[str]) -> None:
    name = f"{plugin.module.__name__}.models"
    if importlib.util.find_spec(name) is None:
        return
    models = importlib.import_module(name)
    for base in _bases(models):
        try:
            base.registry.configure(cascade=True)
        except Exception:
            base.registry.dispose(cascade=True)
            raise
    for table_name in set(Model.metadata.tables) - before:
        if not table_name.startswith(plugin.table_prefix):
            raise ValueError(f"table {table_name!r} lacks the prefix {plugin.table_prefix!r}")
        for key in Model.metadata.tables[table_name].foreign_keys:
            key.column  # noqa: B018  resolving it is the check


def _bases(models: ModuleType) -> list[type[DeclarativeBase]]:
    return [
        item
        for item in vars(models).values()
        if isinstance(item, type)
        and issubclass(item, DeclarativeBase)
        and DeclarativeBase in item.__bases__
        and item is not DeclarativeBase
        and item is not Model
    ]


def _forget_tables(before: set[str]) -> None:
    for name in set(Model.metadata.tables) - before:
        Model.metadata.remove(Model.metadata.tables[name])


def _failed(plugin: str, stage: str, error: BaseException) -> LoadFailure:
    log.exception("plugin_not_loaded", plugin=plugin, stage=stage)
    return LoadFailure(plugin, stage, last_line(error))
