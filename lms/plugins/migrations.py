"""One history of migrations for the core and one for each plugin, each with its version table.

Not one shared version table: after a plugin is uninstalled, every command would fail on the
revision it left behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lms.db import db
from lms.plugins.manager import PluginManager

# Alembic loads when it is used: it would be a fifth of the start of every command.
if TYPE_CHECKING:
    from alembic.config import Config


class History(NamedTuple):
    name: str
    versions: Path
    version_table: str
    table_prefix: str | None

    def config(self) -> "Config":
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_core_folder()))
        config.set_main_option("version_locations", str(self.versions))
        config.set_main_option("path_separator", "newline")
        config.attributes.update(version_table=self.version_table, table_prefix=self.table_prefix)
        return config

    def head(self) -> str | None:
        from alembic.script import ScriptDirectory

        return ScriptDirectory.from_config(self.config()).get_current_head()

    def knows(self, revision: str) -> bool:
        from alembic.script import ScriptDirectory

        scripts = ScriptDirectory.from_config(self.config()).walk_revisions()
        return any(script.revision == revision for script in scripts)


def _core_folder() -> Path:
    spec = find_spec("migrations")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package `migrations` is not installed")
    return Path(spec.origin).parent


def histories(manager: PluginManager) -> Iterator[History]:
    """The core's first; its tables are what the plugins' refer to."""
    yield History("core", _core_folder() / "versions", "core_alembic", None)
    for name, plugin in manager.loaded.items():
        folder = plugin.folder_of("migrations")
        if folder is not None:
            table = f"plugin_{name}_alembic"
            yield History(name, folder, table, plugin.table_prefix)


def upgrade(history: History) -> None:
    from alembic import command

    with _migrating(history) as config:
        command.upgrade(config, "head")


def downgrade(history: History, to: str = "base") -> None:
    from alembic import command

    with _migrating(history) as config:
        command.downgrade(config, to)


def revise(history: History, message: str) -> None:
    """Write a new migration from the difference between the models and the database."""
    from alembic import command

    with _migrating(history) as config:
        command.revision(config, message, autogenerate=True, version_path=str(history.versions))


@contextmanager
def _migrating(history: History) -> "Iterator[Config]":
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A batch rebuild drops the old table; with foreign keys on, its cascades delete rows.
            # Set on the driver, outside a transaction: inside one it would do nothing.
            driver.execute("PRAGMA foreign_keys=OFF")
        config = history.config()
        config.attributes["connection"] = connection
        try:
            yield config
            connection.commit()
        finally:
            connection.rollback()
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def is_current(history: History) -> bool:
    from alembic.migration import MigrationContext

    with db.engine.connect().execution_options(lms_read=True) as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": history.version_table}
        )
        return context.get_current_revision() == history.head()
