"""Commands that set up, check and serve the site."""

from datetime import datetime
from pathlib import Path

import click

from lms.cli.serving import run
from lms.clock import now
from lms.db import Session, db
from lms.people.organisation import organisation
from lms.people.services import count
from lms.plugins.manager import plugins


@click.command()
@click.option("--no-content", is_flag=True, help="Choose the starter content in the browser.")
def init(no_content: bool) -> None:
    """Create the database and load the starter content."""
    changed = prepare_site(with_content=not no_content)
    click.echo(f"ready: {db.engine.url.render_as_string()} ({changed} documents loaded)")
    if not count(db.session()):
        click.echo("next:  lms user create STAFF_NO --name NAME --role admin --role hr")
        click.echo("       lms run, open the link that was printed, and follow /setup")


def prepare_site(*, with_content: bool = True) -> int:
    """Migrate, and load the starter content; returns how many documents changed."""
    from lms.content_files import load_content, starter_content

    upgrade_database()
    organisation(db.session())
    changed = load_content(db.session(), starter_content(), now()) if with_content else 0
    db.session.commit()
    return changed


@click.command()
@click.option("--remove", is_flag=True, help="Take the demo away: an empty site is left.")
@click.option("--confirm", metavar="NAME", help="With --remove: the organisation's name, unasked.")
def demo(remove: bool, confirm: str | None) -> None:
    """Starter content and a demo organisation of 240 people; safe to repeat."""
    if remove:
        from lms.cli.emptying import remove_demo

        remove_demo(confirm)
        return
    if not make_demo():
        click.echo("the demo is there already")
    show_demo_accounts()


def is_demo() -> bool:
    """Whether this version's database holds the demo; a missing or older database does not."""
    from lms.plugins import migrations

    if not all(migrations.is_current(history) for history in migrations.histories(plugins())):
        return False
    return organisation(db.session()).is_demo


def make_demo() -> bool:
    """True if it was made now."""
    from lms.demo.services import load_demo

    prepare_site()
    return load_demo(db.session(), now(), lambda what: click.echo(f"  {what}"))


def show_demo_accounts() -> None:
    from lms.people.demo import demo_accounts

    click.echo("\nSign in with (password for all of them: " + demo_accounts()[0].password + ")")
    for account in demo_accounts():
        click.echo(f"  {account.staff_no}  {account.label.en} {account.label.zh}")
    click.echo("")


@click.command()
def upgrade() -> None:
    """Bring the database to this version: the core first, then each plugin."""
    for name in upgrade_database():
        click.echo(f"{name}: up to date")


def upgrade_database() -> list[str]:
    from lms.cases import search
    from lms.plugins import migrations
    from lms.plugins.health import note_failure
    from lms.plugins.loading import last_line

    done = []
    for history in migrations.histories(plugins()):
        try:
            migrations.upgrade(history)
        except Exception as error:
            if history.table_prefix is None:
                raise
            # One plugin's broken migration must not keep the others from theirs.
            click.echo(f"plugin {history.name}: {last_line(error)}", err=True)
            note_failure(history.name, "migrations", last_line(error))
            continue
        done.append(history.name)
    with Session(db.engine) as session:
        search.complete(session, now())
        session.commit()
    return done


@click.group("content")
def content() -> None:
    """Starter content as files (see docs/content-format.md)."""


@content.command("load")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and whom it would ask.")
def content_load(folder: Path, dry_run: bool) -> None:
    """Load a folder of content files; unchanged documents stay as they are."""
    from lms.content_files import load_content

    at = now()
    changed = load_content(db.session(), folder, at)
    _say_asked(at, with_names=dry_run)
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(f"{changed} documents {'would change' if dry_run else 'changed'}")


def _say_asked(at: datetime, *, with_names: bool) -> None:
    """Whom major versions among the documents ask to do their delta."""
    from lms.courses.deltas.preview import asked_by, published_at

    for found in published_at(db.session(), at):
        click.echo(
            f"{found.key}, version {found.number}: {found.count} people do its delta;"
            f" if not done, their clearance rests from {found.from_day} on"
        )
        for person in asked_by(db.session(), found.version_id) if with_names else ():
            click.echo(f"  {person.staff_no} {person.name} {person.from_day}")


@content.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def content_export(folder: Path) -> None:
    """Write all content into a new or empty folder, in the form that is loaded."""
    from lms.content_files import export_content

    click.echo(f"{export_content(db.session(), folder)} documents written to {folder}")


commands = (init, demo, upgrade, run, content)
