"""Sites for real processes: made once by the real migrations, copied per test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugins.platform.servers import Site, populate


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    home = tmp_path_factory.mktemp("populated") / "home"
    populate(home, sqlite_template)
    return home / "lms.sqlite3"


@pytest.fixture
def site(tmp_path: Path, populated: Path) -> Callable[..., Site]:
    """`site(python=…, path=…)`: a site of its own with the cast of `servers`."""

    def make(**options: object) -> Site:
        home = tmp_path / "home"
        home.mkdir()
        shutil.copy(populated, home / "lms.sqlite3")
        return Site(home, **options)

    return make
