"""On the disk: whole or not at all, once for each content, gone when nobody's."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms import policies
from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.errors import DomainError
from lms.jobs import drain
from lms.plugins.registry import all_jobs
from lms.uploads import services, store
from lms.uploads.models import Upload
from lms.uploads.policy import UPLOADS
from tests.conftest import People
from tests.uploads import samples
from tests.uploads.conftest import Box


def rows() -> int:
    return db.session.scalar(select(func.count(Upload.id))) or 0


def test_one_content_is_one_file_and_each_sending_a_row(box: Box, persons: People) -> None:
    mine, theirs = persons.add(), persons.add()
    first = box.put(samples.PDF, "proof.pdf", mine)
    second = box.put(samples.PDF, "other.pdf", theirs)
    assert (first.sha256, first.size, first.kind) == (second.sha256, len(samples.PDF), "pdf")
    assert box.files() == [first.sha256]
    path = store.path_of(first.sha256)
    assert path.read_bytes() == samples.PDF
    assert path.stat().st_mode & 0o777 == 0o600


def test_too_large_is_refused_and_leaves_nothing(box: Box, clock: SettableClock) -> None:
    session = db.session()
    policies.save(
        session, UPLOADS, {"image": 1}, base_number=0, reason="t", actor=OPERATOR, now=clock.now()
    )
    box.put(samples.png() + b"\0" * (1024 * 1024 - len(samples.png())), "just.png")
    before = box.files()
    with pytest.raises(DomainError, match=r"big.png is larger than 1 MB"):
        box.put(samples.png() + b"\0" * 1024 * 1024, "big.png")
    assert (box.files(), rows()) == (before, 1)


def test_a_small_file_of_many_pixels_is_refused(box: Box) -> None:
    for width, height in ((60_000, 60_000), (8_000, 8_000), (20_000, 1)):
        bomb = samples.png(width, height)
        assert len(bomb) < 100_000
        with pytest.raises(DomainError, match=f"{width} × {height} pixels, which is too many"):
            box.put(bomb, "bomb.png")
    with pytest.raises(DomainError, match="damaged"):
        box.put(samples.png(0, 0), "none.png")
    assert (box.files(), rows()) == ([], 0)


class Broken(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionError("gone")
        return super().read(size)


def test_a_connection_that_breaks_leaves_nothing(box: Box, clock: SettableClock) -> None:
    with pytest.raises(ConnectionError):
        services.keep(
            db.session(), Broken(samples.PDF * 1000), "a.pdf",
            families=tuple(services.Family), owner_id=None, now=clock.now(),
        )  # fmt: skip
    assert (box.files(), rows()) == ([], 0)


def age(path: Path, **by: float) -> None:
    at = time.time() - timedelta(**by).total_seconds()
    os.utime(path, (at, at))


def sweep() -> None:
    from datetime import UTC, datetime

    services.sweep(db.session(), {}, datetime.now(UTC))
    db.session.commit()


def test_the_sweep_takes_what_a_crash_left_and_nothing_else(box: Box) -> None:
    kept, crashed = box.put(samples.PDF, "kept.pdf"), box.put(samples.gif(), "crashed.gif")
    fresh = box.put(samples.png(), "fresh.png")
    for lost in (crashed, fresh):
        db.session.delete(lost)
    db.session.commit()
    half = box.folder / ".new" / "half"
    half.write_bytes(b"%PDF")
    for path in (half, store.path_of(kept.sha256), store.path_of(crashed.sha256)):
        age(path, hours=2)
    sweep()
    assert box.files() == sorted([kept.sha256, fresh.sha256])


def test_a_file_stored_again_while_it_is_swept_stays(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = box.put(samples.PDF, "a.pdf")
    path, sha256 = store.path_of(lost.sha256), lost.sha256
    db.session.delete(lost)
    db.session.commit()
    age(path, hours=2)
    rename = Path.rename

    def meanwhile(old: Path, new: Path) -> Path:
        if old == path:
            os.utime(path)  # as the same content put in place once more would
        return rename(old, new)

    monkeypatch.setattr(Path, "rename", meanwhile)
    sweep()
    assert box.files() == [sha256]


def test_what_somebody_let_go_is_gone_within_the_hour(
    box: Box, persons: People, clock: SettableClock
) -> None:
    person = persons.add()
    box.put(samples.PDF, "mine.pdf", person)
    other = box.put(samples.gif(), "theirs.gif", persons.add())
    services.forget_person(db.session(), person.id, clock.now())
    db.session.commit()
    assert rows() == 1
    for name in box.files():
        age(store.path_of(name), days=400)
    drain(all_jobs(), clock.now())
    clock.advance(hours=1)
    drain(all_jobs(), clock.now())
    assert box.files() == [other.sha256]


def test_the_doctor_names_a_file_that_is_lost(box: Box) -> None:
    lost = box.put(samples.PDF, "proof.pdf")
    box.put(samples.gif(), "there.gif")
    assert services.lacking(db.session()) == []
    store.path_of(lost.sha256).unlink()
    assert services.lacking(db.session()) == ["proof.pdf"]
