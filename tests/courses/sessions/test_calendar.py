"""The calendar feed, read by a real parser; its address is a secret that can be taken back."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.courses.services import cancel_enrolment
from lms.courses.sessions import address, attendance, planning
from lms.courses.sessions.models import Attendance, AttendanceState, CalendarFeed
from lms.db import Localized, db
from lms.people.models import Person
from lms.people.organisation import organisation
from lms.people.privacy import erase_person
from tests.conftest import Auth

from .conftest import AFTERNOON, Hall, a_plan


def made(hall: Hall, person: Person) -> str:
    token = address.renew(db.session(), person.id, actor=OPERATOR, now=hall.clock.now())
    db.session.commit()
    return f"/calendar/{token}.ics"


def events(client: FlaskClient, url: str) -> dict[str, Any]:
    """By the part of the UID that says what it is."""
    answer = client.get(url)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    parsed = Calendar.from_ical(answer.data)
    found = {str(event["uid"]).split("@")[0]: event for event in parsed.walk("VEVENT")}
    db.session.rollback()
    return found


def test_sessions_and_due_dates(hall: Hall, client: FlaskClient) -> None:
    ann, bob = hall.learner(name="安"), hall.learner()
    one = hall.plan(for_step=True, place="三号会议室", link="https://meet.example/1", capacity=1)
    two = hall.plan(starts_at=AFTERNOON.replace(day=9), facilitator=ann.staff_no)
    hall.book(one, ann)
    hall.book(one, bob)
    url, his = made(hall, ann), made(hall, bob)
    found = events(client, url)
    booked = found[f"session-{one.id}"]
    assert booked["dtstart"].dt == AFTERNOON and booked["dtend"].dt == one.ends_at
    assert booked["summary"] == "旺季分享" and booked["location"] == "三号会议室"
    assert booked["description"] == "https://meet.example/1" and booked["status"] == "CONFIRMED"
    assert booked["url"].endswith(f"/sessions/{one.id}")
    assert found[f"session-{two.id}"]["status"] == "CONFIRMED"  # leads it
    due = found[f"enrolment-{hall.enrolments[ann.id].id}"]
    assert due["dtstart"].dt == date(2026, 12, 1) and due["dtend"].dt == date(2026, 12, 2)
    assert due["summary"] == "截止：topic中" and due["transp"] == "TRANSPARENT"
    waits = events(client, his)[f"session-{one.id}"]
    assert waits["status"] == "TENTATIVE" and "meet.example" not in str(waits)
    ann.locale = "en"
    db.session.commit()
    assert events(client, url)[f"session-{one.id}"]["summary"] == "Peak talk"


def test_every_change_raises_the_sequence_and_keeps_the_uid(
    hall: Hall, client: FlaskClient
) -> None:
    ann = hall.persons.add()
    planned = hall.plan()
    hall.book(planned, ann)
    url = made(hall, ann)
    seen = []

    def look() -> None:
        event = events(client, url)[f"session-{planned.id}"]
        seen.append((event["sequence"], event["last-modified"].dt, str(event["status"])))
        assert event["uid"] == uid

    uid = events(client, url)[f"session-{planned.id}"]["uid"]
    look()
    for act in ("change", "leave", "book", "cancel"):
        hall.clock.advance(minutes=1)
        if act == "change":
            change = a_plan(starts_at=AFTERNOON.replace(hour=8))
            now = hall.clock.now()
            planning.change(db.session(), planned.id, change, actor=OPERATOR, now=now)
        elif act == "cancel":
            now = hall.clock.now()
            planning.cancel(db.session(), planned.id, "ill", actor=OPERATOR, now=now)
        else:
            getattr(hall, act)(planned, ann)
        db.session.commit()
        look()
    assert [status for *_, status in seen] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED",
    ]  # fmt: skip
    for column in (0, 1):
        values = [row[column] for row in seen]
        assert values == sorted(set(values))


@pytest.mark.parametrize("day", [24, 26])  # summer time ends on Sunday the 25th
def test_the_hour_on_the_wall_is_right_on_both_sides_of_summer_time(
    hall: Hall, auth: Auth, day: int
) -> None:
    organisation(db.session()).timezone = "Europe/Berlin"
    db.session.commit()
    hall.at(datetime(2026, 10, 1, tzinfo=UTC))
    trainer = hall.persons.add("trainer")
    client = auth.login(trainer)
    form = {
        "target": "open", "title_en": "Talk", "starts_at": f"2026-10-{day}T09:00",
        "minutes": "60", "facilitator": trainer.staff_no,
    }  # fmt: skip
    assert client.post("/sessions/new", data=form).status_code == 303
    (event,) = events(client, made(hall, trainer)).values()
    local = event["dtstart"].dt.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.hour, local.minute, local.day) == (9, 0, day)
    assert event["dtstart"].dt.astimezone(UTC).hour == (7 if day == 24 else 8)


def test_cancelled_courses_are_called_off_and_completed_ones_gone(
    hall: Hall, client: FlaskClient
) -> None:
    ann = hall.learner()
    url, enrolment = made(hall, ann), hall.enrolments[ann.id]
    first = events(client, url)[f"enrolment-{enrolment.id}"]
    cancel_enrolment(db.session(), enrolment.id, reason="", actor=OPERATOR, now=hall.clock.now())
    db.session.commit()
    off = events(client, url)[f"enrolment-{enrolment.id}"]
    assert off["status"] == "CANCELLED" and off["sequence"] > first["sequence"]
    hall.clock.advance(days=91)
    assert events(client, url) == {}


def test_the_address_is_shown_once_renewed_and_switched_off(hall: Hall, auth: Auth) -> None:
    ann = hall.persons.add()
    client = auth.login(ann)
    assert "Make the address" in client.get("/me/calendar").text

    def renewed() -> str:
        client.post("/me/calendar")
        page = client.get("/me/calendar").text
        url = page.split('id="address" value="http://localhost')[1].split('"')[0]
        assert "webcal://localhost" in page and "webcal://" not in client.get("/me/calendar").text
        db.session.rollback()
        return url

    first = renewed()
    stranger = hall.persons.add()
    reader = auth.app.test_client()  # no session at all: calendar programs do not sign in
    assert reader.get(first).status_code == 200
    second = renewed()
    assert reader.get(first).status_code == 404 and reader.get(second).status_code == 200
    db.session.rollback()
    kept = db.session.get_one(CalendarFeed, ann.id)
    assert len(kept.token_hash) == 64 and kept.token_hash not in second
    ann.left_on = date(2026, 11, 1)
    db.session.commit()
    assert reader.get(second).status_code == 404
    db.session.rollback()
    ann.left_on = None
    db.session.commit()
    assert reader.get(second).status_code == 200
    db.session.rollback()
    client.post("/me/calendar/stop")
    client.post("/me/calendar/stop")
    assert reader.get(second).status_code == 404
    logged = select(func.count(AuditEntry.id)).where(AuditEntry.action.startswith("calendar."))
    assert db.session.scalar(logged) == 3
    assert stranger.id != ann.id


@pytest.mark.parametrize("token", ["x", "a" * 43, "..", "%00", "啊", "1", "x" * 4000])
def test_a_guessed_address_is_a_page_that_is_not_there(
    hall: Hall, client: FlaskClient, token: str
) -> None:
    made(hall, hall.persons.add())
    answer, nothing = client.get(f"/calendar/{token}.ics"), client.get("/no/such/page")
    assert answer.status_code == nothing.status_code == 404
    said = [re.findall(r"<h1>.*?</main>", page.text, re.S) for page in (answer, nothing)]
    first, second = (re.sub(r"[0-9a-f]{12}", "request", page[0]) for page in said)
    assert first == second


def test_somebody_erased_has_no_calendar(hall: Hall, client: FlaskClient) -> None:
    ann = hall.persons.add()
    place = hall.book(hall.plan(), ann)
    url, now = made(hall, ann), hall.at(AFTERNOON)
    attendance.record(
        db.session(), place.id, AttendanceState.ABSENT, reason="ill, says Ann", actor=OPERATOR,
        now=now,
    )  # fmt: skip
    ann.left_on = date(2026, 11, 4)
    erase_person(db.session(), ann, reason="asked", actor=OPERATOR, now=now)
    db.session.commit()
    assert client.get(url).status_code == 404
    assert db.session.scalars(select(CalendarFeed)).all() == []
    assert db.session.scalars(select(Attendance.reason)).all() == [""]


def test_unchanged_is_not_sent_again(hall: Hall, client: FlaskClient) -> None:
    ann = hall.persons.add()
    hall.book(hall.plan(), ann)
    url = made(hall, ann)
    tag = client.get(url).headers["ETag"]
    hall.clock.advance(hours=1)
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    db.session.rollback()
    hall.book(hall.plan(title=Localized("x", "y")), ann)
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_what_people_type_stays_text(hall: Hall, client: FlaskClient) -> None:
    ann = hall.persons.add()
    nasty = "a;b,c\\n\nEND:VEVENT\r\nBEGIN:VEVENT " + "长" * 120
    planned = hall.plan(title=Localized(nasty, nasty), place=nasty)
    hall.book(planned, ann)
    found = events(client, made(hall, ann))
    assert list(found) == [f"session-{planned.id}"]
    assert str(found[f"session-{planned.id}"]["location"]).replace("\r\n", "\n") == nasty.replace(
        "\r\n", "\n"
    )
