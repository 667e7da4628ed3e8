"""The working calendar: counted, edited, refused."""

from datetime import date

import pytest
from flask import Flask

from lms.audit import OPERATOR, AuditEntry
from lms.clock import SettableClock
from lms.db import db
from lms.errors import DomainError
from lms.people import calendar as calendars
from tests.conftest import Auth, People

THURSDAY = date(2026, 10, 1)


def test_holidays_and_make_up_days_go_before_the_weekday(app: Flask, clock: SettableClock) -> None:
    who = {"actor": OPERATOR, "now": clock.now()}
    span = (THURSDAY, date(2026, 10, 7))
    assert calendars.set_days(db.session(), *span, is_working=False, name="国庆", **who) == 7
    sunday = date(2026, 10, 10)
    calendars.set_days(db.session(), sunday, sunday, is_working=True, name="补班", **who)
    found = calendars.calendar(db.session())
    assert not found.is_working(THURSDAY) and found.is_working(sunday)
    assert found.nth_working_day(date(2026, 9, 30), 1) == date(2026, 9, 30)
    # 8, 9 October, the made-up Saturday the 10th, then Monday.
    days = [found.nth_working_day(date(2026, 9, 30), n) for n in (2, 3, 4, 5)]
    assert days == [date(2026, 10, n) for n in (8, 9, 10, 12)]
    assert calendars.set_days(db.session(), *span, is_working=False, name="国庆", **who) == 0
    calendars.forget(db.session(), sunday, **who)
    db.session.flush()
    assert not calendars.calendar(db.session()).is_working(sunday)


def test_what_would_leave_no_day_to_work_is_refused(app: Flask, clock: SettableClock) -> None:
    who = {"actor": OPERATOR, "now": clock.now()}
    with pytest.raises(DomainError, match="At least one day"):
        calendars.set_rest_days(db.session(), range(1, 8), **who)
    with pytest.raises(DomainError, match="before the first"):
        calendars.set_days(
            db.session(), THURSDAY, date(2026, 9, 1), is_working=False, name="", **who
        )
    with pytest.raises(DomainError, match="At most 61 days"):
        calendars.set_days(
            db.session(), THURSDAY, date(2027, 9, 1), is_working=False, name="", **who
        )
    assert calendars.set_rest_days(db.session(), [7], **who)
    assert not calendars.set_rest_days(db.session(), [7], **who)
    assert calendars.calendar(db.session()).is_working(date(2026, 11, 7))


def test_hr_keeps_it_on_screen(app: Flask, persons: People, auth: Auth) -> None:
    hr = auth.login(persons.add("hr"))
    answer = hr.post(
        "/calendar/days",
        data={"first": "2026-10-01", "last": "2026-10-03", "kind": "holiday", "name": "国庆节"},
    )
    assert (answer.status_code, answer.location) == (303, "/calendar?year=2026")
    page = hr.get(answer.location).text
    assert page.count("国庆节") == 3 and 'class="holiday"' in page
    assert hr.post("/calendar/days/2026-10-02/forget").status_code == 303
    assert hr.get("/calendar?year=2026").text.count("国庆节") == 2
    wrong = hr.post("/calendar/days", data={"first": "2026-10-03", "last": "2026-10-01"})
    assert wrong.status_code == 400 and "The last day is before the first." in wrong.text
    assert 'value="2026-10-03"' in wrong.text
    assert hr.post("/calendar/week", data={"days": ["7"]}).status_code == 303
    assert hr.post("/calendar/week", data={"days": list("1234567")}).status_code == 400
    assert auth.login(persons.add()).get("/calendar").status_code == 403
    db.session.rollback()
    actions = db.session.query(AuditEntry.action).filter(AuditEntry.action.like("calendar.%"))
    assert [action for (action,) in actions] == [
        *("calendar.day", "calendar.forget", "calendar.week"),
    ]
