"""Files sent in through the service, as the pages do."""

import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Person
from lms.uploads import services
from lms.uploads.kinds import Family
from lms.uploads.models import Upload


@dataclass
class Box:
    """`files()`: what lies on the disk, temporary files included."""

    folder: Path
    clock: SettableClock

    def put(
        self,
        content: bytes,
        name: str = "file",
        owner: Person | None = None,
        families: Collection[Family] = tuple(Family),
    ) -> Upload:
        upload = services.keep(
            db.session(), io.BytesIO(content), name, families=families,
            owner_id=owner.id if owner else None, now=self.clock.now(),
        )  # fmt: skip
        db.session.commit()
        return upload

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def box(app: Flask, clock: SettableClock, tmp_path: Path) -> Box:
    return Box(tmp_path / "uploads", clock)
