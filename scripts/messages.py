"""Update the message catalogues from the sources, and compile them.

One domain for the core, one for each of our plugins. In the English catalogue a message stands for
itself. Run it after changing texts; what lacks Chinese is listed, and fails a test.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from lms.plugins.catalogues import update

ROOT = Path(__file__).parent.parent


def domains() -> Iterator[tuple[str, Path, set[Path]]]:
    """The domain, its package, and the folders inside it that have domains of their own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    plugins = {
        name: ROOT.joinpath(*module.split("."))
        for name, module in project["entry-points"]["lms.plugins"].items()
    }
    yield "messages", ROOT / "lms", set(plugins.values())
    for name, folder in plugins.items():
        yield name, folder, set()


def main() -> int:
    missing = [f"{d}, {text}" for d, folder, skip in domains() for text in update(folder, d, skip)]
    for text in missing:
        print(text)
    print(f"{len(missing)} messages lack a translation")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
