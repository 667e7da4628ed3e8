"""Real distributions on a path of their own: a package and its metadata, as pip would lay them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

from lms.db import Model


def write(folder: Path, name: str, files: dict[str, str]) -> None:
    """`files` by path inside the package; `__init__.py` is made if it is not given."""
    package = folder / f"lms_test_{name}"
    for path, text in {"__init__.py": "", **files}.items():
        target = package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text))
    metadata(folder, name, f"lms_test_{name}")


def metadata(folder: Path, name: str, package: str) -> None:
    """What makes a package on the path a distribution with the entry point."""
    info = folder / f"{package}-1.2.3.dist-info"
    info.mkdir(parents=True)
    distribution = package.replace("_", "-")
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2.3\nAuthor: Somebody Else\n"
        "Requires-Dist: service-academy<1,>=0.1\n"
    )
    (info / "entry_points.txt").write_text(f"[lms.plugins]\n{name} = {package}\n")


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """The distributions of the folder are importable, and wholly forgotten afterwards."""
    tables = set(Model.metadata.tables)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for module in [m for m in sys.modules if m.startswith("lms_test_")]:
            del sys.modules[module]
        for table in set(Model.metadata.tables) - tables:
            Model.metadata.remove(Model.metadata.tables[table])
