"""Alembic's environment, shared by the core's history and every plugin's."""

from alembic import context
from sqlalchemy import Connection

from lms.db import Model
from lms.plugins import models as plugin_models

config = context.config
connection: Connection = config.attributes["connection"]
prefix: str | None = config.attributes["table_prefix"]
# The engine's own tables are called plugin_… too.
CORE_TABLES = {
    model.__tablename__ for model in vars(plugin_models).values() if hasattr(model, "__tablename__")
}


def belongs(name: str | None) -> bool:
    if name is None:
        return True
    if prefix is None:
        return not name.startswith("plugin_") or name in CORE_TABLES
    return name.startswith(prefix)


def include_name(name: str | None, type_: str, parents: object) -> bool:
    # The search index is a virtual table on SQLite, with shadow tables of its own.
    if type_ == "table" and name is not None and name.startswith("case_search"):
        return False
    return type_ != "table" or belongs(name)


def include_object(item: object, name: str | None, type_: str, reflected: bool, to: object) -> bool:
    return type_ != "table" or belongs(name)


context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    version_table=config.attributes["version_table"],
    include_name=include_name,
    include_object=include_object,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    user_module_prefix="lms.db.",
)
with context.begin_transaction():
    context.run_migrations()
