"""A major version: whom it asks, from when a clearance rests, and when it holds again."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import policies
from lms.audit import OPERATOR
from lms.clock import Month
from lms.courses import queries, single
from lms.courses.deadlines import extensions
from lms.courses.deltas.preview import preview
from lms.courses.deltas.publishing import publish
from lms.courses.dumping import dump_programmes
from lms.courses.models import EnrolmentStatus, Programme, ProgrammeVersion
from lms.db import db
from lms.errors import DomainError
from lms.people import notices
from lms.people.clearance import (
    grant_clearance,
    override_clearance,
    revoke_clearance,
)
from lms.people.models import Clearance, ClearanceGate, Leave, Person
from lms.results.scoring_people import roster
from lms.results.scoring_policy import SCORING
from tests.clearances import clearance_on
from tests.conftest import Auth, People
from tests.courses.conftest import Documents, lesson

from .conftest import Site

TODAY = date(2026, 11, 2)
DUE = date(2026, 11, 9)
FROM = date(2026, 11, 10)


def not_ranked(month: Month, person: Person) -> str | None:
    """As the month's close finds it."""
    counted = roster(month, policies.in_force(db.session(), SCORING)).subquery()
    found = select(counted.c.not_ranked).where(counted.c.person_id == person.id)
    return db.session.scalars(found).one()


def everybody(persons: People, site: Site) -> dict[str, Person]:
    """One of each kind: only `old` was cleared by the version that is left behind."""
    found = {name: persons.add() for name in ("old", "history", "override", "hire", "gone")}
    site.cleared(found["old"])
    site.cleared(found["gone"]).left_on = TODAY
    grant_clearance(
        db.session(), found["history"].id, source="history", from_day=TODAY, actor=OPERATOR,
        now=site.clock.now(),
    )  # fmt: skip
    override_clearance(
        db.session(), found["override"], today=TODAY, until=FROM, reason="a peak, in writing",
        actor=OPERATOR, now=site.clock.now(),
    )  # fmt: skip
    db.session.commit()
    return found


def test_only_those_cleared_by_the_older_version_are_asked(site: Site, persons: People) -> None:
    found = everybody(persons, site)
    programme = db.session.scalars(select(Programme)).one()
    before = preview(db.session(), programme.id, 2, 7, TODAY)
    assert (before.count, before.due_on, before.from_day) == (1, DUE, FROM)
    assert [(p.name, p.from_day) for p in before.people] == [(found["old"].name, FROM)]
    site.publish()
    site.school.complete(site.school.enrol(found["hire"]))  # begins the new one
    site.later(days=8)
    assert {name: site.holds(person, FROM) for name, person in found.items()} == {
        "old": False, "history": True, "override": True, "hire": True, "gone": True,
    }  # fmt: skip
    assert [name for name, person in found.items() if site.delta_of(person)] == ["old"]
    delta = site.delta_of(found["old"])
    assert delta is not None and (delta.due_on, delta.starts_on) == (DUE, TODAY)
    steps = queries.one(db.session(), delta.id, TODAY).steps
    assert [step.step.key for step in steps] == ["two"]
    # It is no choice of its own, and goes into no file.
    assert [c.programme_id for c in single.choices(db.session())] == [programme.id]


def test_done_in_time_it_never_rests(site: Site, persons: People, heard: list[str]) -> None:
    person = site.cleared(persons.add())
    site.publish()
    assert notices.latest(db.session(), person.id)[0].kind == "clearance.delta"
    site.later(days=7, hours=13, minutes=59)  # 23:59 of the last day in Shanghai
    site.do_delta(person)
    site.later(minutes=2)
    site.later(days=30)
    assert all(site.holds(person, TODAY + timedelta(days=n)) for n in range(60))
    assert heard == []


def test_done_late_it_rests_until_then_and_a_past_month_reads_the_same(
    site: Site, persons: People, heard: list[str]
) -> None:
    boss = persons.add("supervisor")
    person, other = site.cleared(persons.add()), site.cleared(persons.add())
    site.publish()
    site.later(days=7, hours=13, minutes=59)
    assert site.holds(person, DUE) and heard == []
    site.later(minutes=1)
    assert not site.holds(person, FROM) and heard == ["ClearanceGated"] * 2
    told = notices.latest(db.session(), boss.id)[0].text.en
    assert told == f"{person.name} and 1 more may not take customers: update not done"
    site.later(minutes=1)
    assert len(heard) == 2  # told once

    site.later(days=25)  # 5 December
    site.do_delta(person)
    assert heard[2:] == ["ClearanceReopened"]
    assert site.holds(person, date(2026, 12, 5)) and not site.holds(other, date(2026, 12, 5))
    # What held on a past day does not change by what was done since: nor does a month's close.
    assert site.holds(person, DUE)
    for day in (FROM, date(2026, 12, 1), date(2026, 12, 4)):
        assert not site.holds(person, day)
    reasons = [not_ranked(Month.parse(m), person) for m in ("2026-11", "2026-12", "2027-01")]
    assert reasons == ["not_cleared", "not_cleared", None]  # cleared on 2 November, not on the 1st


