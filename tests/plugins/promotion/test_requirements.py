"""The optional criteria: each off by default, switched on by its track's policy, said in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import policies
from lms.audit import OPERATOR, Actor
from lms.courses.models import Enrolment, Programme, ProgrammeVersion
from lms.db import Localized, db
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people import services as people
from lms.people.models import Level
from lms.plugins.promotion import records, requirements, verdicts
from lms.plugins.promotion.models import Complaint, Recommendation
from lms.plugins.promotion.policy import FIRST, MANAGER, SENIOR_AGENT, SUPERVISOR, TRACKS
from lms.plugins.promotion.verdicts import Verdict
from lms.plugins.types import CriterionState

WHY = "Steady under pressure, helps others."


@pytest.fixture
def team(both_apps: Flask, persons, year):
    found = [persons.add() for _ in range(5)]
    for month in ("2026-01", "2026-02", "2026-03"):
        year.good(month, [p.id for p in found], *(p.id for p in found[:1]))
    return found


def ask(clock, policy=SENIOR_AGENT, **params: object) -> None:
    current = policies.in_force(db.session(), policy)
    policies.save(
        db.session(), policy, params, base_number=current.number, reason="test", actor=OPERATOR,
        now=clock.now(),
    )  # fmt: skip
    db.session.commit()


def states(person, clock, target: str = FIRST.key) -> dict[str, str]:
    found = requirements.results(db.session(), [person.id], target, 2026, clock.now())
    return {c.code: c.state.value for c in found.get(person.id, [])}


def verdict(person, clock, track=FIRST) -> Verdict:
    check = verdicts.check(
        db.session(), 2026, today=date(2026, 11, 2), now=clock.now(), track=track
    )
    return next(row.verdict for row in check.rows if row.person_id == person.id)


def complete(person, key: str, at: datetime | None) -> None:
    programme = db.session.scalar(select(Programme).where(Programme.key == key))
    if programme is None:
        programme = Programme(key=key, kind="topic")
        programme.versions.append(
            ProgrammeVersion(
                number=1, title=Localized(key), summary=Localized(), due_days=7,
                grants_clearance=False, content_hash="",
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )  # fmt: skip
        db.session.add(programme)
        db.session.flush()
    if at:
        db.session.add(
            Enrolment(
                person_id=person.id, programme_id=programme.id,
                version_id=programme.versions[0].id, starts_on=at.date(), due_on=at.date(),
                status="completed", created_at=at, ended_at=at,
            )
        )  # fmt: skip
    db.session.commit()


def test_each_counts_only_when_asked_for(team, persons, clock) -> None:
    best, other = team[0], team[1]
    boss = persons.add("supervisor", level=Level.SUPERVISOR)
    assert states(best, clock) == {} and verdict(best, clock) == Verdict.ELIGIBLE

    complete(other, "peak", None)
    ask(clock, courses="peak, peak")
    assert states(best, clock) == {"courses": "not_met"} and verdict(best, clock) == "not_yet"
    complete(best, "peak", clock.now())
    assert states(best, clock) == {"courses": "met"} and verdict(best, clock) == "eligible"
    ask(clock, courses="peak nowhere")
    assert states(best, clock) == {"courses": "unknown"} and verdict(best, clock) == "not_yet"

    ask(clock, courses="", skills=True)
    assert states(best, clock) == {"skills": "unknown"}  # no such track here yet
    complete(best, "senior-agent-track", clock.now() + timedelta(days=1))
    assert states(best, clock) == {"skills": "not_met"}  # done after the day asked about
    complete(best, "senior-agent-track", clock.now())
    assert states(best, clock) == {"skills": "met"}

    ask(clock, skills=False, complaint_free=6)
    assert states(best, clock) == {"complaints": "met"}
    for day, level in ((date(2026, 5, 1), 3), (date(2026, 10, 1), 2)):
        record(best, clock, on_day=day, level=level, reference=f"T-{day}")
    assert states(best, clock) == {"complaints": "met"}  # too long ago, and not so grave
    grave = record(best, clock, on_day=date(2026, 5, 3), reference="T-1")
    assert states(best, clock) == {"complaints": "not_met"}
    records.withdraw_complaint(
        db.session(), grave.id, reason="Recorded by mistake.", actor=OPERATOR, now=clock.now()
    )
    assert states(best, clock) == {"complaints": "met"}

    ask(clock, complaint_free=0, recommendation=True)
    assert states(best, clock) == {"recommendation": "not_met"}
    records.recommend(
        db.session(), best, FIRST, 2026, text=WHY, actor=Actor(boss.id), now=clock.now()
    )
    assert states(best, clock) == {"recommendation": "met"}
    assert verdict(best, clock) == "eligible"


def record(person, clock, by: Actor = OPERATOR, **changed: object) -> Complaint:
    fields = {"on_day": date(2026, 10, 1), "level": 3, "reference": "T-0", "note": ""} | changed
    return records.record_complaint(db.session(), person, actor=by, now=clock.now(), **fields)


def test_tenure_counts_whole_months_at_the_level_without_a_break(team, persons, clock) -> None:
    person = team[0]  # hired on 6 January 2025
    ask(clock, tenure=22)
    assert states(person, clock) == {"tenure": "not_met"}
    ask(clock, tenure=21)
    assert states(person, clock) == {"tenure": "met"}
    for day, level in ((date(2026, 3, 1), Level.SENIOR_AGENT), (date(2026, 8, 1), Level.AGENT)):
        people.move(
            db.session(), person, from_day=day, team=person.team, level=level,
            channel=person.channel, actor=OPERATOR, now=clock.now(),
        )  # fmt: skip
    ask(clock, tenure=4)
    assert states(person, clock) == {"tenure": "not_met"}  # three months since the return
    assert requirements.months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert requirements.months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)


def test_the_tracks_above_ask_for_their_own(app: Flask, persons, clock) -> None:
    senior = persons.add(level=Level.SENIOR_AGENT, hired_on=date(2024, 1, 1))
    boss = persons.add("supervisor", level=Level.SUPERVISOR, hired_on=date(2024, 1, 1))
    upwards = TRACKS[Level.MANAGER]
    assert states(senior, clock, Level.SUPERVISOR) == {"skills": "unknown", "tenure": "met"}
    assert verdict(boss, clock, upwards) == Verdict.NOT_YET  # nobody recommends them yet
    records.recommend(
        db.session(), boss, upwards, 2026, text=WHY, actor=Actor(senior.id), now=clock.now()
    )
    assert verdict(boss, clock, upwards) == Verdict.ELIGIBLE
    assert verdict(senior, clock, upwards) == Verdict.NOT_APPLICABLE
    assert policies.in_force(db.session(), SUPERVISOR)["streak"]
    assert not policies.in_force(db.session(), MANAGER)["streak"]


def test_records_are_once_not_about_oneself_and_in_the_past(app: Flask, persons, clock) -> None:
    person, boss = persons.add(), persons.add("supervisor", level=Level.SUPERVISOR)
    record(person, clock)
    with pytest.raises(Conflict):
        record(person, clock)
    with pytest.raises(NotAllowed):
        record(person, clock, by=Actor(person.id), reference="T-2")
    with pytest.raises(DomainError, match="still to come"):
        record(person, clock, on_day=date(2026, 12, 1), reference="T-3")

    def recommend(by):
        return records.recommend(
            db.session(), person, FIRST, 2026, text=WHY, actor=Actor(by.id), now=clock.now()
        )

    given = recommend(boss)
    with pytest.raises(Conflict):
        recommend(boss)
    with pytest.raises(NotAllowed):
        recommend(person)
    with pytest.raises(NotFound):  # somebody else's
        records.take_back(db.session(), given.id, actor=Actor(person.id), now=clock.now())
    records.take_back(db.session(), given.id, actor=Actor(boss.id), now=clock.now())
    assert recommend(boss).id != given.id


def test_records_in_the_browser(app: Flask, persons, clock, auth) -> None:
    person, other = persons.add(), persons.add(team="二组")
    hr = auth.login(persons.add("hr", level=Level.MANAGER))
    boss = auth.login(persons.add("supervisor", level=Level.SUPERVISOR))
    sent = {"on_day": "2026-10-01", "level": "3", "reference": "T-9", "note": "refund"}
    url = f"/promotion/{person.id}"
    assert "Enter the number" in hr.post(f"{url}/complaints", data=sent | {"reference": ""}).text
    hr.post(f"{url}/complaints", data=sent)
    again = hr.post(f"{url}/complaints", data=sent, follow_redirects=True)
    assert "recorded already" in again.text and "T-9" in again.text
    assert boss.post(f"{url}/complaints", data=sent).status_code == 403
    assert boss.post(f"/promotion/{other.id}/recommend", data={"reason": WHY}).status_code == 403
    done = boss.post(f"{url}/recommend?year=2026", data={"reason": WHY}, follow_redirects=True)
    assert "in the dossier" in done.text and WHY in hr.get(url).text
    mine = auth.login(person)
    own = mine.get(url).text
    assert WHY in own and "T-9" in own and "Record an upheld" not in own
    assert mine.post(f"{url}/recommend", data={"reason": WHY}).status_code == 403
    complaint = db.session.scalars(select(Complaint)).one()
    given = db.session.scalars(select(Recommendation)).one()
    db.session.rollback()
    assert boss.post(f"/promotion/recommendations/{given.id}/withdraw").status_code == 302
    back = f"/promotion/complaints/{complaint.id}/withdraw"
    assert "at least 10" in hr.post(back, data={"reason": "short"}).text
    assert hr.post(back, data={"reason": "Of somebody else."}).status_code == 302
    assert WHY not in hr.get(url).text
    assert CriterionState.MET == "met"
