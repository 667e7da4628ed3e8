"""`lms person export` and `lms person erase`."""

import json
from pathlib import Path

import click
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import now
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Person


@click.group()
def person() -> None:
    """What is stored about one person."""


@person.command()
@click.argument("staff_no")
@click.option("--files", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="A new folder for what they uploaded.")  # fmt: skip
def export(staff_no: str, folder: Path | None) -> None:
    """Everything stored about a person, plugins' tables included, as JSON."""
    from lms.people.privacy import export_person
    from lms.uploads.services import copy_of_person

    whom = _person(staff_no)
    if folder is not None:
        copy_of_person(db.session(), whom.id, folder)
    found = export_person(db.session(), whom, actor=OPERATOR, now=now())
    db.session.commit()
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))


@person.command()
@click.argument("staff_no")
@click.option("--reason", required=True, help="Kept in the audit log.")
def erase(staff_no: str, reason: str) -> None:
    """Take the name off everything stored about somebody who has left; cannot be undone."""
    from lms.people.privacy import erase_person

    erase_person(db.session(), _person(staff_no), reason=reason, actor=OPERATOR, now=now())
    db.session.commit()
    click.echo(f"{staff_no}: erased")


def _person(staff_no: str) -> Person:
    found = db.session.scalar(select(Person).where(Person.staff_no == staff_no))
    if found is None:
        raise NotFound("Nobody has the staff number %(staff_no)s.", staff_no=staff_no)
    return found
