"""A receiver of webhooks on a port of its own, and the gate's own objects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.plugins.duty import endpoints, tokens
from lms.plugins.duty.models import Endpoint


@dataclass
class Receiver:
    """Keeps what it is sent; `status` is what it answers. It can be down, and come up again."""

    port: int = 0
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def up(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                if receiver.status in (301, 302, 307):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def down(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    found = Receiver()
    found.up()
    yield found
    found.down()


@dataclass
class Told:
    id: int
    secret: str


@pytest.fixture
def listen(clock: SettableClock) -> Callable[[str], Told]:
    """Adds an endpoint as the admin's page does."""

    def add(url: str) -> Told:
        secret = endpoints.add(db.session(), url, actor=OPERATOR, now=clock.now())
        db.session.commit()
        found = select(Endpoint.id).where(Endpoint.url == url).order_by(Endpoint.id.desc())
        return Told(db.session.scalars(found).first() or 0, secret)

    return add


@pytest.fixture
def token(clock: SettableClock) -> Callable[[], str]:
    def make(name: str = "Phone system") -> str:
        made = tokens.create(db.session(), name, actor=OPERATOR, now=clock.now())
        db.session.commit()
        return made

    return make
