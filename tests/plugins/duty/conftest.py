"""A receiver of webhooks, and the gate's own objects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.people import tokens
from lms.plugins.duty import endpoints
from lms.plugins.duty.models import Endpoint
from tests.receivers import Receiver


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
        made = tokens.create(db.session(), "duty", name, actor=OPERATOR, now=clock.now())
        db.session.commit()
        return made

    return make
