"""The supervisors' digest: what it says, to whom, and when, whatever the clocks do."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from sqlalchemy import func, select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.courses.models import Enrolment, Programme, Step, StepState
from lms.courses.services import enrol, set_step_state
from lms.db import db
from lms.people.models import Person
from lms.people.organisation import organisation
from lms.people.privacy import erase_person
from lms.plugins.messaging import preferences
from lms.plugins.messaging.digest_job import last_due, send_digests
from lms.plugins.messaging.models import Delivery, Digest
from tests.conftest import People
from tests.courses.conftest import Documents, lesson, signoff
from tests.plugins.messaging.conftest import Mailbox, plain, reach, run_jobs

SHANGHAI = ZoneInfo("Asia/Shanghai")
Begin = Callable[..., Enrolment]


@pytest.fixture
def begin(tmp_path: Path, clock: SettableClock) -> Begin:
    """Enrols somebody in a week of a lesson and a sign-off."""
    documents = Documents(tmp_path / "programmes", clock)
    documents.programme("onboarding", [[lesson("one"), signoff("two")]])

    def enrolled(person: Person, starts: date) -> Enrolment:
        documents.load()
        programme = db.session.scalars(select(Programme)).one()
        made = enrol(
            db.session(), person.id, programme.id, starts_on=starts, actor=OPERATOR,
            now=clock.now(),
        )  # fmt: skip
        db.session.commit()
        return made

    return enrolled


def choose(person: Person, rhythm: str, clock: SettableClock) -> None:
    preferences.save_rhythm(db.session(), person.id, rhythm, clock.now())
    db.session.commit()


def test_what_it_says(
    both_apps: Flask, persons: People, clock: SettableClock, mailbox: Mailbox,
    set_up_mail: Callable[[], None], begin: Begin,
) -> None:  # fmt: skip
    set_up_mail()
    boss = persons.add("supervisor", level="supervisor")
    boss.locale = "en"
    reach(boss, "boss@example.com")
    late, stuck, asks, other = (persons.add(name=n) for n in ("晚", "卡", "签", "别队"))
    new = persons.add(name="新", hired_on=date(2026, 11, 4))
    other.team_id = None
    begin(late, date(2026, 10, 20))
    begin(stuck, date(2026, 10, 31))
    begin(other, date(2026, 10, 20))
    sheet = begin(asks, date(2026, 11, 1))
    steps = {step.kind: step.id for step in db.session.scalars(select(Step))}
    for kind, state in (("lesson", StepState.COMPLETED), ("signoff", StepState.SUBMITTED)):
        set_step_state(db.session(), sheet.id, steps[kind], state, now=clock.now())
    choose(boss, "daily", clock)
    erased = late.staff_no
    run_jobs(clock, hours=70)  # 08:00 on the Thursday
    for _ in range(3):
        send_digests(db.session(), {}, clock.now())
    run_jobs(clock)
    [mail] = mailbox.got
    assert mail["Subject"] == (
        "Your team: Overdue 1 · Stuck 1 · To sign off 1 · Due within a week 1 · New hires 1"
    )
    text = plain(mail)
    assert f"Overdue (1)\n- 晚 ({erased}): “onboarding”, 10 days overdue\n" in text
    assert f"Stuck (1)\n- 卡 ({stuck.staff_no}): “onboarding”, nothing since 2026-11-02\n" in text
    assert f"To sign off (1)\n- 签 ({asks.staff_no}): “two”\n" in text
    assert f"New hires (1)\n- 新 ({new.staff_no}): started or starts on 2026-11-04\n" in text
    assert "别队" not in text
    assert "https://lms.example.com/progress\n" in text
    assert db.session.scalars(select(Delivery.content)).all() == [{}], "names are not kept"


def test_with_nothing_to_say_there_is_no_mail(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None
) -> None:
    boss = persons.add("supervisor")
    persons.add()
    reach(boss, "boss@example.com")
    run_jobs(clock, days=8)
    assert mailbox.got == []
    assert db.session.scalar(select(func.count(Digest.id))) == 1


def test_who_gets_it_and_how_often(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None, begin: Begin
) -> None:
    daily, weekly, never, agent = (
        persons.add(*roles) for roles in (["supervisor"], ["supervisor"], ["supervisor"], [])
    )
    for person in (daily, weekly, never, agent):
        reach(person, f"{person.staff_no}@example.com".lower())
    choose(daily, "daily", clock)
    choose(never, "off", clock)
    begin(agent, date(2026, 10, 20))
    db.session.rollback()
    run_jobs(clock)
    assert mailbox.got == [], "what fell due before is not made up for"
    clock.at = datetime(2026, 11, 3, 0, 1, tzinfo=UTC)  # a Tuesday, 08:01 in Shanghai
    for _ in range(7 * 24 * 2):
        clock.advance(minutes=30)
        send_digests(db.session(), {}, clock.now())
    run_jobs(clock)
    to = [mail["To"].partition("@")[0].upper() for mail in mailbox.got]
    assert to.count(daily.staff_no) == 8 and to.count(weekly.staff_no) == 1
    assert len(to) == 9


def test_of_whom_was_erased_nothing_is_said(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, mail: None, begin: Begin
) -> None:
    boss, gone, late = persons.add("supervisor"), persons.add(name="走"), persons.add(name="晚")
    reach(boss, "boss@example.com")
    choose(boss, "daily", clock)
    for person in (gone, late):
        begin(person, date(2026, 10, 20))
    clock.advance(days=1)
    send_digests(db.session(), {}, clock.now())
    gone.left_on = clock.now().date()
    erase_person(db.session(), gone, reason="asked", actor=OPERATOR, now=clock.now())
    db.session.commit()
    run_jobs(clock)
    [text] = mailbox.texts
    assert "晚" in text and "走" not in text and "erased" not in text and "–" not in text


@pytest.mark.parametrize(
    ("zone", "hour", "asked", "day", "due"),
    [
        # Berlin puts its clocks on at 02:00 on 29 March 2026: that 02:00 is 03:00 there.
        ("Europe/Berlin", 2, "2026-03-29T00:59", "2026-03-28", "2026-03-28T01:00"),
        ("Europe/Berlin", 2, "2026-03-29T01:00", "2026-03-29", "2026-03-29T01:00"),
        ("Europe/Berlin", 8, "2026-03-29T06:00", "2026-03-29", "2026-03-29T06:00"),
        ("Europe/Berlin", 8, "2026-03-28T07:00", "2026-03-28", "2026-03-28T07:00"),
        # And back at 03:00 on 25 October: 02:00 comes twice, and the first counts.
        ("Europe/Berlin", 2, "2026-10-25T00:00", "2026-10-25", "2026-10-25T00:00"),
        ("Europe/Berlin", 2, "2026-10-25T01:30", "2026-10-25", "2026-10-25T00:00"),
        ("Asia/Shanghai", 8, "2026-11-01T23:59", "2026-11-01", "2026-11-01T00:00"),
        ("Asia/Shanghai", 0, "2026-11-01T16:00", "2026-11-02", "2026-11-01T16:00"),
    ],
)  # fmt: skip
def test_the_hour_is_local(zone: str, hour: int, asked: str, day: str, due: str) -> None:
    found = last_due(datetime.fromisoformat(asked).replace(tzinfo=UTC), ZoneInfo(zone), hour)
    assert found == (
        date.fromisoformat(day), datetime.fromisoformat(due).replace(tzinfo=UTC)
    )  # fmt: skip


def test_the_weekly_one_has_its_day() -> None:
    wednesday = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert last_due(wednesday, SHANGHAI, 8, 1)[0] == date(2026, 11, 2)
    assert last_due(wednesday, SHANGHAI, 8, 3)[0] == date(2026, 11, 4)
    assert last_due(wednesday, SHANGHAI, 8, 4)[0] == date(2026, 10, 29)


@pytest.mark.parametrize("start", ["2026-03-27", "2026-10-23"])
def test_one_a_day_across_a_change_of_the_clocks(
    app: Flask, persons: People, clock: SettableClock, mailbox: Mailbox, begin: Begin,
    set_up_mail: Callable[[], None], start: str,
) -> None:  # fmt: skip
    clock.at = datetime.fromisoformat(start).replace(hour=12, tzinfo=UTC)
    organisation(db.session()).timezone = "Europe/Berlin"
    db.session.commit()
    g.pop("zone", None)
    set_up_mail()
    boss, late = persons.add("supervisor"), persons.add()
    reach(boss, "boss@example.com", since=clock.now())
    choose(boss, "daily", clock)
    begin(late, clock.now().date() - timedelta(days=20))
    for _ in range(4 * 24 * 2):
        clock.advance(minutes=30)
        send_digests(db.session(), {}, clock.now())
    days = db.session.scalars(select(Digest.for_day).order_by(Digest.for_day)).all()
    first = date.fromisoformat(start)
    assert days == [first + timedelta(days=n) for n in range(1, 5)]
    zone = ZoneInfo("Europe/Berlin")
    made = db.session.scalars(select(Digest.made_at)).all()
    assert {at.astimezone(zone).hour for at in made} == {8}
