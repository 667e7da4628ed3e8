"""Notices to chat robots and to a webhook, over real HTTP."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from lms.clock import SettableClock
from lms.db import db
from lms.errors import DomainError
from lms.plugins.messaging import others
from lms.plugins.messaging.known import one
from lms.plugins.messaging.models import Delivery
from tests.conftest import People
from tests.plugins.messaging.conftest import Mailbox, reach, run_jobs, set_up, states, tell
from tests.receivers import Receiver


def test_a_webhook_that_is_down_for_a_while_gets_everything_with_a_key(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mail: None
) -> None:
    here, there = persons.add(), persons.add()
    reach(here, receiver.url, "webhook")
    other = Receiver()
    other.up()
    reach(there, other.url, "webhook")
    receiver.down()
    for person in (here, there):
        tell(person, clock, "one")
        tell(person, clock, "two")
    run_jobs(clock)
    assert len(other.got) == 2, "one that is down does not keep another waiting"
    run_jobs(clock, seconds=30)
    receiver.up()
    receiver.status = 503
    run_jobs(clock, minutes=2)
    receiver.status = 200
    run_jobs(clock, minutes=10)
    other.down()
    refused, one_, two = receiver.got
    assert refused == one_, "the same words under the same key"
    keys = [headers["Idempotency-Key"] for headers, _ in receiver.got]
    assert keys[0] == keys[1] != keys[2]
    body = json.loads(one_[1])
    assert body == {
        "key": keys[1], "kind": "drill.scored", "locale": "zh_Hans", "text": "中 one",
        "url": "https://lms.example.com/drills/1", "at": "2026-11-02T02:00:10+00:00",
    }  # fmt: skip
    assert json.loads(two[1])["text"] == "中 two"
    assert {state for state, _ in states()} == {"delivered"}


def test_a_mail_server_that_is_down_does_not_keep_webhooks_waiting(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mailbox: Mailbox,
    mail: None,
) -> None:  # fmt: skip
    person = persons.add()
    reach(person, receiver.url, "webhook")
    reach(person, "a@example.com")
    mailbox.down()
    tell(person, clock)
    run_jobs(clock)
    assert len(receiver.got) == 1
    mailbox.up()
    run_jobs(clock, minutes=1)
    assert len(mailbox.got) == len(receiver.got) == 1


def test_no_redirect_is_followed(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mail: None
) -> None:
    person = persons.add()
    reach(person, receiver.url, "webhook")
    receiver.status = 307
    tell(person, clock)
    run_jobs(clock)
    assert receiver.paths == ["/hook"]
    assert states() == [("waiting", 1)]


def test_a_host_that_is_no_longer_allowed_is_not_posted_to(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mail: None
) -> None:
    person = persons.add()
    reach(person, receiver.url, "webhook")
    set_up(clock, webhook_hosts="elsewhere.example")
    tell(person, clock)
    run_jobs(clock)
    assert receiver.got == []


OK = {
    "wecom": b'{"errcode": 0, "errmsg": "ok"}',
    "dingtalk": b'{"errcode": 0, "errmsg": "ok"}',
    "feishu": b'{"code": 0, "msg": "success", "data": {}}',
    "slack": b"ok",
}
# What each says to a message that it does not take; the first three with HTTP 200.
NO = {
    "wecom": b'{"errcode": 45009, "errmsg": "api freq out of limit"}',
    "dingtalk": b'{"errcode": 310000, "errmsg": "keywords not in content"}',
    "feishu": b'{"code": 9499, "msg": "Bad Request", "data": {}}',
    "slack": b"no_service",
}
WHY = {
    "wecom": "errcode 45009: api freq out of limit",
    "dingtalk": "errcode 310000: keywords not in content",
    "feishu": "code 9499: Bad Request",
    "slack": "HTTP 404",
}


@pytest.mark.parametrize("name", OK)
def test_robots(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mail: None, name: str
) -> None:
    """A robot that refuses a message, though with HTTP 200, gets it again."""
    person = persons.add()
    reach(person, receiver.url, name)
    tell(person, clock, "<b>one</b>")
    receiver.body = NO[name]
    receiver.status = 404 if name == "slack" else 200
    run_jobs(clock)
    assert states() == [("waiting", 1)]
    answer = db.session.scalars(select(Delivery.answer)).one()
    db.session.rollback()
    assert answer == WHY[name]
    receiver.body, receiver.status = OK[name], 200
    run_jobs(clock, minutes=1)
    assert states() == [("delivered", 2)]
    body = json.loads(receiver.got[1][1])
    content = body["text"] if name == "slack" else body.get("text", body.get("content"))
    said = content if name == "slack" else content.get("content", content.get("text"))
    lines = said.split("\n")
    assert lines[0] == ("中 &lt;b&gt;one&lt;/b&gt;" if name == "slack" else "中 <b>one</b>")
    assert lines[1] == "https://lms.example.com/drills/1"
    assert receiver.got[0][1] == receiver.got[1][1], "the same number lets people tell a repeat"


def test_signed_robots(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mail: None
) -> None:
    person = persons.add()
    reach(person, f"{receiver.url}?access_token=x#SECabc", "dingtalk")
    reach(person, f"{receiver.url}#SECabc", "feishu")
    receiver.body = b'{"errcode": 0, "code": 0}'
    tell(person, clock)
    run_jobs(clock)
    assert [state for state, _ in states()] == ["delivered"] * 2

    def signature(key: str, text: str) -> str:
        made = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
        return base64.b64encode(made).decode()

    query = parse_qs(urlsplit(receiver.paths[0]).query)
    [moment] = query["timestamp"]
    assert moment == str(int(clock.now().timestamp() * 1000))
    assert query["sign"] == [signature("SECabc", f"{moment}\nSECabc")]
    body = json.loads(receiver.got[1][1])
    assert body["sign"] == signature(f"{body['timestamp']}\nSECabc", "")


# It looks for a module of the standard library that Python 3.13 has no more.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_another_service_through_apprise(
    app: Flask, persons: People, clock: SettableClock, receiver: Receiver, mail: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    set_up(clock, apprise_services="JSON, tgram")
    to = one(db.session(), "apprise")
    address = to.channel.check_address(f" json://127.0.0.1:{receiver.port}/hook ", to.settings)
    for wrong in ("xml://127.0.0.1/", "tgram://", "file:///etc/passwd"):
        with pytest.raises(DomainError):
            to.channel.check_address(wrong, to.settings)
    person = persons.add()
    reach(person, address, "apprise")
    tell(person, clock, "one")
    receiver.status = 500
    run_jobs(clock)
    assert states() == [("waiting", 1)]
    receiver.status = 200
    run_jobs(clock, minutes=1)
    assert states() == [("delivered", 2)]
    assert json.loads(receiver.got[1][1])["message"].startswith("中 one\nhttps://lms.example.com/")
    assert to.problem is None
    monkeypatch.setattr(others, "find_spec", lambda _name: None)
    missing = one(db.session(), "apprise").problem
    assert missing is not None and "service-academy[notify]" in missing.en


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("wecom", "http://127.0.0.1/"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=abcdefgh"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdefgh&x=\r\ny"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token="),
        ("slack", "https://hooks.slack.com/services/a/b/../../c"),
        ("webhook", "https://10.0.0.1/"),
        ("webhook", "https://127.0.0.1@10.0.0.1/"),
        ("webhook", "https://127.0.0.1:x/"),
        ("webhook", "file://127.0.0.1/etc/passwd"),
        ("webhook", "http://elsewhere.example/"),
        ("email", "a@b"),
        ("email", "a@example.com\r\nBcc: b@example.com"),
        ("email", "a@example.com, b@example.com"),
        ("email", '"a b"@example.com'),
        ("email", "王@example.com"),
        ("email", f"{'a' * 250}@example.com"),
    ],
)
def test_bad_addresses(app: Flask, clock: SettableClock, name: str, address: str) -> None:
    set_up(clock, webhook_hosts="127.0.0.1, elsewhere.example")
    to = one(db.session(), name)
    with pytest.raises(DomainError) as refused:
        to.channel.check_address(address, to.settings)
    assert refused.value.field == "address"
