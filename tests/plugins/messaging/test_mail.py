"""Notices by e-mail: what a mail looks like, and that none is lost, whatever happens."""

import ssl
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import insert, literal, select

from lms.clock import SettableClock
from lms.db import Localized, db
from lms.jobs import drain
from lms.people.models import Notification, Person
from lms.people.notices import notify
from lms.people.organisation import organisation
from lms.plugins.messaging import sending
from lms.plugins.messaging.models import Delivery, Health
from lms.plugins.registry import all_jobs
from tests.conftest import People
from tests.plugins.messaging.conftest import Mailbox, plain, reach, run_jobs, set_up, states, tell

SetUp = Callable[[], None]


def test_a_notice_becomes_a_mail_in_the_readers_language(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp
) -> None:
    set_up_mail()
    english, chinese, unreachable = persons.add(), persons.add(), persons.add()
    english.locale = "en"
    reach(english, "en@example.com")
    reach(chinese, "zh@example.com")
    for person in (english, chinese, unreachable):
        tell(person, clock, "Your drill was scored")
    run_jobs(clock)
    run_jobs(clock)
    first, second = mailbox.got
    assert (first["To"], first["Subject"]) == ("en@example.com", "Your drill was scored")
    assert (second["To"], second["Subject"]) == ("zh@example.com", "中 Your drill was scored")
    assert first["From"].addresses[0].addr_spec == "lms@example.com"
    assert second["From"].addresses[0].display_name == "客服学堂"
    assert first["List-Unsubscribe"] == "<https://lms.example.com/messaging>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert "https://lms.example.com/drills/1\n" in plain(first)
    assert "Choose what you are sent: https://lms.example.com/messaging" in plain(first)
    html = second.get_body(("html",))
    assert html is not None
    assert '<html lang="zh-Hans">' in html.get_content()
    assert '<a href="https://lms.example.com/drills/1">打开</a>' in html.get_content()
    assert mailbox.connections == 1, "one connection for the mails of a run"
    assert states() == [("delivered", 1)] * 2


def test_notices_inserted_by_the_thousand_and_out_of_order(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp
) -> None:
    """By INSERT … SELECT, which no event of Python sees; and a number that was given early and
    committed late, behind one that has been seen."""
    set_up_mail()
    people = [persons.add() for _ in range(3)]
    for number, person in enumerate(people):
        reach(person, f"p{number}@example.com")
    last = db.session.scalars(select(Notification.id).order_by(Notification.id.desc())).first() or 0
    text = literal(Localized("有新课程", "A course for you"), Notification.text.type)
    at = literal(clock.now(), Notification.created_at.type)
    columns = ["id", "person_id", "kind", "text", "url", "created_at"]

    def by_select(*who: Person) -> None:
        rows = select(
            last + 100 - Person.id, Person.id, literal("clearance.granted"), text, literal("/"), at
        ).where(Person.id.in_([p.id for p in who]))
        db.session.execute(insert(Notification).from_select(columns, rows))
        db.session.commit()

    by_select(*people[:2])
    for _ in range(4):
        run_jobs(clock)
    assert len(mailbox.got) == 2
    by_select(people[2])  # a lower number than those before
    run_jobs(clock, minutes=2)
    assert [mail["To"] for mail in mailbox.got][-1] == "p2@example.com"
    for _ in range(5):
        run_jobs(clock, minutes=20)
    assert len(mailbox.got) == 3


def test_nothing_old_is_sent_when_the_plugin_is_new_or_comes_back(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp
) -> None:
    person = persons.add()
    reach(person, "a@example.com")
    tell(person, clock, "before")
    set_up_mail()
    tell(person, clock, "after")
    run_jobs(clock)
    assert [mail["Subject"] for mail in mailbox.got] == ["中 after"]
    clock.advance(days=1)
    tell(person, clock, "while it was off")
    run_jobs(clock, days=8)
    assert len(mailbox.got) == 1


def test_a_mail_server_that_is_down_for_days_loses_nothing(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp
) -> None:
    set_up_mail()
    people = [persons.add() for _ in range(4)]
    for number, person in enumerate(people):
        reach(person, f"p{number}@example.com")
    mailbox.down()
    for person in people:
        tell(person, clock, "one")
        tell(person, clock, "two")
    for _ in range(9):
        run_jobs(clock, hours=9)
    assert set(states()) == {("waiting", 0)}, "an outage costs no message a try"
    health = db.session.get_one(Health, "email")
    assert health.held_until is not None and health.held_until > clock.now()
    assert "refused" in health.error
    db.session.rollback()
    mailbox.up()
    run_jobs(clock, minutes=6)
    assert set(states()) == {("delivered", 1)}
    assert len({mail["Message-ID"] for mail in mailbox.got}) == len(mailbox.got) == 8
    for number in range(4):
        own = [m["Subject"] for m in mailbox.got if m["To"] == f"p{number}@example.com"]
        assert own == ["中 one", "中 two"], "in order"
    db.session.rollback()
    assert db.session.get_one(Health, "email").held_until is None


