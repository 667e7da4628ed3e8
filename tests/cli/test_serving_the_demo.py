"""The second `make run`: the site that is there already is served, and can be written to."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from flask import Flask

from lms.db import db
from lms.people.organisation import organisation


def test_what_is_read_at_the_start_holds_no_lock(app: Flask, tmp_path: Path) -> None:
    organisation(db.session()).is_demo = True
    db.session.commit()
    db.engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from lms.cli import main; main()", "run", "--demo"]
    variables = {k: v for k, v in os.environ.items() if k != "LMS_DATABASE_URL"}
    with subprocess.Popen(
        [*command, "--port", str(port)],
        env={**variables, "LMS_HOME": str(tmp_path), "no_proxy": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            writer = sqlite3.connect(tmp_path / "lms.sqlite3", timeout=8, isolation_level=None)
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("ROLLBACK")
            writer.close()
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer")
