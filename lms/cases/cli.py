"""`lms cases`."""

import sys
from pathlib import Path

import click

from lms.clock import now
from lms.db import db
from lms.errors import DomainError


@click.group()
def cases() -> None:
    """The case library as files (see docs/content-format.md)."""


@cases.command("import")
@click.argument("folder", metavar="DIR",
                type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
def import_(folder: Path) -> None:
    """Publish the cases of a folder, or of `cases` in it; unchanged ones stay as they are.

    Markdown files (as `export` writes them) and YAML files. A faulty file changes nothing.
    """
    from lms.cases.loading import load_cases

    if (folder / "cases").is_dir():
        folder = folder / "cases"
    if not any((*folder.glob("*.md"), *folder.glob("*.yaml"))):
        raise DomainError("There are no .md or .yaml files in %(folder)s.", folder=folder)
    changed = load_cases(db.session(), folder, now())
    db.session.commit()
    click.echo(f"{changed} cases changed")


@cases.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the published cases into a new or empty folder, a Markdown file each, pictures
    below it."""
    from lms.cases.files.exporting import write_folder
    from lms.content_files import into_new

    with into_new(folder) as made:
        count, pictures = write_folder(db.session(), made)
    click.echo(f"{count} cases and {pictures} pictures written to {folder}")


@cases.command()
def reindex() -> None:
    """Build the search index anew, while people go on working."""
    from lms.cases import search

    session = db.session()
    with click.progressbar(
        length=search.count_published(session), label="Indexing", show_pos=True, file=sys.stderr
    ) as bar:
        count = search.rebuild(session, now(), bar.update)
    click.echo(f"{count} cases indexed")


commands: tuple[click.Command, ...] = (cases,)
