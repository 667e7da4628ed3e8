"""A command's exit code: 0 done, 1 refused with the reasons on standard error, 2 wrong usage."""

from collections.abc import Sequence

import click

from lms.errors import DomainError


def exit_code(command: click.Command, arguments: Sequence[str] | None, name: str) -> int:
    """Run it; None for the arguments of this process. `name` is what its usage says."""
    try:
        command.main(arguments, prog_name=name, standalone_mode=False)
    except DomainError as error:
        click.echo(f"lms: {error}", err=True)
        return 1
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        error.show()
        return 1
    except click.Abort:
        click.echo("lms: stopped", err=True)
        return 1
    return 0
