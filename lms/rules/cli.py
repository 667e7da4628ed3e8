"""`lms plugin …` and `lms doctor`."""

import click

from lms.audit import OPERATOR
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.plugins.manager import plugins
from lms.plugins.scaffold.command import commands as author_commands
from lms.plugins.types import CheckLevel
from lms.rules import doctor as doctors
from lms.rules import plugin_admin

_MARKS = {CheckLevel.OK: "ok", CheckLevel.WARNING: "warning", CheckLevel.ERROR: "ERROR"}


@click.group()
def plugin() -> None:
    """Plugins: what is installed, on and off."""


@plugin.command("list")
def list_() -> None:
    """Name, version, state and the last failure of each, separated by tabs."""
    for info in plugin_admin.overview(db.session(), plugins()):
        last = info.error or next((f.message for f in info.failures), "")
        click.echo("\t".join((info.name, info.version or "-", info.status.value, last)).rstrip())


@plugin.command()
@click.argument("name")
def enable(name: str) -> None:
    """Switch a plugin on, at once and without a restart."""
    _switch(name, True)


@plugin.command()
@click.argument("name")
def disable(name: str) -> None:
    """Switch a plugin off; its data stays."""
    _switch(name, False)


def _switch(name: str, enabled: bool) -> None:
    manager = plugins()
    changed = plugin_admin.set_enabled(
        db.session(), manager, name, enabled, actor=OPERATOR, now=now()
    )
    db.session.commit()
    manager.forget_states()
    state = "enabled" if enabled else "disabled"
    click.echo(f"{name}: {state}" if changed else f"{name}: was {state} already")


@click.command()
def doctor() -> None:
    """Check the installation; exit 1 if something is wrong."""
    found = doctors.checks()
    for check in found:
        click.echo(f"{_MARKS[check.level]:8} {check.name}: {check.message}")
    if any(check.level == CheckLevel.ERROR for check in found):
        raise DomainError("The installation needs attention.")


for command in author_commands:
    plugin.add_command(command)

commands = (plugin, doctor)
