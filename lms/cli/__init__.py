"""The `lms` command."""

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.cli.commands import build as build
    from lms.cli.commands import run as run


# Commands about files and figures; without pages to mount they start a sixth sooner.
_NEED_NO_PAGES = {"people", "leave", "kpi", "month", "backup", "restore"}


def main() -> None:
    # What is loaded at the start stays: to look through it for garbage while it loads, again and
    # again, is a tenth of the time a command takes.
    gc.disable()
    from lms.app import create_app
    from lms.cli.commands import run

    app = create_app(pages=not _NEED_NO_PAGES.intersection(sys.argv[1:2]))
    gc.freeze()
    gc.enable()
    sys.exit(run(app))


def __getattr__(name: str) -> object:
    # Lazy, or everything would be loaded before `main` is reached.
    if name in ("build", "run"):
        from lms.cli import commands

        return getattr(commands, name)
    raise AttributeError(name)
