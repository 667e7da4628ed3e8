"""What the import commands share: reading files, reporting, storing all of them or nothing."""

import csv
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import click

from lms.audit import OPERATOR
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.progress import Progress, Report
from lms.results.importing import changes_nothing, confirm, prepare
from lms.results.models import ImportRun
from lms.tabular import MAX_BYTES

_COUNTS = {
    "added": "new", "replaced": "changed", "held": "held for a closed month", "same": "the same",
    "new_rows": "rows",
}  # fmt: skip
SHOWN = 50


def import_files(
    kind: str,
    files: Sequence[Path],
    *,
    dry_run: bool,
    accept_valid: bool = False,
    rejects: Path | None = None,
    percent: Collection[str] = (),
) -> None:
    """Import all files in one transaction; exit code 1 and nothing changed if any is refused."""
    session = db.session()
    refused: list[tuple[str, ImportRun]] = []
    with click.progressbar(
        files, file=sys.stderr, hidden=not sys.stderr.isatty() or len(files) < 2
    ) as shown:
        for path in shown:
            try:
                run = prepare(
                    session, kind, _bytes(path), path.name, percent=percent, actor=OPERATOR,
                    now=now(), report=_counting(path.name),
                )  # fmt: skip
            except DomainError as error:
                if path.name not in str(error):
                    click.echo(f"{path.name}: refused:", err=True)
                raise
            _report(run)
            if run.refused:
                refused.append((path.name, run))
            if run.refused and not accept_valid:
                continue
            if changes_nothing(run.summary["counts"]) or not run.rows:
                session.delete(run)
            else:
                confirm(
                    session, run, accept_valid=accept_valid, actor=OPERATOR, now=now(),
                    report=_counting(path.name),
                )  # fmt: skip
            session.flush()
    if rejects is not None and refused:
        _write_rejects(rejects, refused)
    if refused and not accept_valid:
        count = sum(len(run.refused) for _, run in refused)
        session.rollback()
        raise DomainError("%(count)s rows are refused; nothing was imported.", count=count)
    if dry_run:
        session.rollback()
        click.echo("dry run: nothing was stored")
    else:
        session.commit()


_DOING = {"open": "rows opened", "read": "rows read", "store": "entries stored"}


def _counting(name: str) -> Report:
    """Says once a second how far a large file is."""
    said = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal said
        if time.monotonic() - said >= 1:
            said = time.monotonic()
            of = f" of {progress.of:,}" if progress.of else ""
            click.echo(f"{name}: {progress.done:,}{of} {_DOING[progress.phase]} …", err=True)

    return report


def _bytes(path: Path) -> bytes:
    """A file's content; of one that is too large only as much as shows it."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _report(run: ImportRun) -> None:
    counts = run.summary["counts"]
    said = ", ".join(f"{counts[k]} {word}" for k, word in _COUNTS.items() if counts.get(k))
    nothing = changes_nothing(counts)
    click.echo(f"{run.filename}: {len(run.rows)} rows read"
               f"{', nothing to change' if nothing and run.rows else ''}"
               f"{f' ({said})' if said else ''}")  # fmt: skip
    if run.summary["unknown"]:
        names = ", ".join(run.summary["unknown"])
        click.echo(f"{run.filename}: columns not known and ignored: {names}", err=True)
    for warning in run.warnings[:SHOWN]:
        place = f"row {warning['row']}: " if warning["row"] else ""
        click.echo(f"{run.filename}: warning: {place}{_said(warning)}", err=True)
    if len(run.warnings) > SHOWN:
        click.echo(f"{run.filename}: … and {len(run.warnings) - SHOWN} more warnings", err=True)
    for refusal in run.refused:
        click.echo(
            f"{run.filename}: row {refusal['row']}: refused: {reasons_in_words(refusal)}", err=True
        )


def _said(entry: dict[str, Any]) -> str:
    return str(entry["message"] % entry["params"]) if entry["params"] else str(entry["message"])


def reasons_in_words(refusal: dict[str, Any]) -> str:
    return " ".join(_said(reason) for reason in refusal["reasons"])


def _write_rejects(path: Path, refused: list[tuple[str, ImportRun]]) -> None:
    """The refused rows as they came, with file, row number and reason before them.

    Columns of the same name stand below one another, wherever each file had them.
    """
    places = [_places(run.summary["header"]) for _, run in refused]
    columns = list(dict.fromkeys(place for found in places for place in found))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "reason", *(header for header, _ in columns)])
        for (name, run), found in zip(refused, places, strict=True):
            for entry in run.refused:
                there = dict(zip(found, entry["cells"], strict=False))
                cells = [there.get(column, "") for column in columns]
                row = [name, entry["row"], reasons_in_words(entry), *cells]
                writer.writerow([harmless(cell) for cell in row])


def _places(header: Sequence[str]) -> list[tuple[str, int]]:
    """Each column's name, and how often the name stood before: a name may stand twice."""
    return [(name, header[:at].count(name)) for at, name in enumerate(header)]


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula, made plain text."""
    risky = isinstance(cell, str) and cell[:1] in set("=+-@\t\r\n＝＋－＠")
    return f"'{cell}" if risky and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
