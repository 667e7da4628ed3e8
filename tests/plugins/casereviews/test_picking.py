"""Picking a case for teams: what is offered, what is refused, nothing half-done."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import Actor
from lms.cases.models import DrillRun
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.people.services import team_named
from lms.plugins.casereviews import picking, voting
from lms.plugins.casereviews.models import Review
from tests.cases import kit
from tests.conftest import Auth, People
from tests.plugins.casereviews.conftest import MONDAY, OPTIONS, Week


def form(week: Week, *teams: int, **fields: object) -> dict[str, object]:
    filled = {
        "week": "2026-W45", "teams": list(teams or (week.supervisor.team_id,)),
        "options-0-zh": "先道歉", "options-1-en": "Look it up",
    }  # fmt: skip
    return {**filled, **fields}


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Review.id))) or 0


def test_several_teams_at_once_by_a_trainer(
    app: Flask, auth: Auth, week: Week, persons: People
) -> None:
    trainer = persons.add("trainer", team="培训组", level="manager")
    second = persons.add(team="二组")
    url = f"/case-reviews/pick/{week.version.case_id}"
    client = auth.login(trainer)
    teams = (week.supervisor.team_id, second.team_id)
    assert client.post(url, data=form(week, *teams)).status_code == 303
    db.session.rollback()
    made = db.session.scalars(select(Review).order_by(Review.id)).all()
    assert {review.team_id for review in made} == set(teams)
    assert made[0].options == [{"zh": "先道歉", "en": ""}, {"zh": "", "en": "Look it up"}]
    assert client.post(url, data=form(week, *teams)).status_code == 400  # pressed twice
    assert count() == 2
    board = client.get("/case-reviews/teams").text
    assert board.count("0 of 4 voted") == 1 and "0 of 1 voted" in board


def test_a_supervisor_picks_for_their_own_team_alone(
    app: Flask, auth: Auth, week: Week, persons: People
) -> None:
    other = persons.add(team="二组").team_id
    url = f"/case-reviews/pick/{week.version.case_id}"
    answer = auth.login(week.supervisor).post(url, data=form(week, other))
    assert answer.status_code == 400
    assert auth.login(week.members[0]).get(url).status_code == 403
    assert count() == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"options-1-en": ""}, "two to four options"),
        ({"options-1-zh": "先道歉", "options-1-en": ""}, "Two options are the same"),
        ({"teams": []}, "at least one team"),
    ],
)
def test_refusals_keep_what_was_typed(
    app: Flask, auth: Auth, week: Week, fields: dict[str, object], said: str
) -> None:
    url = f"/case-reviews/pick/{week.version.case_id}"
    answer = auth.login(week.supervisor).post(url, data=form(week, **fields))
    assert answer.status_code == 400
    assert said in answer.text and "先道歉" in answer.text
    assert count() == 0


def test_two_cases_a_week_and_no_case_twice(both_apps: Flask, week: Week) -> None:
    week.pick()
    with pytest.raises(Conflict, match="this case"):
        week.pick()
    now = week.clock.now()
    assert week.pick(version=kit.published_case(now)).slot == 2
    with pytest.raises(Conflict, match="two cases"):
        week.pick(version=kit.published_case(now))
    with pytest.raises(DomainError, match="over"):
        week.pick(MONDAY - timedelta(weeks=1))


def test_all_teams_or_none(app: Flask, week: Week) -> None:
    week.pick()
    second = team_named(db.session(), "二组")
    assert second is not None
    db.session.commit()
    with pytest.raises(Conflict):
        picking.pick(
            db.session(), week.version.case_id, [second.id, week.supervisor.team_id or 0], MONDAY,
            Localized("？", "?"), OPTIONS, actor=Actor(week.supervisor.id), now=week.clock.now(),
        )  # fmt: skip
    assert count() == 1


def test_what_is_offered_first(both_apps: Flask, week: Week) -> None:
    session, now = db.session(), week.clock.now()
    drill = kit.drill(now)
    session.flush()
    failed_case = drill.case_version.case_id
    session.add(
        DrillRun(
            drill_id=drill.id, person_id=week.members[0].id, rubric_id=drill.rubric_id,
            pass_mark=70, first_reply_seconds=10, locale="en", state="scored", started_at=now,
            scored_at=now - timedelta(days=3), score=4000, passed=False,
        )
    )  # fmt: skip
    never = kit.published_case(now)
    failure = kit.published_case(now, outcome="failure")
    week.pick()
    offered = picking.suggestions(session, [week.supervisor.team_id or 0], now)
    by_outcome = [(one.version.outcome, one.version.case_id, one.failed) for one in offered]
    assert by_outcome == [
        ("failure", failure.case_id, 0),
        ("success", failed_case, 1),
        ("success", never.case_id, 0),
        ("success", week.version.case_id, 0),
    ]
    assert offered[-1].last == MONDAY
    elsewhere = team_named(session, "二组")
    assert elsewhere is not None
    assert all(not one.failed for one in picking.suggestions(session, [elsewhere.id], now))


def test_search_and_options_from_the_handling(app: Flask, auth: Auth, week: Week) -> None:
    client = auth.login(week.supervisor)
    assert "Late parcel" in client.get("/case-reviews/pick").text
    assert "Late parcel" in client.get("/case-reviews/pick?q=parcel").text
    assert "No case found" in client.get("/case-reviews/pick?q=zebra").text
    page = client.get(f"/case-reviews/pick/{week.version.case_id}?from=handling").text
    assert 'value="真实处理"' in page and 'value="REALLY DONE"' in page
    assert client.get("/case-reviews/pick/9999").status_code == 404


def test_a_pick_is_withdrawn_until_somebody_votes(app: Flask, auth: Auth, week: Week) -> None:
    boss = auth.login(week.supervisor)
    first = week.pick().id
    assert boss.post(f"/case-reviews/{first}/withdraw").status_code == 303
    assert count() == 0
    review = week.pick()
    voting.cast(db.session(), review, week.members[0], 0, week.clock.now())
    db.session.commit()
    assert boss.post(f"/case-reviews/{review.id}/withdraw").status_code == 409
    assert count() == 1


def test_the_history_goes_as_a_file(app: Flask, auth: Auth, week: Week) -> None:
    week.pick()
    text = auth.login(week.supervisor).get("/case-reviews?format=csv").get_data(as_text=True)
    assert "2026-W45" in text and "Late parcel" in text
    assert auth.login(week.members[0]).get("/case-reviews?format=csv").status_code == 403
