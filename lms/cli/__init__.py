"""The `lms` command."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.cli.commands import build as build
    from lms.cli.commands import run as run


# Commands about files and figures; without pages to mount they start a sixth sooner.
_NEED_NO_PAGES = {"people", "leave", "kpi", "month", "backup", "restore"}


def main() -> None:
    if sys.argv[1:2] == ["run"]:
        from lms.cli import serving
        from lms.cli.outcome import exit_code

        # It loads the site in the process that serves it, which is not always this one.
        sys.exit(exit_code(serving.run, sys.argv[2:], "lms run"))
    from lms.cli.serving import load_site

    app = load_site(pages=not _NEED_NO_PAGES.intersection(sys.argv[1:2]))
    from lms.cli.commands import run

    sys.exit(run(app))


def __getattr__(name: str) -> object:
    # Lazy, or everything would be loaded before `main` is reached.
    if name in ("build", "run"):
        from lms.cli import commands

        return getattr(commands, name)
    raise AttributeError(name)
