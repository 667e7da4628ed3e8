"""`lms promotion check | freeze | verify`."""

import click

from lms.plugins.api import OPERATOR, DomainError, as_text, db, local_date, now, zone
from lms.plugins.promotion import archive, verdicts
from lms.plugins.promotion.policy import FIRST, TRACKS


@click.group()
def promotion() -> None:
    """Promotion along the ladder."""


@promotion.command()
@click.option("--year", type=click.IntRange(2000, 2200), required=True)
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv")
def check(year: int, kind: str) -> None:
    """The verdict on everybody on the roster."""
    at = now()
    found = verdicts.check(db.session(), year, today=local_date(at, zone()), now=at)
    rows = [[r.staff_no, r.verdict.value, " ".join(map(str, r.runs))] for r in found.rows]
    click.echo(as_text(("staff_no", "verdict", "runs"), rows, kind), nl=False)


@promotion.command("freeze")
@click.option("--year", type=click.IntRange(2000, 2200), required=True)
@click.option("--track", type=click.Choice(list(TRACKS)), default=FIRST.key, show_default=True)
@click.option("--reason", required=True)
def freeze(year: int, track: str, reason: str) -> None:
    """Keep the year's verdicts as they are now, with what they follow from."""
    made = archive.freeze(
        db.session(), year, TRACKS[track], reason=reason, actor=OPERATOR, now=now()
    )
    db.session.commit()
    click.echo(f"{year} {track} no. {made.number}: sha256 {made.sha256}")


@promotion.command("verify")
@click.option("--year", type=click.IntRange(2000, 2200), required=True)
@click.option("--track", type=click.Choice(list(TRACKS)), default=FIRST.key, show_default=True)
def verify(year: int, track: str) -> None:
    """Compute the newest frozen verdicts again; exit 1 unless they are the same bytes."""
    found = next(
        (a for a in archive.every(db.session()) if a.year == year and a.target == track), None
    )
    if found is None:
        raise DomainError("No verdicts of %(year)s are frozen.", year=year)
    proof = archive.prove(db.session(), found)
    if not proof.holds:
        raise DomainError(
            "The verdicts of %(year)s do not follow from what was frozen: %(count)s differ.",
            year=year, count=len(proof.different),
        )  # fmt: skip
    click.echo(f"{year} {track} no. {found.number}: {proof.rows} verdicts, sha256 {proof.stored}")
