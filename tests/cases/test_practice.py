"""A low criterion leaves the very case to practise, once; and one query says what comes next."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.appeals import services as appeals
from lms.cases import runs, scoring
from lms.cases.models import DrillRun
from lms.cases.practice import reading
from lms.cases.practice.models import PracticeItem
from lms.cases.practice.policy import PRACTICE
from lms.cases.practice.reading import Next
from lms.cases.scoring import Marks
from lms.clock import SettableClock
from lms.db import db
from lms.people.models import Clearance, Notification
from tests.cases import kit
from tests.cases.scoring.kit import FAIR, POOR, Desk
from tests.conftest import Auth, People
from tests.counting import statements


@pytest.fixture
def desk(app: Flask, persons: People, clock: SettableClock) -> Desk:
    return Desk(persons, clock)


def items(person_id: int) -> list[PracticeItem]:
    return reading.of_person(db.session(), person_id)


def next_for(run: DrillRun) -> Next | None:
    return reading.next_practice(db.session(), run.person_id, "online")


def solo(desk: Desk, drill_id: int, person_id: int) -> DrillRun:
    session, now = db.session(), desk.clock.now()
    run = runs.start(session, drill_id, person_id, locale="zh", now=now)
    runs.say(session, run.id, person_id, "抱歉", client_key="b", now=now)
    return runs.finish(session, run.id, person_id, now=now)


def test_a_low_criterion_assigns_the_case_until_it_is_practised(desk: Desk) -> None:
    run = desk.rated(desk.run(), (desk.raters(1)[0], POOR))
    (item,) = items(run.person_id)
    assert (item.drill_id, item.is_open) == (run.drill_id, True)
    assert item.reasons == [{"key": "empathy", "zh": "心情", "en": "Feelings", "level": 1.0}]
    told = db.session.scalars(select(Notification).where(Notification.kind == "drill.scored")).one()
    assert "practice drill" in told.text.en and "练习" in told.text.zh

    again = desk.rated(desk.run(run.drill, run.person_id), (desk.raters(1)[0], POOR))
    found = items(run.person_id)  # handing in the second was practice; its low score asks anew
    assert [(i.is_open, i.run_id) for i in found] == [(True, again.id), (False, run.id)]

    solo(desk, run.drill_id, run.person_id)
    assert not any(i.is_open for i in items(run.person_id))


def test_one_drill_is_not_assigned_twice_and_a_good_score_assigns_nothing(desk: Desk) -> None:
    drill, rater = kit.drill(desk.clock.now()), desk.raters(1)[0]
    first = desk.run(drill)
    second = desk.run(drill, first.person_id)
    desk.rated(first, (rater, POOR))
    desk.rated(second, (rater, POOR))
    assert [i.run_id for i in items(first.person_id)] == [first.id]
    fine = desk.rated(desk.run(), (rater, FAIR))
    assert items(fine.person_id) == []


def test_a_critical_error_is_a_reason_whatever_the_levels(desk: Desk) -> None:
    leaked = Marks({"empathy": 5, "facts": 5}, critical=["data-leak"], comment="read the address")
    run = desk.rated(desk.run(), (desk.raters(1)[0], leaked))
    (item,) = items(run.person_id)
    assert item.reasons == [{"key": "data-leak", "zh": "泄露", "en": "Leaked data"}]


def test_the_policy_switches_it_off(desk: Desk) -> None:
    desk.policy(PRACTICE, assign=False)
    run = desk.rated(desk.run(), (desk.raters(1)[0], POOR))
    assert items(run.person_id) == []


def test_a_better_score_withdraws_it_and_an_appeal_holds_it(desk: Desk) -> None:
    rater = desk.raters(1)[0]
    run = desk.rated(desk.run(), (rater, POOR))
    appeals.file(
        db.session(), "drill", run.id, "I did say sorry", person_id=run.person_id,
        now=desk.clock.now(),
    )  # fmt: skip
    db.session.commit()
    assert items(run.person_id) != [] and next_for(run) is None

    other = desk.rated(desk.run(), (rater, POOR))
    scoring.amend(db.session(), other.id, FAIR, "misread", actor=rater, now=desk.clock.now())
    db.session.commit()
    assert items(other.person_id) == []
    worse = Marks({"empathy": 4, "facts": 1}, {"facts": "Invented"}, comment="on second thoughts")
    scoring.amend(db.session(), other.id, worse, "again", actor=rater, now=desk.clock.now())
    db.session.commit()
    assert [r["key"] for i in items(other.person_id) for r in i.reasons] == ["facts"]


def test_a_drill_without_a_script_leads_to_a_scripted_one_of_the_case(desk: Desk) -> None:
    live, solo_drill = kit.drill(desk.clock.now()), kit.drill(desk.clock.now())
    far = kit.drill(desk.clock.now())
    live.script, solo_drill.case_version_id = [], live.case_version_id
    far.rubric_id = live.rubric_id
    db.session.commit()
    run = desk.rated(desk.run(live), (desk.raters(1)[0], POOR))
    assert [i.drill_id for i in items(run.person_id)] == [solo_drill.id]


@pytest.mark.usefixtures("both_apps")
def test_the_cases_own_drill_comes_first_however_many_others_there_are(
    persons: People, clock: SettableClock
) -> None:
    desk = Desk(persons, clock)
    live, own = kit.drill(clock.now()), kit.drill(clock.now())
    live.script, own.case_version_id = [], live.case_version_id
    others = [kit.drill(clock.now()) for _ in range(51)]
    for other in others:
        other.rubric_id, other.case_version_id = live.rubric_id, others[0].case_version_id
    others[-1].script = []
    db.session.commit()
    run = desk.rated(desk.run(live), (desk.raters(1)[0], POOR))
    assert [i.drill_id for i in items(run.person_id)] == [own.id]

    gone = live.case_version.case
    gone.archived_at = clock.now()
    db.session.commit()
    run = desk.rated(desk.run(live), (desk.raters(1)[0], POOR))
    assert [i.drill_id for i in items(run.person_id)] == [others[-2].id]


@pytest.mark.usefixtures("both_apps")
def test_next_is_what_is_assigned_then_the_weakest_then_untried(
    clock: SettableClock, persons: People
) -> None:
    desk = Desk(persons, clock)
    phone = kit.drill(clock.now())
    phone.case_version_id = kit.published_case(clock.now(), channel="phone").id
    run = desk.rated(desk.run(), (desk.raters(1)[0], POOR))
    person_id = run.person_id
    with statements() as sent:
        found = reading.next_practice(db.session(), person_id, "online")
    assert len(sent) == 1 and found is not None
    assert (found.why, found.drill_id, found.reasons[0]["key"]) == (
        "assigned", run.drill_id, "empathy",
    )  # fmt: skip

    clock.advance(days=1)
    solo(desk, run.drill_id, run.person_id)
    found = next_for(run)
    assert found is not None
    assert (found.why, found.drill_id, found.reasons[0]["level"], found.is_other) == (
        "weakest", run.drill_id, 1, False,
    )  # fmt: skip

    alike = kit.drill(clock.now())
    alike.rubric_id = run.rubric_id
    db.session.commit()
    found = next_for(run)
    assert found is not None and (found.drill_id, found.is_other) == (alike.id, True)

    newcomer = persons.add()
    found = reading.next_practice(db.session(), newcomer.id, "online")
    assert found is not None and found.why == "untried"
    assert reading.next_practice(db.session(), newcomer.id, "email") is None


def test_the_pages_say_what_to_practise_and_why(desk: Desk, auth: Auth) -> None:
    run = desk.rated(desk.run(), (desk.raters(1)[0], POOR))
    now = desk.clock.now()
    db.session.add(
        Clearance(person_id=run.person_id, from_day=now.date(), source="history", granted_at=now)
    )
    db.session.commit()
    client = auth.login(run.person)
    home = client.get("/").text
    assert "What should I practise next?" in home and "Feelings · level 1 of 5" in home
    assert f'action="/drills/{run.drill_id}/start"' in home
    page = client.get(f"/drills/runs/{run.id}/result").text
    assert "Practice for this: The late parcel" in page
    db.session.rollback()
    solo(desk, run.drill_id, run.person_id)
    db.session.commit()
    assert "Done on Nov 2, 2026" in client.get("/practice").text
    assert "Practised since" in client.get(f"/drills/runs/{run.id}/result").text
