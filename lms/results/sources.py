"""What HR said of the columns of files, remembered for the source that a file came from.

A source is known by its header row: the names of its columns, in any order. A file with a header
row of which nothing was said is read by what was said last of each name, for whatever source.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select

from lms.db import Session
from lms.results.models import ColumnName, ImportRun, ImportSource
from lms.tabular.headers import plain


class Said(NamedTuple):
    """`columns`: code by name, an empty code for one to ignore; `percent`: codes of metrics whose
    column is in percent."""

    columns: Mapping[str, str]
    percent: Collection[str]


class Sources:
    """What was said of a kind of file, as it stands when this is made."""

    def __init__(self, session: Session, kind: str) -> None:
        last = select(ColumnName.name, ColumnName.code).where(ColumnName.kind == kind)
        self._last = {name: code for name, code in session.execute(last)}
        every = select(ImportSource).where(ImportSource.kind == kind)
        self._said = {s.header: Said(s.columns, s.percent) for s in session.scalars(every)}

    def knows(self, header: Collection[str]) -> bool:
        return _mark(header) in self._said

    def told(self, header: Collection[str]) -> Mapping[str, str]:
        """What the columns of a file with such a header row mean, code by name."""
        return self._of(header).columns

    def percent(self, header: Collection[str]) -> Collection[str]:
        """Only as ticked for this very source: figures taken for percent by mistake are wrong in
        silence, those not taken for percent are refused."""
        return self._of(header).percent

    def told_here(self, header: Collection[str]) -> dict[str, str]:
        """The columns that mean something because somebody said so, code by name."""
        meant = {plain(name): code for name, code in self.told(header).items() if code}
        return {name: meant[plain(name)] for name in header if plain(name) in meant}

    def _of(self, header: Collection[str]) -> Said:
        return self._said.get(_mark(header)) or Said(self._last, ())


def open_columns(run: ImportRun) -> Mapping[str, str]:
    """The columns that mean nothing by themselves, and what they do now: nothing, or as said."""
    unknown = dict.fromkeys(run.summary.get("unknown", []), "")
    return {**unknown, **run.summary.get("told", {})}


def remember(session: Session, run: ImportRun, said: Said) -> bool:
    """Keep what was said for the run's source; whether it is new. What is said anew of columns
    that mean nothing by themselves holds for files of unknown sources too."""
    before, own = open_columns(run), run.summary.get("own", {})
    found = select(ColumnName).where(ColumnName.kind == run.kind)
    known = {c.name: c for c in session.scalars(found)}
    for name, code in said.columns.items():
        if name in own or code == before.get(name):
            continue
        if name not in known:
            session.add(ColumnName(kind=run.kind, name=name, code=code))
        else:
            known[name].code = code
    return _keep(session, run, said)


def settle(session: Session, run: ImportRun) -> None:
    """What was taken over from other files holds for the run's source, now that it is imported:
    what is said of those files later does not change it."""
    if run.summary.get("told") and _find(session, run) is None:
        _keep(session, run, Said(open_columns(run), ()))


def stop_ignoring(session: Session, kind: str, names: Collection[str]) -> None:
    """Columns of these names (as `plain` makes them) mean something now."""
    ignored = select(ColumnName).where(ColumnName.kind == kind, ColumnName.code == "")
    for column in session.scalars(ignored):
        if plain(column.name) in names:
            session.delete(column)
    for source in session.scalars(select(ImportSource).where(ImportSource.kind == kind)):
        source.columns = {
            name: code for name, code in source.columns.items() if code or plain(name) not in names
        }


def _keep(session: Session, run: ImportRun, said: Said) -> bool:
    columns, percent = dict(said.columns), sorted(set(said.percent))
    source = _find(session, run)
    if source is None:
        source = ImportSource(kind=run.kind, header=_mark(run.summary["header"]))
        session.add(source)
    elif (source.columns, source.percent) == (columns, percent):
        return False
    source.columns, source.percent = columns, percent
    session.flush()
    return True


def _find(session: Session, run: ImportRun) -> ImportSource | None:
    return session.scalar(
        select(ImportSource).where(
            ImportSource.kind == run.kind, ImportSource.header == _mark(run.summary["header"])
        )
    )


def _mark(header: Collection[str]) -> str:
    """Equal for header rows with the same names of columns, however ordered and spelt."""
    names = sorted({plain(name) for name in header} - {""})
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()
