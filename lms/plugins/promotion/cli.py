"""`lms promotion check`."""

import click

from lms.plugins.api import as_text, db, local_date, now, zone
from lms.plugins.promotion import verdicts


@click.group()
def promotion() -> None:
    """Promotion to senior agent."""


@promotion.command()
@click.option("--year", type=click.IntRange(2000, 2200), required=True)
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv")
def check(year: int, kind: str) -> None:
    """The verdict on everybody on the roster."""
    at = now()
    found = verdicts.check(db.session(), year, today=local_date(at, zone()), now=at)
    rows = [[r.staff_no, r.verdict.value, " ".join(map(str, r.runs))] for r in found.rows]
    click.echo(as_text(("staff_no", "verdict", "runs"), rows, kind), nl=False)