def test_killed_between_sending_and_noting_it_repeats_under_the_same_key(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    set_up_mail()
    reach(persons.add(), "a@example.com")
    person = db.session.scalars(select(Person)).one()
    tell(person, clock, "one")
    tell(person, clock, "two")

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(sending, "_delivered", killed)
        drain(all_jobs(), clock.now() + timedelta(seconds=5))
    db.session.rollback()
    assert [m["Subject"] for m in mailbox.got] == ["中 one"]
    run_jobs(clock, seconds=60)
    assert len(mailbox.got) == 1, "it may still be under way in the other process"
    run_jobs(clock, seconds=120)
    assert [m["Subject"] for m in mailbox.got] == ["中 one", "中 one", "中 two"]
    assert mailbox.got[0]["Message-ID"] == mailbox.got[1]["Message-ID"]
    assert plain(mailbox.got[0]) == plain(mailbox.got[1])
    assert mailbox.got[0]["Date"] == mailbox.got[1]["Date"]


def test_two_workers_at_once_send_nothing_twice_and_keep_the_order(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, set_up_mail: SetUp
) -> None:
    set_up_mail()
    for number in range(6):
        person = persons.add()
        reach(person, f"p{number}@example.com")
        for text in ("one", "two"):
            tell(person, clock, text)
    at, troubles = clock.now(), []

    def work() -> None:
        with both_apps.app_context():
            try:
                for _ in range(4):
                    sending.deliver(db.session(), {}, at)
            except Exception as error:
                troubles.append(error)

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    assert set(states()) == {("delivered", 1)}
    assert len({m["Message-ID"] for m in mailbox.got}) == len(mailbox.got) == 12
    for number in range(6):
        own = [m["Subject"] for m in mailbox.got if m["To"] == f"p{number}@example.com"]
        assert own == ["中 one", "中 two"]


def test_an_address_that_is_refused_is_tried_later_and_given_up_and_others_go_on(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    gone, there = persons.add(), persons.add()
    reach(gone, "gone@example.com")
    reach(there, "there@example.com")
    mailbox.refused.add("gone@example.com")
    for person in (gone, there):
        tell(person, clock, "one")
        tell(person, clock, "two")
    run_jobs(clock)
    assert [m["To"] for m in mailbox.got] == ["there@example.com"] * 2
    assert states() == [("waiting", 1), ("waiting", 0), ("delivered", 1), ("delivered", 1)]
    for _ in range(13):
        run_jobs(clock, hours=6)
    assert states()[:2] == [("given_up", 7), ("given_up", 7)]
    assert "no such user" in (db.session.scalars(select(Delivery.answer)).first() or "")


def test_names_cannot_write_headers_or_html(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    organisation(db.session()).name = Localized('A "B" <x@y>,\r\nBcc: all@example.com', "")
    db.session.commit()
    person = persons.add()
    reach(person, "a@example.com")
    evil = "王\r\nBcc: victim@example.com\x00\u2028<script>alert(1)</script> " + "长" * 300
    tell(person, clock, evil)
    run_jobs(clock)
    [got] = mailbox.got
    assert got["Bcc"] is None and got["To"] == "a@example.com"
    assert got["Subject"].startswith("中 王 Bcc: victim@example.com <script>")
    assert len(got["Subject"]) <= 150
    assert [a.addr_spec for a in got["From"].addresses] == ["lms@example.com"]
    html = got.get_body(("html",))
    assert html is not None and "<script" not in html.get_content()


def test_a_link_to_elsewhere_is_not_made(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    person = persons.add()
    reach(person, "a@example.com")
    for url in ("//evil.example", "javascript:alert(1)", ""):
        both = Localized("一", "one")
        notify(db.session(), [person.id], "exam", both, url, clock.now())
    db.session.commit()
    run_jobs(clock)
    assert len(mailbox.got) == 3
    assert not [t for t in mailbox.texts if "evil" in t or "javascript" in t]


def test_not_set_up_yet_messages_wait(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    person = persons.add()
    reach(person, "a@example.com")
    set_up(clock, smtp_host="")
    tell(person, clock)
    run_jobs(clock)
    assert states() == [("waiting", 0)]
    set_up(clock, smtp_host="127.0.0.1")
    run_jobs(clock, minutes=10)
    assert states() == [("delivered", 1)]


def test_who_has_left_is_sent_nothing(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    person = persons.add()
    reach(person, "a@example.com")
    person.left_on = clock.now().date()
    db.session.commit()
    tell(person, clock)
    run_jobs(clock)
    assert states() == [] and mailbox.got == []


def test_the_key_is_stored_before_the_first_try(
    app: Flask, persons: People, clock: SettableClock, mail: None
) -> None:
    person = persons.add()
    reach(person, "a@example.com")
    tell(person, clock)
    sending.spreading.spread(db.session(), ["email"], clock.now())
    db.session.commit()
    assert db.session.scalars(select(Delivery.key)).all() == [None]
    claimed = sending.claim(db.session(), "email", clock.now())
    assert claimed is not None
    assert db.session.scalars(select(Delivery.key)).all() == [claimed.key]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by nobody."""
    made, key = tmp_path / "mail.pem", tmp_path / "mail.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_and_only_to_a_server_that_is_trusted(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None, security: str,
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person = persons.add()
    reach(person, "a@example.com")
    set_up(clock, smtp_security=security)
    mailbox.down()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if security == "tls":
        mailbox.up(ssl_context=context)
    else:
        mailbox.up(tls_context=context, require_starttls=True)
    tell(person, clock)
    run_jobs(clock)
    assert mailbox.got == [] and states() == [("waiting", 0)]
    assert "CERTIFICATE_VERIFY_FAILED" in db.session.get_one(Health, "email").error
    db.session.rollback()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    run_jobs(clock, minutes=6)
    assert len(mailbox.got) == 1


def test_a_server_without_encryption_gets_no_password(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    person = persons.add()
    reach(person, "a@example.com")
    set_up(clock, smtp_security="starttls", smtp_user="lms", smtp_password="secret")
    tell(person, clock)
    run_jobs(clock)
    assert mailbox.got == [] and states() == [("waiting", 0)]
    error = db.session.get_one(Health, "email").error
    assert "STARTTLS" in error and "secret" not in error
