"""The `lms` command with all that the core, its domains and the plugins add to it."""

from importlib import import_module

import click
from flask import Flask

from lms.app import DOMAINS
from lms.cli.outcome import exit_code
from lms.plugins.manager import plugins


class PluginAwareGroup(click.Group):
    """Leaves out the commands of disabled plugins."""

    def __init__(self, app: Flask) -> None:
        super().__init__("lms", help=self.__doc__)
        self.help = "Service Academy 客服学堂"
        self._app = app

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [n for n in super().list_commands(ctx) if self._is_there(n)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) if self._is_there(cmd_name) else None

    def _is_there(self, name: str) -> bool:
        owner = self._app.extensions["lms_command_owners"].get(name)
        return owner is None or owner in plugins(self._app).enabled()


def build(app: Flask) -> click.Group:
    """All commands: the core's, each domain's (`cli.commands`) and the plugins'."""
    group = PluginAwareGroup(app)
    for name in ("lms.cli.site", "lms.cli.backup", *(f"lms.{domain}.cli" for domain in DOMAINS)):
        for command in import_module(name).commands:
            group.add_command(command)
    for command_name, owner in app.extensions["lms_command_owners"].items():
        with plugins(app).blaming(owner, "lms_commands"):
            if command_name in group.commands:
                raise ValueError(f"command {command_name!r} is taken")
            group.add_command(app.cli.commands[command_name])
    return group


def run(app: Flask, arguments: list[str] | None = None) -> int:
    """Run one command in the app; returns the exit code."""
    with app.app_context():
        return exit_code(build(app), arguments, "lms")
