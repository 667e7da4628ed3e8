"""`lms run --workers`: several processes serve the site, or it is said what is missing."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from lms.cli import run

COMMAND = "import sys; from lms.cli import main; sys.argv[0] = 'lms'; main()"


def test_without_granian_the_extra_is_named(
    app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "granian", None)
    assert run(app, ["run", "--workers", "2"]) == 1
    assert "service-academy[production]" in capsys.readouterr().err
    assert run(app, ["run", "--workers", "0"]) == 2


def test_two_processes_serve(app: Flask, tmp_path: Path) -> None:
    pytest.importorskip("granian")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    arguments = ["run", "--workers", "2", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments],
            env=kept | {"LMS_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        said = _said_when_ready(tmp_path / "log", server)
        assert "set LMS_RATE_LIMIT_STORAGE" in said
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        server.terminate()
        assert server.wait(20) == 0, (tmp_path / "log").read_text()
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def _said_when_ready(log: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 40
    while log.read_text().count("Started worker") < 2:
        assert server.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return log.read_text()
