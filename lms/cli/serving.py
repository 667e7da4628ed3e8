"""`lms run`: serving the site, from this process or from several.

What watches over several processes is this module without the site: what is heavy is imported
where it is used.
"""

import gc
from typing import TYPE_CHECKING, Any

import click

from lms.cli.processes import check_granian, serve_in_processes

if TYPE_CHECKING:
    from flask import Flask


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(min=1),
              help="Processes; more than one need granian.")  # fmt: skip
@click.option("--demo", "with_demo", is_flag=True, help="Make the demo organisation first.")
def run(host: str, port: int, threads: int, workers: int, with_demo: bool) -> None:
    """Serve the site, with its background jobs, until stopped."""

    def load() -> "Flask":
        app = load_site()
        with app.app_context():
            _make_ready(with_demo)
        click.echo(f"Service Academy 客服学堂: http://{host}:{port}")
        return app

    if workers > 1:
        check_granian(workers)
        serve_in_processes(load, host, port, workers=workers, threads=threads)
        return
    from lms.jobs import start_worker

    app = load()
    start_worker(app)
    make_server(app, host, port, threads=threads).run()


def load_site(*, pages: bool = True) -> "Flask":
    """The application of this process; without `pages`, for commands, none are mounted."""
    from flask import has_app_context

    if has_app_context():
        from lms.current import the_app

        return the_app()
    # What is loaded at the start stays: to look through it for garbage while it loads, again and
    # again, is a tenth of the time a command takes.
    gc.disable()
    from lms.app import create_app

    app = create_app(pages=pages)
    gc.freeze()
    gc.enable()
    return app


def _make_ready(with_demo: bool) -> None:
    from lms.cli.site import is_demo, make_demo, show_demo_accounts
    from lms.db import db

    if with_demo:
        if not is_demo():
            click.echo("Making the demo organisation (once) …")
            make_demo()
        show_demo_accounts()
    # What was read above would hold SQLite's write lock for as long as the site is served.
    db.session.remove()


def make_server(app: "Flask", host: str, port: int, *, threads: int) -> Any:
    """waitress, ready to `run()` until stopped, in this process."""
    from waitress.server import TcpWSGIServer, create_server

    TcpWSGIServer.channel_class = _channel()
    most = app.config["MAX_CONTENT_LENGTH"] + 1  # from here on it reads none of it
    return create_server(
        app, host=host, port=port, threads=threads, ident=None, max_request_body_size=most
    )


def _channel() -> Any:
    """waitress' connection, but for a request whose length says that it is too large.

    waitress answers that with a line of its own before it reads on. Here the site answers, which
    sees the length and shows its page; what is being sent is left where it is.
    """
    from waitress.channel import HTTPChannel
    from waitress.task import ErrorTask, WSGITask
    from waitress.utilities import RequestEntityTooLarge

    class Refusal(WSGITask):  # type: ignore[misc]
        def execute(self) -> None:
            self.set_close_on_finish()
            super().execute()

    class Channel(HTTPChannel):  # type: ignore[misc]
        def error_task_class(self, channel: Any, request: Any) -> Any:
            is_told = isinstance(request.error, RequestEntityTooLarge) and request.content_length
            return Refusal(channel, request) if is_told else ErrorTask(channel, request)

    return Channel
