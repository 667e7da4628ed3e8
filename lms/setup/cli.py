"""Commands: none; `lms init` begins, the browser goes on."""

import click

commands: tuple[click.Command, ...] = ()
