"""`make bench`: the app under granian beside a bare Flask page and insert, printed as ratios.

16 connections, two workers, SQLite with synchronous=FULL on both sides, same machine, same run.
Latencies are of 16 clients on the same cores as the server, so compare ratios, not milliseconds.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench import site
from bench.client import Figures, Request, measure
from lms.app import create_app
from lms.config import Settings

APP_PORT, BARE_PORT = 8765, 8766
WORKERS = 2
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def serving(target: str, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
        "--workers", str(WORKERS), "--blocking-threads", "4", "--no-ws",
        "--log-level", "warning", target,
    ]  # fmt: skip
    env = {**os.environ, **environment}
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
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
    """SQL statements of one page, BEGIN and COMMIT not counted."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    client = app.test_client(use_cookies=False)
    client.get(path, headers={"Cookie": cookie})  # what a process keeps, it has read by now
    event.listen(Engine, "before_cursor_execute", counted)
    client.get(path, headers={"Cookie": cookie})
    event.remove(Engine, "before_cursor_execute", counted)
    return count


def row(name: str, found: Figures, yardstick: Figures, note: str = "") -> None:
    ratio = found.per_second / yardstick.per_second
    print(
        f"{name:24} {found.per_second:8.0f}/s  p50 {found.p50:6.1f} ms  p99 {found.p99:6.1f} ms"
        f"  {found.size:7} B  {ratio:5.0%} {note}",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), database_url=f"sqlite:///{home}/lms.sqlite3")
        app = create_app(settings)
        print(f"Preparing {site.PEOPLE} people …", flush=True)
        with app.app_context():
            ready = site.build(app)
        bare_url = f"sqlite:///{home}/bare.sqlite3"
        with serving("bench.bare:app", BARE_PORT, BARE_DATABASE_URL=bare_url):
            wait_for(f"http://127.0.0.1:{BARE_PORT}/")
            insert = measure(BARE_PORT, lambda n: Request("POST", "/insert", FORM))
            page = measure(BARE_PORT, lambda n: Request("GET", "/", {}))
        row("bare page", page, page)
        row("bare insert", insert, insert)
        with serving("lms.wsgi:app", APP_PORT, LMS_HOME=home, LMS_NO_RATE_LIMITS="1") as server:
            started = wait_for(f"http://127.0.0.1:{APP_PORT}/healthz")
            for name, path, cookie in (
                ("home", "/", ready.agent),
                ("home of a hire", "/", ready.hire),
                ("lesson", ready.lesson, ready.hire),
                ("case search", "/cases?q=%E5%BB%B6%E8%AF%AF", ready.agent),
                ("month", ready.month, ready.hr),
            ):
                headers = {"Cookie": cookie}
                found = measure(APP_PORT, lambda n: Request("GET", path, headers))  # noqa: B023
                row(name, found, page, f"of the bare page, {queries(app, cookie, path)} queries")

            def answer(n: int) -> Request:
                cookie, path = ready.answers[n % len(ready.answers)]
                headers = {**FORM, "Cookie": cookie, "X-Requested-With": "fetch"}
                body = site.answer_body(ready.csrf, n // len(ready.answers))
                return Request("POST", path, headers, body)

            row("exam answer saved", measure(APP_PORT, answer), insert, "of the bare insert")
            print(f"start {started:.2f} s, memory of all processes {memory(server):.0f} MB")


if __name__ == "__main__":
    main()
