"""`lms run --workers`: several processes serve the site, or it is said what is missing."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from lms.cli import run
from lms.cli.processes import _warm_up
from lms.db import db

COMMAND = "import sys; from lms.cli import main; sys.argv[0] = 'lms'; main()"


def test_without_granian_the_extra_is_named(
    app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "granian", None)
    assert run(app, ["run", "--workers", "2"]) == 1
    assert "service-academy[production]" in capsys.readouterr().err
    assert run(app, ["run", "--workers", "0"]) == 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator["Server"]:
    pytest.importorskip("granian")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    arguments = ["run", "--workers", "2", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments],
            env=kept | {"LMS_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Server(process, port, tmp_path / "log")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def wait_for(self, started: int) -> None:
        """Until so many processes in all have said that they serve."""
        deadline = time.monotonic() + 40
        while self.log.read_text().count("Started worker") < started:
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def serves(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/healthz")
        with closing(connection):
            return connection.getresponse().status == 200

    def processes(self) -> list[int]:
        """Those that serve, the one that divided first."""
        (first,) = _children(self.process.pid)
        return [first, *_children(first)]

    def stops(self) -> bool:
        serving = self.processes()
        self.process.terminate()
        return self.process.wait(20) == 0 and not any(Path(f"/proc/{p}").exists() for p in serving)


def _children(process: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_two_processes_serve(app: Flask, server: Server) -> None:
    server.wait_for(2)
    assert "set LMS_RATE_LIMIT_STORAGE" in server.log.read_text()
    assert len(server.processes()) == 2 and server.serves()
    assert server.stops(), server.log.read_text()


def test_processes_share_no_connection_even_if_the_first_page_failed(app: Flask) -> None:
    db.session.execute(text("ALTER TABLE organisation RENAME TO not_there"))
    db.session.commit()
    app.testing = False  # a page that fails is answered, as for people
    _warm_up(app)
    assert db.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


@pytest.mark.full
def test_what_is_still_loading_is_stopped(server: Server) -> None:
    while "Spawning worker" not in server.log.read_text():
        time.sleep(0.05)
    time.sleep(0.3)
    assert server.stops(), server.log.read_text()


@pytest.mark.full
@pytest.mark.parametrize("which", [0, 1])
def test_a_process_that_is_killed_is_replaced(app: Flask, server: Server, which: int) -> None:
    server.wait_for(2)
    before = server.processes()
    os.kill(before[which], signal.SIGKILL)
    server.wait_for(4)
    time.sleep(10)  # the old ones serve on for a while
    assert server.serves() and len(server.processes()) == 2
    assert not set(before) & set(server.processes())
    assert server.stops(), server.log.read_text()
