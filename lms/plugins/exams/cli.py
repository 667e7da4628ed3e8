"""`lms questions import`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lms.plugins.api import OPERATOR, DomainError, db, now
from lms.plugins.exams.importing import FORMATS

if TYPE_CHECKING:
    from lms.plugins.exams.importing.storing import Plan

MAX_BYTES = 20 * 1024 * 1024


@click.group()
def questions() -> None:
    """Question banks."""


@questions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", required=True, help="Its key or title; a new name makes a new bank.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="auto")
@click.option("--dry-run", is_flag=True, help="Say what would happen and store nothing.")
@click.option("--accept-valid", is_flag=True, help="Take the good questions of a file with others.")
def import_(file: Path, bank: str, kind: str, dry_run: bool, accept_valid: bool) -> None:
    """Import questions; a file with a refused one changes nothing unless told otherwise."""
    from lms.plugins.exams.importing import reading, storing  # here: every command loads this file

    session = db.session()
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise DomainError("%(file)s is larger than %(limit)s MB.", file=file.name, limit=20)
    found = reading.read(content, file.name, kind)
    plan = storing.plan(session, storing.find_bank(session, bank), found)
    _report(file.name, plan)
    if found.unknown:
        click.echo(
            f"{file.name}: columns not known and ignored: {', '.join(found.unknown)}", err=True
        )
    for place, warning in found.said():
        click.echo(f"{file.name}: warning: {f'{place}: ' if place else ''}{warning}", err=True)
    if plan.refused and not accept_valid:
        raise DomainError(
            "%(count)s questions are refused; nothing was imported.", count=len(plan.refused)
        )
    if dry_run:
        click.echo("dry run: nothing was stored")
        return
    if plan.added or plan.changed:
        storing.keep_files(session, found, now())
        storing.store(session, bank, plan, file=file.name, actor=OPERATOR, now=now())
        session.commit()


def _report(name: str, plan: "Plan") -> None:
    said = [(len(plan.added), "new"), (len(plan.changed), "changed"), (plan.same, "the same")]
    counts = ", ".join(f"{count} {word}" for count, word in said if count)
    click.echo(f"{name}: {plan.read} questions read{f' ({counts})' if counts else ''}")
    for refused in plan.refused:
        reasons = " ".join(str(reason) for reason in refused.reasons)
        click.echo(f"{name}: {refused.place}: refused: {reasons}", err=True)
