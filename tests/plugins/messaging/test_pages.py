"""People choose where and what they are sent; the admin sees how it goes."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Person
from lms.people.privacy import erase_person, export_person
from lms.plugins.messaging.checks import checks
from lms.plugins.messaging.models import Address, Delivery, Preference
from tests.conftest import Auth, People
from tests.plugins.messaging.conftest import Mailbox, plain, reach, run_jobs, states, tell


@pytest.fixture
def me(persons: People) -> Person:
    person = persons.add()
    person.locale = "en"
    db.session.commit()
    return person


@pytest.fixture
def mine(auth: Auth, me: Person) -> FlaskClient:
    return auth.login(me)


def link_in(text: str) -> str:
    found = re.search(r"https://lms\.example\.com(/messaging/confirm/\S+)", text)
    assert found is not None
    return found[1]


def signed_out(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["locale"] = "en"
    return client


def add(client: FlaskClient, address: str, channel: str = "email") -> str:
    answer = client.post(
        f"/messaging/addresses/{channel}", data={"address": address}, follow_redirects=True
    )
    db.session.rollback()
    return answer.text


def test_an_address_is_used_once_its_link_was_opened_and_the_button_pressed(
    app: Flask, me: Person, mine: FlaskClient, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    assert 'href="/messaging"' in mine.get("/me").text
    assert "A link is on its way to me@example.com" in add(mine, "me@example.com")
    assert add(mine, "me@example.com").count("me@example.com") >= 1  # a double click
    tell(me, clock)
    run_jobs(clock)
    [mail_] = mailbox.got
    assert mail_["Subject"] == "Please confirm your e-mail address"
    assert mail_["List-Unsubscribe"] is None and "you are sent" not in plain(mail_)
    link = link_in(plain(mail_))
    stranger = signed_out(app)  # on the phone
    assert "Yes, this is my address" in stranger.get(link).text
    db.session.rollback()
    assert db.session.scalars(select(Address.confirmed_at)).one() is None, "GET changes nothing"
    for _ in range(2):
        assert "me@example.com from now on" in stranger.post(link).text
    db.session.rollback()
    tell(me, clock, "two")
    run_jobs(clock)
    assert [m["Subject"] for m in mailbox.got[1:]] == ["two"]
    done = select(AuditEntry.action).where(AuditEntry.action.like("messaging.%"))
    assert db.session.scalars(done).all() == ["messaging.address_add", "messaging.address_confirm"]


def test_a_link_that_is_old_wrong_or_for_an_address_given_up(
    app: Flask, mine: FlaskClient, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    add(mine, "old@example.com")
    run_jobs(clock)
    add(mine, "new@example.com")
    run_jobs(clock)
    old, new = (link_in(text) for text in mailbox.texts)
    client = signed_out(app)
    assert client.get(f"{new}x").status_code == 404
    assert client.post(f"{new}x").status_code == 404
    assert "not in use any more" in client.post(old).text
    db.session.rollback()
    clock.advance(days=2, seconds=1)
    for answer in (client.get(new), client.post(new)):
        assert answer.status_code == 404 and "too old" in answer.text
    db.session.rollback()
    assert set(db.session.scalars(select(Address.confirmed_at))) == {None}


def test_nobody_is_flooded_with_links(
    app: Flask, mine: FlaskClient, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    for number in range(8):
        page = add(mine, f"victim{number}@example.com")
    assert "enough for one day" in page
    assert 'value="victim7@example.com"' in page, "what was typed is kept"
    assert db.session.scalar(select(func.count(Delivery.id))) == 5
    db.session.rollback()
    run_jobs(clock)
    assert len(mailbox.got) == 1, "a link to an address that was changed is not sent"
    address_id = db.session.scalars(select(Address.id).where(Address.removed_at.is_(None))).one()
    db.session.rollback()
    again = mine.post(f"/messaging/addresses/{address_id}/link", follow_redirects=True)
    assert "enough for one day" in again.text


def test_what_is_switched_off_is_not_sent(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox,
    set_up_mail: object,
) -> None:  # fmt: skip
    set_up_mail()  # type: ignore[operator]
    me = persons.add()
    reach(me, "me@example.com")
    client = Auth(both_apps).login(me)
    page = client.get("/messaging").text
    db.session.rollback()
    assert re.search(r'name="drill.scored:email" checked', page)
    assert re.search(r'name="case.published:email">', page), "few want this; so it is off"
    ticked = {"exam:email": "on", "case.published:email": "on", "nonsense:email": "on"}
    for _ in range(2):
        assert client.post("/messaging", data=ticked).status_code == 303
        db.session.rollback()
    for kind in ("drill.scored", "exam", "case.published", "of.some.plugin"):
        tell(me, clock, kind, kind)
    run_jobs(clock)
    subjects = [mail["Subject"] for mail in mailbox.got]
    assert subjects == ["中 exam", "中 case.published", "中 of.some.plugin"]
    assert set(db.session.scalars(select(Preference.kind))) >= {"drill.scored", "case.published"}


def test_others_addresses_are_not_mine_to_touch(
    app: Flask, persons: People, mine: FlaskClient, mail: None
) -> None:
    theirs = reach(persons.add(), "them@example.com").id
    for what in ("remove", "link"):
        assert mine.post(f"/messaging/addresses/{theirs}/{what}").status_code == 404
    db.session.rollback()
    assert db.session.get_one(Address, theirs).removed_at is None


def test_a_webhook_is_a_secret(
    app: Flask, me: Person, mine: FlaskClient, clock: SettableClock, mail: None
) -> None:
    secret = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-secret-9999"
    page = add(mine, secret, "wecom")
    assert "It is used from now on." in page
    assert "qyapi.weixin.qq.com … 9999" in page and "693a91f6" not in page
    entries = db.session.scalars(select(AuditEntry.details)).all()
    assert not [e for e in entries if "693a91f6" in str(e)]
    found = db.session.scalars(select(Address)).one().id
    db.session.rollback()
    tell(me, clock)
    mine.post(f"/messaging/addresses/{found}/remove")
    db.session.rollback()
    run_jobs(clock)
    assert states() == []


def test_a_channel_that_is_not_set_up_is_not_offered(app: Flask, mine: FlaskClient) -> None:
    page = mine.get("/messaging").text
    assert 'action="/messaging/addresses/email"' not in page
    assert 'action="/messaging/addresses/wecom"' in page
    assert "not set up" in add(mine, "me@example.com")


@pytest.fixture
def admin(app: Flask, auth: Auth, persons: People) -> FlaskClient:
    person = persons.add("admin")
    reach(person, "admin@example.com")
    return auth.login(person)


def test_the_admin_tests_a_channel_and_mends_it(
    app: Flask, admin: FlaskClient, me: Person, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    reach(me, "me@example.com")
    mailbox.refused.add("me@example.com")
    tell(me, clock)
    for _ in range(9):
        run_jobs(clock, hours=7)
    page = admin.get("/messaging/admin").text
    assert "no such user" in page and "1 given up" in page
    log = admin.get("/messaging/admin/deliveries?state=given_up&channel=email").text
    db.session.rollback()
    assert "Given up" in log and "A drill was scored" in log and me.staff_no in log
    mailbox.refused.clear()
    found = db.session.scalars(select(Delivery.id)).one()
    key = db.session.scalars(select(Delivery.key)).one()
    db.session.rollback()
    for _ in range(2):
        assert admin.post(f"/messaging/admin/deliveries/{found}/again").status_code == 303
        assert admin.post("/messaging/admin/channels/email/test").status_code == 303
    assert (
        "Add your own address"
        in admin.post("/messaging/admin/channels/slack/test", follow_redirects=True).text
    )
    db.session.rollback()
    run_jobs(clock)
    assert {m["To"] for m in mailbox.got} == {"me@example.com", "admin@example.com"}
    assert len(mailbox.got) == 2
    assert f"<{key}@example.com>" in {m["Message-ID"] for m in mailbox.got}
    assert "Nothing waits" in admin.get("/messaging/admin").text


def test_the_doctor_says_what_waits(
    app: Flask, me: Person, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    reach(me, "me@example.com")
    with app.test_request_context():
        assert [c.level for c in checks(db.session())] == ["ok"]
        mailbox.down()
        tell(me, clock)
        run_jobs(clock)
        [check] = checks(db.session())
    assert (check.name, check.level) == ("messaging.email", "error")
    assert "1 " in check.message and "ConnectionRefusedError" in check.message


def test_export_and_erase(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: object
) -> None:
    set_up_mail()  # type: ignore[operator]
    me = persons.add()
    reach(me, "me@example.com")
    mailbox.refused.add("me@example.com")
    tell(me, clock)
    run_jobs(clock)
    found = export_person(db.session(), me, actor=OPERATOR, now=clock.now())["messaging"]
    assert found["addresses"][0]["address"] == "me@example.com"
    assert found["deliveries"][0]["kind"] == "drill.scored"
    me.left_on = clock.now().date()
    erase_person(db.session(), me, reason="asked", actor=OPERATOR, now=clock.now())
    db.session.commit()
    for model in (Address, Delivery):
        rows = db.session.execute(select(model.__table__)).all()
        assert "me@example.com" not in str(rows)
    db.session.rollback()
    mailbox.refused.clear()
    run_jobs(clock, days=1)
    assert mailbox.got == []


def test_a_channel_of_a_plugin_that_breaks_leaves_the_page_standing(
    app: Flask, me: Person, mine: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.plugins.messaging.webhook import WebhookChannel

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(WebhookChannel, "problem", broken)
    assert mine.get("/messaging").status_code == 200
