"""A mail server and a receiver of webhooks, both real, both able to be down for a while."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, g
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.jobs import drain
from lms.people.models import Person
from lms.people.notices import notify
from lms.plugins.messaging.models import Address, Delivery
from lms.plugins.registry import all_jobs
from lms.plugins.settings import declared, plugin_settings, save_settings
from tests.receivers import Receiver


@dataclass
class Mailbox:
    """Keeps the mails it is sent; `refused` holds recipients it does not know."""

    port: int
    got: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: int = 0
    controller: Controller | None = None

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        name: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        self.got.append(mail)
        return "250 OK"

    def up(self, **how: object) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **how)
        self.controller.start()

    def down(self) -> None:
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    @property
    def texts(self) -> list[str]:
        return [plain(mail) for mail in self.got]


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = Mailbox(free.getsockname()[1])
    found.up()
    yield found
    found.down()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    found = Receiver()
    found.up()
    yield found
    found.down()


def set_up(clock: SettableClock, **values: object) -> None:
    """As the admin does on the plugin's settings page."""
    before = plugin_settings(db.session(), "messaging")
    raw = {s.name: str(values.get(s.name, before[s.name])) for s in declared("messaging")}
    save_settings(db.session(), "messaging", raw, actor=OPERATOR, now=clock.now())
    db.session.commit()


@pytest.fixture
def set_up_mail(clock: SettableClock, mailbox: Mailbox) -> Callable[[], None]:
    """Called by a test once it has its app; the first run of the jobs marks what is old."""

    def now() -> None:
        set_up(
            clock, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="none",
            mail_from="lms@example.com", public_address="https://lms.example.com/",
            webhook_hosts="127.0.0.1",
        )  # fmt: skip
        run_jobs(clock)

    return now


@pytest.fixture
def mail(app: Flask, set_up_mail: Callable[[], None]) -> None:
    set_up_mail()


def run_jobs(clock: SettableClock, **later: float) -> None:
    """As the server's worker does, some time later; the jobs of others are left out."""
    clock.advance(**later or {"seconds": 5})
    drain([job for job in all_jobs() if job.name.startswith("messaging.")], clock.now())
    assert not g.get("plugin_failures")


def reach(
    person: Person, address: str, channel: str = "email", since: datetime | None = None
) -> Address:
    """An address that is confirmed already."""
    at = since or person.created_at
    found = Address(
        person_id=person.id, channel=channel, address=address, created_at=at, confirmed_at=at
    )
    db.session.add(found)
    db.session.commit()
    return found


def tell(
    person: Person, clock: SettableClock, text: str = "scored", kind: str = "drill.scored"
) -> None:
    both = Localized(f"中 {text}", text)
    notify(db.session(), [person.id], kind, both, "/drills/1", clock.now())
    db.session.commit()


def states() -> list[tuple[str, int]]:
    rows = select(Delivery.state, Delivery.tries).order_by(Delivery.id)
    found = [(row.state, row.tries) for row in db.session.execute(rows)]
    db.session.rollback()
    return found
