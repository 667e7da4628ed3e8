"""Whatever is wrong with the file, nothing is touched."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.backup.archives import contents, rewritten
from tests.backup.conftest import Command, files, staff
from tests.conftest import People


@pytest.fixture
def backup(app: Flask, lms: Command, persons: People, tmp_path: Path) -> Path:
    persons.add(staff_no="A1")
    (tmp_path / "secret_key").write_text("key")
    (tmp_path.parent / f"{tmp_path.name}-out").mkdir()
    file = tmp_path.parent / f"{tmp_path.name}-out" / "site.tar.gz"
    assert lms("backup", file).code == 0
    persons.add(staff_no="A2")
    return file


def refused(lms: Command, file: Path, home: Path) -> str:
    before, around = files(home), {p.name for p in home.parent.iterdir()}
    result = lms("restore", file, "--force")
    assert result.code == 1
    assert "Traceback" not in result.err
    assert staff() == {"A1", "A2"}
    assert files(home) == before
    assert {p.name for p in home.parent.iterdir()} == around
    return result.err


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_cut_off(backup: Path, lms: Command, tmp_path: Path, share: float) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])
    assert "site.tar.gz" in refused(lms, backup, tmp_path)


def test_the_last_byte_is_missing(backup: Path, lms: Command, tmp_path: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-1])
    assert "cut off" in refused(lms, backup, tmp_path)


def test_a_flipped_bit(backup: Path, lms: Command, tmp_path: Path) -> None:
    text = bytearray(backup.read_bytes())
    text[len(text) // 2] ^= 1
    backup.write_bytes(bytes(text))
    refused(lms, backup, tmp_path)


def test_no_backup_at_all(backup: Path, lms: Command, tmp_path: Path) -> None:
    backup.write_bytes(b"PK\x03\x04 something else")
    assert "no backup" in refused(lms, backup, tmp_path)
    assert lms("restore", tmp_path / "none.tar.gz").code == 2


def test_another_hash(backup: Path, lms: Command, tmp_path: Path) -> None:
    rewritten(backup, parts={"home/secret_key": b"yek"})
    assert "home/secret_key is not what it was" in refused(lms, backup, tmp_path)


def test_a_missing_part(backup: Path, lms: Command, tmp_path: Path) -> None:
    wanted = {"sha256": hashlib.sha256(b"").hexdigest(), "size": 0}
    rewritten(backup, lambda m: m["parts"].update({"home/secret_key/more": wanted}))
    assert "home/secret_key/more is missing" in refused(lms, backup, tmp_path)


def _heads(name: str, head: str) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["heads"].update({name: head})


@pytest.mark.parametrize("name", ["core", "exams"])
def test_a_newer_schema(backup: Path, lms: Command, tmp_path: Path, name: str) -> None:
    rewritten(backup, _heads(name, "9999"))
    assert f"schema 9999 of {name} is not known here" in refused(lms, backup, tmp_path)


def test_an_older_schema_is_taken_and_named(backup: Path, lms: Command) -> None:
    rewritten(backup, _heads("core", "0001"))
    rewritten(backup, _heads("gone", "0007"))
    result = lms("restore", backup, "--force")
    assert result.code == 0
    assert "the schema of core" in result.out
    assert "is older: run `lms upgrade`" in result.out
    assert "plugin gone: not installed here" in result.err


def test_a_newer_format_and_another_database(backup: Path, lms: Command, tmp_path: Path) -> None:
    rewritten(backup, lambda m: m.update(format=2))
    assert "newer version of the system" in refused(lms, backup, tmp_path)
    dump = contents(backup)["database.sqlite3"]
    part = {"sha256": hashlib.sha256(dump).hexdigest(), "size": len(dump)}

    def of_postgres(manifest: dict[str, Any]) -> None:
        manifest.update(format=1, database="postgresql")
        manifest["parts"]["database.dump"] = part

    rewritten(backup, of_postgres, parts={"database.dump": dump})
    assert "is of postgresql, this site uses sqlite" in refused(lms, backup, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "home/../../evil",
        "home/secret_key/../../evil",
        "/tmp/lms-evil",
        "home/lms.sqlite3-wal",
        "home/secret_key/..",
        "home//secret_key",
        "home\\..\\evil",
        "manifest.json",
        "evil",
    ],
)
@pytest.mark.parametrize("is_listed", [True, False])
def test_names_that_lead_elsewhere(
    backup: Path, lms: Command, tmp_path: Path, name: str, is_listed: bool
) -> None:
    part = {"sha256": hashlib.sha256(b"evil").hexdigest(), "size": 4}

    def listed(manifest: dict[str, Any]) -> None:
        if is_listed:
            manifest["parts"][name] = part

    if name == "manifest.json" and not is_listed:
        return
    more = {} if name == "manifest.json" else {name: b"evil"}
    rewritten(backup, listed, parts=more)
    refused(lms, backup, tmp_path)
    assert not Path("/tmp/lms-evil").exists()


def test_links_are_not_followed(backup: Path, lms: Command, tmp_path: Path) -> None:
    rewritten(backup, links={"home": "/tmp"})
    assert "'home' does not belong there" in refused(lms, backup, tmp_path)
    rewritten(backup, links={"home/secret_key": "/etc/passwd"})
    assert "'home/secret_key' does not belong there" in refused(lms, backup, tmp_path)
