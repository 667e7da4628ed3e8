"""Session steps in content files: checked when loaded, written out as they came in."""

from pathlib import Path
from typing import Any

import pytest

from lms.courses.content import load_programmes
from lms.courses.dumping import dump_programmes
from lms.db import db
from lms.errors import DomainError
from tests.courses.conftest import Documents, both

from .conftest import Hall, session_step


def _write(documents: Documents, **config: Any) -> None:
    steps = [session_step(**config)]
    documents.programme("topic", [steps], kind="topic", due_days=30, grants_clearance=False)


def test_what_is_exported_loads_to_the_same(
    hall: Hall, documents: Documents, tmp_path: Path
) -> None:
    _write(documents, minimum_minutes=45, place=both("Room 3"))
    assert documents.load() == 1
    first, second = tmp_path / "first", tmp_path / "second"
    dump_programmes(db.session(), first)
    assert load_programmes(db.session(), first, hall.clock.now()) == 0
    dump_programmes(db.session(), second)
    text = (first / "topic" / "programme.yaml").read_bytes()
    assert text == (second / "topic" / "programme.yaml").read_bytes()
    assert b"minimum_minutes: 45" in text


@pytest.mark.parametrize(
    "config",
    [{"minimum_minutes": 0}, {"minimum_minutes": "45"}, {"minimum_minutes": True},
     {"place": "Room 3"}, {"capacity": 3}],
)  # fmt: skip
def test_what_is_refused_names_the_field(
    hall: Hall, documents: Documents, config: dict[str, Any]
) -> None:
    _write(documents, **config)
    with pytest.raises(DomainError, match=next(iter(config))):
        documents.load()