def test_a_version_of_the_same_major_asks_nobody_and_twice_is_once(
    lite: Site, persons: People
) -> None:
    person = lite.cleared(persons.add())
    lite.publish()
    version = db.session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.major == 2)).one()
    assert publish(db.session(), version, actor=OPERATOR, now=lite.clock.now()) == 0
    lite.publish(title={"zh": "改了一个错字", "en": "A slip mended"})
    assert db.session.scalar(select(func.count(ProgrammeVersion.id))) == 4  # and the delta
    assert db.session.scalar(select(func.count(ClearanceGate.id))) == 1
    # The next major one asks again, those who did the delta as well.
    lite.do_delta(person)
    lite.publish(3, delta={"steps": ["one"], "due_days": 1})
    assert db.session.scalar(select(func.count(ClearanceGate.id))) == 2


def test_a_first_version_and_one_without_a_delta_ask_nobody(
    lite: Site, persons: People, documents: Documents
) -> None:
    delta = {"steps": ["x"], "due_days": 3}
    documents.programme("fresh", [[lesson("x")]], major=4, delta=delta)
    documents.load()
    lite.cleared(persons.add())
    lite.publish(delta=None)
    assert db.session.scalar(select(func.count(ClearanceGate.id))) == 0


def test_who_is_cleared_by_the_older_version_afterwards_is_asked_then(
    site: Site, persons: People
) -> None:
    early, late = persons.add(), persons.add()
    goes = [site.school.enrol(person) for person in (early, late)]
    site.publish()
    site.school.complete(goes[0])  # in time for the day on which it takes effect for all
    first = site.delta_of(early)
    assert first is not None and first.due_on == DUE
    site.later(days=20)
    site.school.complete(goes[1])
    second = site.delta_of(late)
    assert second is not None and second.due_on == date(2026, 11, 23)  # a whole day at least
    assert site.holds(late, date(2026, 11, 23)) and not site.holds(late, date(2026, 11, 24))


def test_who_completes_the_new_version_has_done_with_the_delta(
    lite: Site, persons: People, heard: list[str]
) -> None:
    person = lite.cleared(persons.add())
    lite.publish()
    lite.later(days=9)
    assert not lite.holds(person, FROM)
    lite.school.complete(lite.school.enrol(person))  # as recertification would
    delta = lite.delta_of(person)
    assert delta is not None and delta.status == EnrolmentStatus.CANCELLED
    assert lite.holds(person, date(2026, 11, 11)) and heard[-1] == "ClearanceReopened"
    assert db.session.scalar(select(func.count(Clearance.id))) == 1


def test_an_override_lets_somebody_work_meanwhile(lite: Site, persons: People) -> None:
    person = lite.cleared(persons.add())
    lite.publish()
    lite.later(days=9)
    today, until = date(2026, 11, 11), date(2026, 11, 12)
    override_clearance(
        db.session(), person, today=today, until=until, reason="a peak, in writing",
        actor=OPERATOR, now=lite.clock.now(),
    )  # fmt: skip
    assert lite.holds(person, until) and not lite.holds(person, until + timedelta(days=1))
    # What rests is revoked with the rest, and comes back with no delta.
    revoke_clearance(
        db.session(), person, today=today, reason="a written reason", actor=OPERATOR,
        now=lite.clock.now(),
    )  # fmt: skip
    db.session.commit()
    lite.do_delta(person)
    assert not lite.holds(person, today)


def test_one_channel_revoked_while_it_rests_still_rests(lite: Site, persons: People) -> None:
    person = lite.cleared(persons.add())
    lite.publish()
    lite.later(days=9)
    revoke_clearance(
        db.session(), person, today=date(2026, 11, 11), channels=["phone"],
        reason="a written reason", actor=OPERATOR, now=lite.clock.now(),
    )  # fmt: skip
    assert not lite.holds(person, date(2026, 11, 11))
    lite.do_delta(person)
    held = clearance_on(db.session(), person.id, date(2026, 11, 11))
    assert held is not None and held.channels == "online,email"
    assert not lite.holds(person, FROM)


def test_on_leave_it_begins_on_the_first_day_back(
    site: Site, persons: People, heard: list[str]
) -> None:
    known, told_late = site.cleared(persons.add()), site.cleared(persons.add())
    for first, last in ((8, 11), (12, 14)):
        db.session.add(
            Leave(person_id=known.id, first_day=date(2026, 11, first),
                  last_day=date(2026, 11, last))
        )  # fmt: skip
    db.session.commit()
    site.publish()
    delta = site.delta_of(known)
    assert delta is not None and delta.due_on == date(2026, 11, 14)
    db.session.add(Leave(person_id=told_late.id, first_day=FROM, last_day=FROM))
    db.session.commit()
    site.later(days=8)
    assert heard == [] and site.holds(known, FROM) and site.holds(told_late, FROM)
    site.later(days=1)
    assert heard == ["ClearanceGated"] and not site.holds(told_late, date(2026, 11, 11))
    site.later(days=4)
    assert heard == ["ClearanceGated"] * 2 and not site.holds(known, date(2026, 11, 15))
    assert site.holds(known, date(2026, 11, 14))


