"""Backing up and restoring a site: its database, and what LMS_HOME holds that nobody can remake."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy.engine import Engine

from lms.backup import archive, postgres_dumps, sqlite_files
from lms.backup.files import beside, private, put_in_place, set_aside
from lms.backup.manifest import DATABASES, KEPT, Manifest
from lms.errors import DomainError
from lms.plugins.migrations import History


class Site(NamedTuple):
    home: Path
    engine: Engine
    histories: Sequence[History]

    @property
    def kind(self) -> str:
        return self.engine.dialect.name

    @property
    def sqlite_file(self) -> Path:
        name = self.engine.url.database
        if not name or name == ":memory:":
            raise DomainError("The database is not kept in a file.")
        return Path(name)


class Restored(NamedTuple):
    """`kept`: where what was there before is; `behind`: whose schema `lms upgrade` must move on;
    `without`: plugins that have data in it and are not installed here."""

    manifest: Manifest
    kept: Sequence[Path]
    behind: Sequence[str]
    without: Sequence[str]


def back_up(site: Site, file: Path, now: datetime) -> Manifest:
    """Write the backup, whole or not at all; DomainError if the file exists or a copy fails."""
    if file.exists():
        raise DomainError("%(file)s is there already.", file=file)
    with TemporaryDirectory(prefix=".lms-backup-", dir=file.absolute().parent) as folder:
        database = Path(folder) / DATABASES[site.kind]
        if site.kind == "sqlite":
            sqlite_files.copy(site.sqlite_file, database)
            heads = sqlite_files.heads(database)
        else:
            postgres_dumps.check_programs()
            heads = postgres_dumps.heads(site.engine)
            postgres_dumps.dump(site.engine.url, database)
        if "core_alembic" not in heads:
            raise DomainError("There is no database yet: run `lms init`.")
        sources = {database.name: database, **_kept_files(site.home)}
        contents = Manifest(
            version=version("service-academy"),
            created_at=now.isoformat(timespec="seconds"),
            database=site.kind,
            heads={_owner(table): head for table, head in heads.items()},
            parts={name: archive.part_of(path) for name, path in sources.items()},
        )
        with private(Path(folder) / "whole") as target:
            archive.write(target, contents, sources)
        (Path(folder) / "whole").replace(file)
    return contents


def restore(site: Site, file: Path, *, force: bool) -> Restored:
    """Put the backup in the site's place; whatever is wrong is a DomainError and changes nothing.

    Everything is unpacked and checked first. `force` is needed where there are people.
    """
    site.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".lms-restore-", dir=site.home) as folder:
        staged = Path(folder)
        contents = archive.unpack(file, staged)
        if contents.database != site.kind:
            raise DomainError(
                "The backup is of %(theirs)s, this site uses %(ours)s.",
                theirs=contents.database,
                ours=site.kind,
            )
        behind, without = _compare(site.histories, contents.heads)
        if not force:
            _refuse_if_used(site)
        changes = [
            (staged / name, site.home / name.removeprefix("home/"))
            for name in contents.parts
            if name.startswith("home/")
        ]
        database = staged / contents.database_part
        replace = _into_sqlite if site.kind == "sqlite" else _into_postgres
        # As one, not file by file: there may be thousands, and the old database knows its own.
        with set_aside(site.home / "uploads") as folders:
            kept = replace(site, database, changes)
    return Restored(contents, [*kept, *folders], behind, without)


def _kept_files(home: Path) -> dict[str, Path]:
    """Without hidden folders: what is being written just now lies there."""
    found: list[Path] = []
    for name in KEPT:
        place = home / name
        found += sorted(place.glob("[!.]*/*")) if place.is_dir() else [place]
    return {f"home/{p.relative_to(home).as_posix()}": p for p in found if p.is_file()}


def _owner(table: str) -> str:
    return table.removesuffix("_alembic").removeprefix("plugin_")


def _compare(histories: Iterable[History], heads: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Whose schema is older than ours, and who is not here; DomainError if one is newer."""
    here = {history.name: history for history in histories}
    behind, without = [], []
    for name, head in heads.items():
        if name not in here:
            without.append(name)
        elif not here[name].knows(head):
            raise DomainError(
                "The backup is of a newer version (schema %(head)s of %(name)s is not known "
                "here): install that version first.",
                head=head,
                name=name,
            )
        elif here[name].head() != head:
            behind.append(name)
    behind += [name for name in here if name not in heads]
    return behind, without


def _refuse_if_used(site: Site) -> None:
    sqlite = site.kind == "sqlite"
    count = sqlite_files.people(site.sqlite_file) if sqlite else postgres_dumps.people(site.engine)
    if count is None:
        raise DomainError(
            "%(file)s is there and cannot be read; --force replaces it, and keeps it beside.",
            file=site.sqlite_file,
        )
    if count:
        raise DomainError(
            "This site has data (%(count)s people); --force replaces it, and keeps it beside.",
            count=count,
        )


def _into_sqlite(site: Site, database: Path, changes: list[tuple[Path, Path]]) -> list[Path]:
    site.engine.dispose()
    sqlite_files.settle(site.sqlite_file)
    return put_in_place([*changes, (database, site.sqlite_file)])


def _into_postgres(site: Site, database: Path, changes: list[tuple[Path, Path]]) -> list[Path]:
    postgres_dumps.check_programs()
    script = database.with_name("restore.sql")
    postgres_dumps.as_script(database, script)
    before = []
    if postgres_dumps.heads(site.engine):
        old = beside(site.home / database.name)
        postgres_dumps.dump(site.engine.url, old)
        before.append(old)
    site.engine.dispose()
    kept = put_in_place(changes, then=lambda: postgres_dumps.replace(site.engine, script))
    return [*before, *kept]
