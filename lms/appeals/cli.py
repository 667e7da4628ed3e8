"""Commands: none; appeals are filed and decided in the browser."""

import click

commands: tuple[click.Command, ...] = ()
