"""`lms people`, `lms leave` and `lms user`."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import select

from lms.access import ROLES
from lms.audit import OPERATOR
from lms.clock import local_date, now
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Channel, Employment, Level, Person, RoleAssignment
from lms.people.privacy_cli import person

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def people() -> None:
    """The roster."""


@people.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
def people_import(file: Path, dry_run: bool) -> None:
    """Import a roster (Excel or CSV)."""
    from lms.results.file_commands import import_files
    from lms.results.importing import ROSTER

    import_files(ROSTER, [file], dry_run=dry_run)


@click.group()
def leave() -> None:
    """Leave."""


@leave.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
def leave_import(file: Path, dry_run: bool) -> None:
    """Import a leave file (Excel or CSV)."""
    from lms.results.file_commands import import_files
    from lms.results.importing import LEAVE

    import_files(LEAVE, [file], dry_run=dry_run)


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.argument("staff_no")
@click.option("--name", help="Needed for somebody who is not on the roster yet.")
@click.option("--role", "roles", multiple=True, type=click.Choice(sorted(ROLES)))
@click.option("--level", type=click.Choice([str(level) for level in Level]),
              default=str(Level.MANAGER), show_default=True)  # fmt: skip
def user_create(staff_no: str, name: str | None, roles: tuple[str, ...], level: str) -> None:
    """Give a person an account and roles; prints the link with which they set a password."""
    from lms.people.organisation import zone
    from lms.people.services import NewPerson, add_person

    session = db.session()
    person = session.scalar(select(Person).where(Person.staff_no == staff_no))
    if person is None:
        if not name:
            raise DomainError("Nobody has the staff number %(staff_no)s; give --name to add "
                              "them.", staff_no=staff_no)  # fmt: skip
        today: date = local_date(now(), zone())
        new = NewPerson(
            staff_no, name, None, Level(level), Channel.ONLINE, Employment.REGULAR, today
        )
        person = add_person(session, new, actor=OPERATOR, now=now())
    held = set(
        session.scalars(select(RoleAssignment.role).where(RoleAssignment.person_id == person.id))
    )
    session.add_all(RoleAssignment(person_id=person.id, role=r) for r in set(roles) - held)
    _invite(person)


@user.command("reset-password")
@click.argument("staff_no")
def user_reset_password(staff_no: str) -> None:
    """Print a new link with which a person sets a password."""
    person = db.session.scalar(select(Person).where(Person.staff_no == staff_no))
    if person is None or person.left_on is not None:
        raise DomainError("Nobody has the staff number %(staff_no)s.", staff_no=staff_no)
    _invite(person)


def _invite(person: Person) -> None:
    from lms.people.accounts import invite

    token = invite(db.session(), person, actor=OPERATOR, now=now())
    db.session.commit()
    click.echo(f"{person.staff_no} {person.name}: open /activate/{token} within seven days")


commands: tuple[click.Command, ...] = (people, leave, user, person)
