"""Finding plugins and loading each of them behind a wall: one that fails leaves nothing behind."""

import importlib
import importlib.util
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import structlog
from sqlalchemy.orm import DeclarativeBase

from lms.db import Model

GROUP = "lms.plugins"
OUR_DISTRIBUTION = "service-academy"
log = structlog.get_logger()


@dataclass(frozen=True)
class LoadFailure:
    """Why a plugin is not there: the stage it failed in and the last line of its traceback."""

    plugin: str
    stage: str
    message: str


@dataclass(frozen=True)
class LoadedPlugin:
    name: str
    module: ModuleType
    folder: Path
    version: str
    is_ours: bool

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
        if taken is None or (_distribution(entry) == OUR_DISTRIBUTION):
            found[entry.name] = entry
    return [found[name] for name in sorted(found) if name not in set(blocked)]


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""


def load(entry: EntryPoint) -> LoadedPlugin | LoadFailure:
    before = set(Model.metadata.tables)
    try:
        module = importlib.import_module(entry.module)
    except Exception as error:
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
        is_ours=_distribution(entry) == OUR_DISTRIBUTION,
    )
    try:
        _load_models(plugin, before)
    except Exception as error:
        _forget_tables(before)
        return _failed(entry.name, "models", error)
    return plugin


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


def _failed(plugin: str, stage: str, error: Exception) -> LoadFailure:
    log.exception("plugin_not_loaded", plugin=plugin, stage=stage)
    return LoadFailure(plugin, stage, last_line(error))
