"""`lms backup` and `lms restore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.plugins import migrations
from lms.plugins.manager import plugins

if TYPE_CHECKING:
    from lms.backup.services import Site


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def backup(file: Path) -> None:
    """Write the site into one FILE (.tar.gz), while it runs."""
    from lms.backup.services import back_up

    if not file.absolute().parent.is_dir():
        raise click.BadParameter(f"{file.parent} is no folder", param_hint="FILE")
    with said():
        contents = back_up(site(), file, now())
    size = file.stat().st_size / 1e6
    click.echo(f"{file}: {contents.database}, {len(contents.parts)} parts, {size:.1f} MB")
    if "home/secret_key" not in contents.parts:
        click.echo("LMS_SECRET_KEY comes from the environment: keep it elsewhere", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the site that is there; it is kept beside.")
def restore(file: Path, force: bool) -> None:
    """Put a backup FILE in the site's place, all of it or nothing. Stop the site first."""
    from lms.backup import services

    db.session.remove()
    with said():
        done = services.restore(site(), file, force=force)
    plugins().forget_states()
    click.echo(f"restored: the site of {done.manifest.created_at}, {done.manifest.version}")
    for kept in done.kept:
        click.echo(f"kept: {kept}")
    for name in done.without:
        click.echo(f"plugin {name}: not installed here; its data stays", err=True)
    if done.behind:
        click.echo(f"the schema of {', '.join(done.behind)} is older: run `lms upgrade`")


@contextmanager
def said() -> Iterator[None]:
    """A full disk and a folder one may not write in are reasons, not crashes."""
    try:
        yield
    except OSError as error:
        raise DomainError("Files cannot be read or written: %(why)s", why=error) from None


def site() -> "Site":
    from lms.backup.services import Site

    home = current_app.extensions["lms_settings"].home
    return Site(home, db.engine, list(migrations.histories(plugins())))


commands = (backup, restore)
