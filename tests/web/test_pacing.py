"""Pages of one process wait for the one that is being made, and never for long."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from flask import Flask

from lms import access
from lms.app import create_app
from lms.web.pacing import PATIENCE
from tests.conftest import _settings

GIVE_UP = 10  # seconds


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Flask]:
    """An app that is making a page, and does not end before the test does."""
    app, begun, done = create_app(_settings(tmp_path)), Event(), Event()

    @app.get("/long")
    @access.public
    def long() -> str:
        begun.set()
        assert done.wait(GIVE_UP)
        return "done"

    @app.route("/short", methods=["GET", "POST"])
    @access.public
    def short() -> str:
        return "done"

    app.config["WTF_CSRF_ENABLED"] = False
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(app.test_client().get, "/long")
        assert begun.wait(GIVE_UP)
        yield app
        done.set()
        assert answer.result(GIVE_UP).status_code == 200


def _seconds(app: Flask, method: str) -> float:
    began = time.perf_counter()
    assert app.test_client().open("/short", method=method).status_code == 200
    return time.perf_counter() - began


def test_a_page_waits_for_another_though_not_to_its_end(busy: Flask) -> None:
    assert _seconds(busy, "GET") >= PATIENCE


def test_who_writes_waits_for_no_page(busy: Flask) -> None:
    assert min(_seconds(busy, "POST") for _ in range(20)) < PATIENCE
