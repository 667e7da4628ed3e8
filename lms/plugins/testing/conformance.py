"""What every plugin must hold to, whoever wrote it."""

from collections.abc import Callable, Iterator

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from lms.db import Model, db
from lms.plugins import catalogues, hookspecs, migrations
from lms.plugins.loading import LoadedPlugin
from lms.plugins.manager import plugins


def check_plugin(app: Flask, name: str) -> list[str]:
    """What is wrong with the plugin, in words; empty if nothing is.

    Call it inside the app's context, in a test of its own: it takes the plugin's tables down and
    up again, so that what they held is gone.
    """
    plugin = plugins(app).loaded.get(name)
    if plugin is None:
        return [f"{f.stage}: {f.message}" for f in plugins(app).failures if f.plugin == name] or [
            f"there is no plugin {name!r}"
        ]
    checks: tuple[Callable[[Flask, LoadedPlugin], Iterator[str]], ...] = (
        _routes, _templates, _translations, _migrations, _personal_data,
    )  # fmt: skip
    return [problem for check in checks for problem in check(app, plugin)]


def _routes(app: Flask, plugin: LoadedPlugin) -> Iterator[str]:
    owners = app.extensions["lms_blueprint_owners"]
    for endpoint, view in app.view_functions.items():
        blueprint, _, function = endpoint.rpartition(".")
        is_theirs = owners.get(blueprint) == plugin.name and function != "static"
        if is_theirs and not hasattr(view, "access"):
            yield f"route {endpoint} must say who may open it: requires, signed_in or public"


def _templates(app: Flask, plugin: LoadedPlugin) -> Iterator[str]:
    folder = plugin.folder_of("templates")
    for path in sorted(folder.rglob("*.html")) if folder else ():
        if path.relative_to(folder or path).parts[0] != plugin.name:
            yield f"template {path.name} must lie in templates/{plugin.name}/, to be found for sure"


def _translations(app: Flask, plugin: LoadedPlugin) -> Iterator[str]:
    for message in catalogues.lacking(plugin.folder, plugin.name):
        yield f"translations: missing in {message}"


def _migrations(app: Flask, plugin: LoadedPlugin) -> Iterator[str]:
    tables = {name for name in Model.metadata.tables if name.startswith(plugin.table_prefix)}
    history = next((h for h in migrations.histories(plugins(app)) if h.name == plugin.name), None)
    if history is None:
        if tables:
            yield "migrations: there are tables but no folder `migrations`"
        return
    db.session.rollback()
    before = _tables()
    migrations.upgrade(history)
    after = _tables()
    for name in sorted(after - before):
        if not name.startswith(plugin.table_prefix):
            yield f"migrations: table {name} is outside the prefix {plugin.table_prefix}"
    yield from _differences(history)
    migrations.downgrade(history)
    for name in sorted(n for n in _tables() if n.startswith(plugin.table_prefix)):
        if name != history.version_table:
            yield f"migrations: the downgrade leaves the table {name}"
    if lost := before - _tables() - after.difference(before) - tables:
        yield f"migrations: the downgrade takes away {sorted(lost)[0]}"
    migrations.upgrade(history)


def _tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def _differences(history: migrations.History) -> Iterator[str]:
    prefix = history.table_prefix or ""

    def ours(item: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or (name or "").startswith(prefix)

    with db.engine.connect() as connection:
        options = {"include_object": ours, "version_table": history.version_table}
        context = MigrationContext.configure(connection, opts=options)
        for difference in compare_metadata(context, Model.metadata):
            yield f"migrations: the models differ from them: {difference}"


def _personal_data(app: Flask, plugin: LoadedPlugin) -> Iterator[str]:
    about_people = sorted(
        table.name
        for table in Model.metadata.tables.values()
        if table.name.startswith(plugin.table_prefix)
        and any(key.target_fullname == "person.id" for key in table.foreign_keys)
    )
    for hook in (hookspecs.lms_export, hookspecs.lms_erase):
        if about_people and not plugins(app).implements(plugin.name, hook):
            yield f"{about_people[0]} refers to people, so {hook.__name__} must be implemented"
