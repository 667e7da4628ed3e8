"""`lms retraining list`."""

import click
from sqlalchemy import true

from lms.plugins.api import Month, as_text, db, local_date, now, zone
from lms.plugins.retraining import queries
from lms.plugins.retraining.models import Assignment

COLUMNS = [
    "month",
    "staff_no",
    "name",
    "team",
    "score",
    "cut_off",
    "position",
    "ranked",
    "weakest",
    "value",
    "target",
    "consecutive",
    "state",
    "due_on",
]


@click.group()
def retraining() -> None:
    """Retraining of the lowest scores."""


@retraining.command("list")
@click.option("--month", help="Only this month, as 2026-03.")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv")
def list_(month: str | None, kind: str) -> None:
    """One line per assignment, newest month first, lowest score first."""
    try:
        wanted = Month.parse(month) if month else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--month") from None
    found = queries.assignments(true(), month=wanted, today=local_date(now(), zone()))
    rows = [row_of(assignment) for assignment in db.session.scalars(found)]
    click.echo(as_text(COLUMNS, rows, kind), nl=False)


def row_of(row: Assignment) -> list[object]:
    """The values of `COLUMNS`."""
    told, person = row.evidence, row.person
    cut_off = told["cut_off"]
    return [
        str(row.month),
        person.staff_no,
        person.name,
        person.team.name if person.team else "",
        f"{told['score'] / 100:.2f}",
        f"{cut_off / 100:.2f}" if cut_off is not None else "",
        told["position"],
        told["ranked"],
        row.figure,
        told["weakest"]["value"],
        told["weakest"]["target"],
        row.consecutive,
        row.state,
        row.due_on.isoformat(),
    ]
