"""Real server processes, and people who talk to them over HTTP."""

import http.client
import multiprocessing
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from lms.access import ADMIN, HR, QUALITY
from lms.app import create_app
from lms.audit import OPERATOR
from lms.cli import run
from lms.config import Settings
from lms.db import db
from lms.people.models import Account, Channel, Employment, Level, RoleAssignment
from lms.people.organisation import organisation
from lms.people.services import NewPerson, add_person

SECRET = "a secret of the tests alone"
COMMAND = "import sys; from lms.cli import main; sys.argv[0] = 'lms'; main()"
# By staff number, with the roles each has; `as_person` counts them from 1.
CAST = {"A1": (ADMIN, HR), "Q1": (QUALITY,), "E1": ()}


def populate(home: Path, tables: Path) -> None:
    """A site in `home`: the tables of the template, an admin, a quality specialist, an agent."""
    home.mkdir(exist_ok=True)
    shutil.copy(tables, home / "lms.sqlite3")
    url = f"sqlite:///{home / 'lms.sqlite3'}"
    app = create_app(Settings(home=home, database_url=url, secret_key=SECRET, safe_mode=True))
    with app.app_context():
        organisation(db.session())
        now = app.extensions["lms_clock"].now()
        for staff_no, roles in CAST.items():
            new = NewPerson(staff_no, f"人{staff_no}", "一组", Level.AGENT, Channel.ONLINE,
                            Employment.REGULAR, date(2025, 1, 6))  # fmt: skip
            person = add_person(db.session(), new, actor=OPERATOR, now=now)
            db.session.add(Account(person_id=person.id, session_version=1))
            db.session.add_all(RoleAssignment(person_id=person.id, role=role) for role in roles)
        db.session.commit()
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Site:
    """One `LMS_HOME` with a Python that has the LMS, and what else is on its path."""

    home: Path
    python: Path = Path(sys.executable)
    path: tuple[Path, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
        root = Path(__file__).parents[3]
        return kept | {
            "LMS_HOME": str(self.home),
            "LMS_SECRET_KEY": SECRET,
            "LMS_NO_RATE_LIMITS": "1",
            "PYTHONPATH": os.pathsep.join(map(str, (*self.path, root))),
        }

    def lms(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the LMS; its exit code is for the caller to look at."""
        return subprocess.run(
            [self.python, "-c", COMMAND, *arguments],
            env=self.environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    @contextmanager
    def serving_quickly(self) -> Iterator["Server"]:
        """As `serving`, by this Python: a process forked from one that has imported the LMS."""
        port, log = _free_port(), self.home / f"log-{_free_port()}"
        process = _FORKS.Process(target=_serve, args=(self.environment, self.path, port, log))
        process.start()
        try:
            _wait_until_it_answers(lambda: process.exitcode, port, log)
            yield Server(port, log)
        finally:
            process.terminate()
            process.join(10)
            process.close()

    @contextmanager
    def serving(self) -> Iterator["Server"]:
        """`lms run` as a process of its own, until the end of the block."""
        port = _free_port()
        path = self.home / f"log-{port}"
        log = path.open("w")
        process = subprocess.Popen(
            [self.python, "-c", COMMAND, "run", "--port", str(port)],
            env=self.environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait_until_it_answers(process.poll, port, path)
            yield Server(port, path)
        finally:
            process.terminate()
            process.wait(10)
            log.close()


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.plugins.platform.preload", __name__])


def _serve(environment: dict[str, str], path: tuple[Path, ...], port: int, log: Path) -> None:
    """In the forked process: what `lms run` does."""
    output = log.open("w")
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = map(str, path)
    sys.exit(run(create_app(), ["run", "--port", str(port)]))


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_until_it_answers(ended: Callable[[], int | None], port: int, log: Path) -> None:
    for _ in range(600):
        if ended() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start:\n" + log.read_text())


@dataclass
class Answer:
    status: int
    text: str


@dataclass
class Server:
    port: int
    log: Path

    def as_person(self, number: int) -> "Browser":
        """Number 1 is the admin, 2 the quality specialist, 3 the agent, as in `CAST`."""
        return Browser(self.port, session_of(number))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def session_of(number: int) -> str:
    """The cookie of a person signed in, as the server signs it."""
    app = Flask("lms")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"_user_id": f"{number}.1", "_fresh": True, "locale": "en"}))


class Browser:
    """Keeps one session; sends the CSRF token of the page it last saw."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie, self._token = port, cookie, ""

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        if not self._token:
            self.get("/")
        return self._send("POST", path, urlencode({**fields, "csrf_token": self._token}))

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": f"lms_session={self._cookie}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            if found := re.match(r"lms_session=([^;]+)", cookie):
                self._cookie = found.group(1)
        if token := re.search(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"', text):
            self._token = token.group(1)
        connection.close()
        return Answer(response.status, text)
