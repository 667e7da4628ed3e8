"""`lms plugin new`, `revision` and `messages`: for those who write plugins."""

import re
from pathlib import Path

import click

from lms.errors import DomainError, NotFound


@click.command()
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The folder in which the project's own folder is made.",
)
def new(name: str, into: Path) -> None:
    """Write a plugin project: table, page, step type, rule, criterion, setting, job, tests."""
    from lms.plugins.scaffold.writing import write_project

    if not re.fullmatch(r"[a-z][a-z0-9]{1,19}", name):
        raise DomainError("The name must be 2 to 20 small letters and digits.")
    folder = into / f"lms-plugin-{name}"
    if folder.exists():
        raise DomainError("%(folder)s is there already.", folder=folder)
    write_project(name, folder)
    click.echo(f"{folder}: written\nnext: pip install -e {folder} && lms upgrade && "
               f"lms plugin enable {name}")  # fmt: skip


@click.command()
@click.argument("name")
@click.argument("message")
def revision(name: str, message: str) -> None:
    """Write a migration from what differs between a plugin's models and its tables."""
    from lms.plugins import migrations
    from lms.plugins.manager import plugins

    found = next((h for h in migrations.histories(plugins()) if h.name == name), None)
    if found is None:
        raise NotFound("There is no plugin %(name)s, or it could not be loaded.", name=name)
    before = set(found.versions.glob("*.py"))
    migrations.upgrade(found)
    migrations.revise(found, message)
    for path in set(found.versions.glob("*.py")) - before:
        click.echo(path)


@click.command()
@click.argument("name")
def messages(name: str) -> None:
    """Bring a plugin's catalogues up to date; lists what lacks a translation, and exits 1 then."""
    from lms.plugins.catalogues import update
    from lms.plugins.manager import plugins

    plugin = plugins().loaded.get(name)
    if plugin is None:
        raise NotFound("There is no plugin %(name)s, or it could not be loaded.", name=name)
    if missing := update(plugin.folder, name):
        raise click.ClickException("\n".join(missing))


commands = (new, revision, messages)
