"""`lms demo --remove`: from the demo to an empty site, backed up first."""

from contextlib import closing

import click
from flask import current_app

from lms.backup.services import back_up
from lms.cli.backup import said, site
from lms.cli.site import prepare_site
from lms.clock import now
from lms.db import db
from lms.demo import removal
from lms.errors import DomainError
from lms.people.organisation import organisation
from lms.plugins.manager import plugins
from lms.uploads import store


def remove_demo(confirm: str | None) -> None:
    """Say what goes, have the organisation's name typed, back up, and empty."""
    session = db.session()
    removal.check(session)
    names = organisation(session).name
    click.echo("This removes the demo organisation and everything in it:")
    for what, number in removal.contents(session).items():
        click.echo(f"  {number:>6} {what}")
    click.echo("and all that was changed or written in it: cases, drills, settings, policies.")
    click.echo("A backup is made first. The starter content is loaded afresh.")
    session.rollback()
    typed = confirm or click.prompt(f"Type the organisation's name to go on ({names.zh})")
    if typed.strip() not in (names.zh, names.en):
        raise DomainError("That is not the organisation's name. Nothing was removed.")
    at = now()
    file = site().home / f"demo-{at:%Y%m%d-%H%M%S}.tar.gz"
    with said():
        back_up(site(), file, at)
    click.echo(f"backup: {file}")
    removal.remove(session, at)
    session.commit()
    store.remove_others(set(), at.timestamp())
    plugins().forget_states()
    prepare_site()
    _forget_pages()
    _end_sign_ins()
    click.echo("Start the site anew if it is running.")
    click.echo("empty: begin with  lms user create STAFF_NO --name NAME --role admin --role hr")


def _end_sign_ins() -> None:
    """People are numbered from one again: a browser of the demo must not be taken for one of them,
    so the key that signed its cookie goes, and the next start makes another."""
    settings = current_app.extensions["lms_settings"]
    (settings.home / "secret_key").unlink(missing_ok=True)
    if settings.secret_key:
        click.echo("LMS_SECRET_KEY comes from the environment: change it now", err=True)


def _forget_pages() -> None:
    """SQLite leaves what was deleted in the file until its pages are used again."""
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        with closing(db.engine.raw_connection()) as connection:  # VACUUM takes no transaction
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.cursor().execute(statement)
