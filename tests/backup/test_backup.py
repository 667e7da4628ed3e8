"""`lms backup` and `lms restore` from the outside."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from lms.backup import files as in_place
from lms.config import Settings
from lms.db import db
from tests.backup.archives import contents, manifest
from tests.backup.conftest import Command, files, staff
from tests.conftest import People

# What a database that is open keeps beside it.
OPEN = ("-wal", "-shm", "-turn")


def key(app: Flask) -> Path:
    settings: Settings = app.extensions["lms_settings"]
    return settings.home / "secret_key"


def test_what_was_backed_up_comes_back(
    both_apps: Flask, lms: Command, persons: People, tmp_path: Path
) -> None:
    persons.add(staff_no="A1")
    key(both_apps).write_text("the key of then")
    file = tmp_path / "site.tar.gz"
    done = lms("backup", file)
    assert (done.code, done.err) == (0, "")
    persons.add(staff_no="A2")
    key(both_apps).write_text("the key of now")
    restored = lms("restore", file, "--force")
    assert restored.code == 0, restored.err
    assert staff() == {"A1"}
    assert key(both_apps).read_text() == "the key of then"
    assert (tmp_path / "secret_key.before-restore").read_text() == "the key of now"
    assert "kept: " in restored.out
    assert "older" not in restored.out
    assert lms("restore", file, "--force").code == 0  # a second time keeps the first copy
    assert (tmp_path / "secret_key.before-restore").read_text() == "the key of now"
    assert (tmp_path / "secret_key.before-restore-2").read_text() == "the key of then"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".lms")]


def test_uploads_come_along_and_the_old_ones_are_kept(
    both_apps: Flask, lms: Command, tmp_path: Path
) -> None:
    folder, kept = tmp_path / "uploads", tmp_path / "uploads.before-restore"
    for name in ("ab/ab12", ".new/half"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"then")
    file = tmp_path / "site.tar.gz"
    assert lms("backup", file).code == 0
    assert [name for name in contents(file) if "uploads" in name] == ["home/uploads/ab/ab12"]
    (folder / "cd").mkdir()
    (folder / "cd" / "cd34").write_bytes(b"now")
    restored = lms("restore", file, "--force")
    assert (restored.code, f"kept: {kept}" in restored.out) == (0, True)
    assert files(folder) == {"ab/ab12": b"then"}
    assert set(files(kept)) == {"ab/ab12", ".new/half", "cd/cd34"}


def test_a_restore_that_fails_leaves_the_uploads(
    app: Flask, lms: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "uploads" / "ab" / "ab12"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"then")
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    place.write_bytes(b"now")

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(in_place.shutil, "copyfileobj", full)
    assert lms("restore", file, "--force").code == 1
    assert files(tmp_path / "uploads") == {"ab/ab12": b"now"}
    assert not list(tmp_path.glob("*.before-restore"))


def test_the_manifest_says_what_it_is(both_apps: Flask, lms: Command, tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    result = lms("backup", file)
    assert "LMS_SECRET_KEY comes from the environment" in result.err
    said = manifest(file)
    assert said["created_at"] == "2026-11-02T02:00:00+00:00"
    assert said["database"] == db.engine.dialect.name
    assert set(said["heads"]) >= {"core", "exams"}
    assert list(contents(file)) == ["manifest.json", *said["parts"]]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_is_never_written_over(app: Flask, lms: Command, tmp_path: Path) -> None:
    result = lms("backup", tmp_path / "lms.sqlite3")
    assert (result.code, "is there already" in result.err) == (1, True)
    assert lms("backup", tmp_path / "nowhere" / "site.tar.gz").code == 2
    assert lms("backup").code == 2


def test_a_copy_while_somebody_writes_is_consistent(
    app: Flask, lms: Command, persons: People, tmp_path: Path
) -> None:
    persons.add(staff_no="A1")
    database = tmp_path / "lms.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE person SET staff_no = 'HALF'")
        assert lms("backup", tmp_path / "during.tar.gz").code == 0
        writer.execute("COMMIT")
        assert lms("backup", tmp_path / "after.tar.gz").code == 0
    seen = []
    for name in ("during", "after"):
        copy = tmp_path / f"{name}.sqlite3"
        copy.write_bytes(contents(tmp_path / f"{name}.tar.gz")["database.sqlite3"])
        with closing(sqlite3.connect(copy)) as opened:
            seen.append(opened.execute("SELECT staff_no FROM person").fetchall())
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert seen == [[("A1",)], [("HALF",)]]


def test_only_force_replaces_people(
    both_apps: Flask, lms: Command, persons: People, tmp_path: Path
) -> None:
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    assert lms("restore", file).code == 0  # nobody is there
    persons.add(staff_no="A1")
    refused = lms("restore", file)
    assert (refused.code, "has data (1 people); --force" in refused.err) == (1, True)
    assert staff() == {"A1"}


def test_the_old_sqlite_database_is_kept_whole(
    app: Flask, lms: Command, persons: People, tmp_path: Path
) -> None:
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    persons.add(staff_no="A1")
    assert lms("restore", file, "--force").code == 0
    with closing(sqlite3.connect(tmp_path / "lms.sqlite3.before-restore")) as old:
        assert old.execute("SELECT staff_no FROM person").fetchall() == [("A1",)]


def test_a_restore_onto_nothing(app: Flask, lms: Command, persons: People, tmp_path: Path) -> None:
    persons.add(staff_no="A1")
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    db.engine.dispose()
    for path in tmp_path.glob("lms.sqlite3*"):
        path.unlink()
    result = lms("restore", file)
    assert (result.code, result.err) == (0, "")
    assert staff() == {"A1"}
    assert not list(tmp_path.glob("*.before-restore"))


def test_a_damaged_database_is_replaced_by_force_alone(
    app: Flask, lms: Command, persons: People, tmp_path: Path
) -> None:
    persons.add(staff_no="A1")
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    db.engine.dispose()
    for suffix in ("", "-wal"):
        (tmp_path / f"lms.sqlite3{suffix}").write_bytes(b"rubbish " * 5000)
    assert "cannot be read" in lms("restore", file).err
    assert lms("restore", file, "--force").code == 0
    assert staff() == {"A1"}
    assert (tmp_path / "lms.sqlite3.before-restore").read_bytes().startswith(b"rubbish")
    assert "cannot be copied" in _backup_of_rubbish(lms, tmp_path)


def _backup_of_rubbish(lms: Command, folder: Path) -> str:
    db.engine.dispose()
    (folder / "lms.sqlite3").write_bytes(b"rubbish " * 5000)
    result = lms("backup", folder / "rubbish.tar.gz")
    assert result.code == 1
    assert not (folder / "rubbish.tar.gz").exists()
    return result.err


def test_a_running_site_is_not_replaced(app: Flask, lms: Command, tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    with closing(sqlite3.connect(tmp_path / "lms.sqlite3")) as running:
        running.execute("SELECT count(*) FROM person").fetchone()
        result = lms("restore", file, "--force")
    assert (result.code, "stop it" in result.err) == (1, True)


def test_a_running_site_on_postgres_is_not_replaced(
    both_apps: Flask, lms: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        return
    monkeypatch.setattr("lms.backup.postgres_dumps._LOCK_TIMEOUT", "200ms")
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    other = sa.create_engine(db.engine.url)
    with other.connect() as running:
        running.execute(sa.text("SELECT count(*) FROM person"))
        result = lms("restore", file, "--force")
    other.dispose()
    assert (result.code, "stop it" in result.err) == (1, True)


def test_postgres_needs_its_programs(
    both_apps: Flask, lms: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        return
    monkeypatch.setattr(shutil, "which", lambda name: None)
    result = lms("backup", tmp_path / "site.tar.gz")
    assert (result.code, "pg_dump, pg_restore, psql not found" in result.err) == (1, True)
    assert not (tmp_path / "site.tar.gz").exists()


def test_a_full_disk_leaves_all_as_it_was(
    app: Flask, lms: Command, persons: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(app).write_text("the key of then")
    file = tmp_path / "site.tar.gz"
    lms("backup", file)
    key(app).write_text("the key of now")
    persons.add(staff_no="A1")
    before = sorted(
        p.name for p in tmp_path.iterdir() if not p.name.endswith(("-wal", "-shm", "-turn"))
    )
    replace, count = Path.replace, 0

    def failing(path: Path, target: Path) -> Path:
        nonlocal count
        count += path.name.endswith(".restoring")
        if count == 2:
            count += 1
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(in_place.Path, "replace", failing)
    result = lms("restore", file, "--force")
    assert (result.code, "No space left" in result.err) == (1, True)
    assert key(app).read_text() == "the key of now"
    assert staff() == {"A1"}
    after = sorted(
        p.name for p in tmp_path.iterdir() if not p.name.endswith(("-wal", "-shm", "-turn"))
    )
    assert after == before
    assert os.environ.get("PGPASSWORD") is None
