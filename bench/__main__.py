"""`make bench`: the app under granian beside a bare Flask page and insert, printed as ratios.

16 connections, two workers (`lms run --workers 2`), SQLite with synchronous=FULL on both sides, the
same machine, same run; the yardstick is taken before and after each measurement, for machines that
slow down and recover.
Latencies are of 16 clients on the same cores as the server, so compare ratios, not milliseconds.

The bare page is that of a one-file Flask app: `render_template_string`, which compiles its template
at each request. What it does with the template compiled once is printed too, for honesty.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench import site
from bench.client import Request, free_port, measure
from bench.production import SERVE
from bench.site import Bench
from lms.app import create_app
from lms.config import Settings

APP_PORT, BARE_PORT = free_port(), free_port()
HEALTH = f"http://127.0.0.1:{APP_PORT}/healthz"
PAGE, KEPT_PAGE, INSERT = "/", "/kept", "/insert"
BARE = (
    "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "3", "--no-ws",
    "--log-level", "warning", "--port",
)  # fmt: skip
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def serving(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    # The workers are processes of their own, and this folder is no installed package.
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **environment}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, *command], env=env, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str) -> float:
    """Seconds until the server answers."""
    began = time.perf_counter()
    while time.perf_counter() - began < 60:
        try:
            urllib.request.urlopen(url, timeout=5)
            return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    sys.exit(f"{url} did not answer")


def memory(process: subprocess.Popen[bytes]) -> float:
    """Megabytes of the server and its workers, shared pages counted once (PSS)."""
    family = [process.pid]
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in family:
            family.append(int(status.parent.name))
    kilobytes = 0
    for pid in family:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def queries(app, cookie: str, path: str) -> int:  # type: ignore[no-untyped-def]
    """SQL statements of one page; BEGIN is not counted, nor what goes by the clock."""
    count = 0

    def counted(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        count += not statement.startswith("BEGIN") and "plugin_state" not in statement

    client = app.test_client(use_cookies=False)
    client.get(path, headers={"Cookie": cookie})  # what a process keeps, it has read by now
    event.listen(Engine, "before_cursor_execute", counted)
    client.get(path, headers={"Cookie": cookie})
    event.remove(Engine, "before_cursor_execute", counted)
    return count


def bare(path: str) -> float:
    """Requests per second of the yardstick."""
    if path == INSERT:
        return measure(BARE_PORT, lambda n: Request("POST", path, FORM), seconds=2).per_second
    return measure(BARE_PORT, lambda n: Request("GET", path, {}), seconds=2).per_second


def beside(name: str, make: Callable[[int], Request], yardstick: str, note: str = "") -> None:
    """Measure and print a line: figures, and requests per second as a share of the yardstick's."""
    before = bare(yardstick)
    found = measure(APP_PORT, make)
    per_second = (before + bare(yardstick)) / 2
    print(
        f"{name:20} {found.per_second:5.0f}/s  p50 {found.p50:6.1f} ms  p99 {found.p99:6.1f} ms"
        f"  {found.size:6} B  {found.per_second / per_second:4.0%} of {per_second:.0f}/s {note}",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), database_url=f"sqlite:///{home}/lms.sqlite3")
        app = create_app(settings)
        print(f"Preparing {site.PEOPLE} people …", flush=True)
        with app.app_context():
            ready = site.build(app)
        # As docs/admins.md has it for production.
        environment = {"LMS_HOME": home, "LMS_NO_RATE_LIMITS": "1", "MALLOC_ARENA_MAX": "2"}
        bare_url = f"sqlite:///{home}/bare.sqlite3"
        os.sync()  # what was just prepared is still being written
        starts = [start(environment) for _ in range(2)]
        with serving(*SERVE, str(APP_PORT), **environment) as server:
            starts.append(wait_for(HEALTH))
            with serving(*BARE, str(BARE_PORT), "bench.bare:app", BARE_DATABASE_URL=bare_url):
                run(app, ready)
            said = ", ".join(f"{seconds:.2f}" for seconds in starts)
            print(f"start {statistics.median(starts):.2f} s, the one in the middle of {said}")
            print(f"memory of all processes {memory(server):.0f} MB")


def start(environment: dict[str, str]) -> float:
    """Seconds until it serves."""
    with serving(*SERVE, str(APP_PORT), **environment):
        return wait_for(HEALTH)


def run(app: Flask, ready: Bench) -> None:
    wait_for(f"http://127.0.0.1:{BARE_PORT}/")
    page, kept = bare(PAGE), bare(KEPT_PAGE)
    print(f"bare page {page:.0f}/s; with its template compiled once {kept:.0f}/s")
    for name, path, cookie in (
        ("home", "/", ready.agent),
        ("home, what follows", "/more", ready.agent),
        ("home of a hire", "/", ready.hire),
        ("lesson", ready.lesson, ready.hire),
        ("case search", "/cases?q=%E5%BB%B6%E8%AF%AF", ready.agent),
        ("month", ready.month, ready.hr),
    ):
        request = Request("GET", path, {"Cookie": cookie})
        note = f"bare page, {queries(app, cookie, path)} queries"
        beside(name, lambda n, request=request: request, PAGE, note)

    def answer(n: int) -> Request:
        cookie, path = ready.answers[n % len(ready.answers)]
        headers = {**FORM, "Cookie": cookie, "X-Requested-With": "fetch"}
        body = site.answer_body(ready.csrf, n // len(ready.answers))
        return Request("POST", path, headers, body)

    beside("exam answer saved", answer, INSERT, "bare insert")


if __name__ == "__main__":
    main()
