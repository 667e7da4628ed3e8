"""`lms kpi` and `lms month`."""

from pathlib import Path

import click

from lms.audit import OPERATOR
from lms.clock import Month, now
from lms.db import db
from lms.errors import DomainError
from lms.i18n import pick

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class MonthParameter(click.ParamType[Month]):
    name = "month"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Month:
        if isinstance(value, Month):
            return value
        try:
            return Month.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


MONTH = MonthParameter()


@click.group()
def kpi() -> None:
    """Figures from the service desk."""


@kpi.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
@click.option("--accept-valid", is_flag=True, help="Take the good rows when some are refused.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the refused rows, with reasons, to this CSV file.")  # fmt: skip
@click.option("--percent", "percent", multiple=True, metavar="METRIC",
              help="This metric's column is in percent: 92.3 means 0.923.")  # fmt: skip
def kpi_import(
    files: tuple[Path, ...],
    dry_run: bool,
    accept_valid: bool,
    rejects: Path | None,
    percent: tuple[str, ...],
) -> None:
    """Import KPI files (Excel or CSV): all of them, or nothing."""
    from lms.results.defined.scoring import known_metrics
    from lms.results.file_commands import import_files
    from lms.results.importing import KPI
    from lms.results.metrics import RATIO

    ratios = {m.code for m in known_metrics(db.session()) if m.unit == RATIO}
    for name in percent:
        if name not in ratios:
            raise click.BadParameter(
                f"{name!r} is none of {', '.join(sorted(ratios))}", param_hint="--percent"
            )
    import_files(
        KPI, files, dry_run=dry_run, accept_valid=accept_valid, rejects=rejects, percent=percent
    )


@click.group()
def month() -> None:
    """Closing months and showing their results."""


@month.command("close")
@click.argument("which", metavar="MONTH", type=MONTH)
@click.option("--dry-run", is_flag=True, help="Show what would come of it; store nothing.")
@click.option("--no-assign", is_flag=True, help="History: record what rules say, do nothing of it.")
@click.option("--reason", default="", help="Why a closed month gets a new revision.")
def month_close(which: Month, dry_run: bool, no_assign: bool, reason: str) -> None:
    """Freeze a month's figures, score and rank them, and run the rules."""
    from lms.results.closing import run_close

    session = db.session()
    done = run_close(session, which, assign=not no_assign, actor=OPERATOR, now=now(), reason=reason)
    click.echo(f"{which}: revision {done.close.revision}, {done.close.ranked} people ranked")
    for outcome in done.outcomes:
        if outcome.error:
            click.echo(f"{pick(outcome.title)}: failed: {outcome.error}", err=True)
            continue
        changes = f", {len(outcome.entered)} entered, {len(outcome.left)} left"
        click.echo(f"{pick(outcome.title)}: {len(outcome.proposals)} people"
                   f"{changes if done.close.revision > 1 else ''}")  # fmt: skip
    if dry_run:
        _say_what_is_missing(which)
        session.rollback()
        click.echo("dry run: nothing was stored")
    else:
        session.commit()


def _say_what_is_missing(which: Month) -> None:
    from lms.results.completeness import completeness
    from lms.results.defined.scoring import scoring_policy

    found = completeness(db.session(), which, scoring_policy(db.session(), which))
    click.echo(f"{found.count} of {found.expected} people lack a required figure")
    for team, count in found.absent:
        click.echo(f"no row at all from {team or '-'} ({count} people)")
    for one in found.lacking:
        codes = " ".join(metric.code for metric in one.metrics)
        click.echo(f"{one.staff_no}: {codes}{'' if one.in_file else ' (no row)'}")


@month.command("show")
@click.argument("which", metavar="MONTH", type=MONTH)
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv",
              show_default=True)  # fmt: skip
def month_show(which: Month, kind: str) -> None:
    """One line per person with a row that month, by staff number."""
    from lms.results.month_list import month_list
    from lms.results.queries import current_close
    from lms.web.lists import as_text

    close = current_close(db.session(), which)
    if close is None:
        raise DomainError("%(month)s is not closed.", month=str(which))
    click.echo(as_text(*month_list(db.session(), close), kind), nl=False)


@month.command("verify")
@click.argument("which", metavar="MONTH", type=MONTH)
@click.option("--revision", type=int, help="An earlier revision; else the one that holds.")
def month_verify(which: Month, revision: int | None) -> None:
    """Compute a stored result again from its frozen inputs; exit 1 unless it is the same bytes."""
    from lms.results.queries import revisions
    from lms.results.verifying import verify

    closes = revisions(db.session(), which)
    close = next((c for c in closes if revision in (None, c.revision)), None)
    if close is None:
        raise DomainError("%(month)s has no such closed revision.", month=str(which))
    proof = verify(db.session(), close)
    said = f"{which} revision {close.revision}"
    if not proof.holds:
        raise DomainError(
            "%(which)s does not follow from its frozen inputs: stored %(stored)s, computed "
            "%(computed)s.", which=said, stored=proof.stored, computed=proof.computed,
        )  # fmt: skip
    click.echo(
        f"{said}: {proof.results} results and {proof.figures} figures compute to the same bytes, "
        f"sha256 {proof.stored}"
    )


commands: tuple[click.Command, ...] = (kpi, month)