def test_a_clock_that_goes_back_undoes_nothing(
    lite: Site, persons: People, heard: list[str]
) -> None:
    person = lite.cleared(persons.add())
    lite.publish()
    lite.later(days=8)
    assert heard == ["ClearanceGated"]
    lite.later(days=-2)
    lite.publish()  # the same once more
    lite.do_delta(person)
    assert heard == ["ClearanceGated", "ClearanceReopened"]
    gate = db.session.scalars(select(ClearanceGate)).one()
    assert (gate.from_day, gate.until_day) == (FROM, FROM)
    lite.later(days=4)
    assert lite.holds(person, FROM) and len(heard) == 2


def test_it_is_neither_put_off_nor_cancelled(lite: Site, persons: People) -> None:
    person = lite.cleared(persons.add())
    lite.publish()
    delta = lite.delta_of(person)
    assert delta is not None
    with pytest.raises(DomainError, match="no more time"):
        extensions.ask(
            db.session(), delta.id, person.id, wanted_on=FROM, reason="a good reason",
            today=TODAY, now=lite.clock.now(),
        )  # fmt: skip
    with pytest.raises(DomainError, match="done, not cancelled"):
        single.cancel(
            db.session(), delta.id, reason="a good reason", actor=OPERATOR, now=lite.clock.now()
        )


def test_the_fields_go_out_as_they_came_in(lite: Site, persons: People, tmp_path: Path) -> None:
    lite.cleared(persons.add())
    lite.publish(clears_for=["phone", "online"])
    first, second = tmp_path / "one", tmp_path / "two"
    assert dump_programmes(db.session(), first) == 1
    text = (first / "onboarding" / "programme.yaml").read_text("utf-8")
    assert "major: 2" in text and "due_days: 7" in text and "clears_for: [phone, online]" in text
    lite.documents.folder = first
    assert lite.documents.load() == 0
    dump_programmes(db.session(), second)
    assert text == (second / "onboarding" / "programme.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"delta": {"steps": ["nine"], "due_days": 3}}, "delta.steps: This must be one of one"),
        ({"delta": {"steps": ["two", "two"], "due_days": 3}}, "delta.steps: This must be a list"),
        ({"delta": {"steps": ["two"], "due_days": 0}}, "delta.due_days: This must be a whole"),
        ({"delta": {"steps": ["two"], "due_days": 3, "by": 1}}, "delta.by: There is no such"),
        ({"delta": "two"}, "delta: This must be a mapping"),
        ({"major": 1}, "delta: Only a major version"),
        ({"major": 0}, "major: This must be a whole number, 1 or more"),
        ({"grants_clearance": False, "delta": None}, "major: Only a programme that clears"),
        ({"kind": "delta"}, "kind: This must be one of onboarding"),
        ({"clears_for": ["fax"]}, "clears_for: This must be one of online, phone, email"),
        ({"clears_for": []}, "clears_for: This must be a list"),
    ],
)
def test_what_is_wrong_is_named(lite: Site, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(DomainError) as error:
        lite.publish(**fields)
    assert message in str(error.value)


def test_the_pages_say_so(lite: Site, persons: People, auth: Auth) -> None:
    person = lite.cleared(persons.add())
    hr, me = auth.login(persons.add("hr")), auth.login(person)
    lite.publish()
    assert "do it by" in me.get("/").get_data(as_text=True)
    assert person.name in hr.get("/people?state=update").get_data(as_text=True)
    db.session.rollback()
    lite.later(days=8)
    home = me.get("/").get_data(as_text=True)
    assert "Your clearance rests" in home and "Ask your supervisor which course" not in home
    page = hr.get(f"/people/{person.id}").get_data(as_text=True)
    assert "Update due" in page and "Assign onboarding" not in page
    assert "Update due" in hr.get(f"/people?q={person.staff_no}").get_data(as_text=True)
    delta = lite.delta_of(person)
    assert delta is not None
    course = me.get(f"/courses/{delta.id}").get_data(as_text=True)
    assert "rests until this is done" in course and "Ask for more time" not in course
    db.session.rollback()
    lite.do_delta(person)
    assert "Cleared for duty" in hr.get(f"/people/{person.id}").get_data(as_text=True)


def test_loading_says_whom_it_asks_and_a_dry_run_asks_nobody(
    lite: Site, app: Flask, persons: People, capsys: pytest.CaptureFixture[str]
) -> None:
    from lms.cli import run

    person = lite.cleared(persons.add())
    delta = {"steps": ["two"], "due_days": 7}
    lite.documents.write(lite.document | {"major": 2, "delta": delta})
    folder = str(lite.documents.folder.parent)
    assert run(app, ["content", "load", folder, "--dry-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("onboarding, version 2: 1 people do its delta; if not done, their")
    assert said[1:] == [f"  {person.staff_no} {person.name} 2026-11-10", "1 documents would change"]
    assert lite.delta_of(person) is None
    db.session.rollback()
    assert run(app, ["content", "load", folder]) == 0
    assert lite.delta_of(person) is not None
