"""The vote comes before everything else, once, and gives nobody away."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.db import db
from lms.errors import Conflict, NotAllowed
from lms.people.models import Notification
from lms.plugins.casereviews import telling, voting, weeks
from lms.plugins.casereviews.models import Review, Vote
from lms.plugins.casereviews.policy import REVIEWS
from lms.policies import save
from tests.conftest import Auth, People
from tests.plugins.casereviews.conftest import MONDAY, Week

SECRETS = ("REALLY DONE", "HOW IT ENDED", "- LESSON", "Went well", "Checking", "what I think")


def vote_of(client: object, review_id: int, option: int) -> object:
    return client.post(f"/case-reviews/{review_id}/vote", data={"option": option})  # type: ignore[attr-defined]


def test_nothing_of_the_discussion_is_sent_before_the_vote(
    app: Flask, auth: Auth, week: Week
) -> None:
    review_id = week.pick().id
    boss = auth.login(week.supervisor)
    boss.post(f"/case-reviews/{review_id}/comments", data={"text": "what I think", "form_key": "k"})
    member = auth.login(week.members[0])
    before = member.get(f"/case-reviews/{review_id}").text
    assert "Apologise first" in before
    assert [secret for secret in SECRETS if secret in before] == []
    assert "Where is it" in before  # the customer's first words
    said = member.post(f"/case-reviews/{review_id}/comments", data={"text": "x", "form_key": "k"})
    assert said.status_code == 403
    assert vote_of(member, review_id, 1).status_code == 303
    after = member.get(f"/case-reviews/{review_id}").text
    for shown in ("REALLY DONE", "HOW IT ENDED", "Went well", "what I think", "Your vote"):
        assert shown in after


def test_a_vote_is_cast_once(both_apps: Flask, week: Week) -> None:
    review, session, now = week.pick(), db.session(), week.clock.now()
    first = voting.cast(session, review, week.members[0], 1, now)
    assert voting.cast(session, review, week.members[0], 1, now).id == first.id
    with pytest.raises(Conflict, match="voted already"):
        voting.cast(session, review, week.members[0], 0, now)
    session.commit()
    assert session.scalar(select(func.count(Vote.id))) == 1


def test_a_second_choice_says_so_and_changes_nothing(app: Flask, auth: Auth, week: Week) -> None:
    review_id = week.pick().id
    client = auth.login(week.members[0])
    vote_of(client, review_id, 0)
    answer = client.post(
        f"/case-reviews/{review_id}/vote", data={"option": 1}, follow_redirects=True
    )
    assert "You have voted already" in answer.text
    assert db.session.scalars(select(Vote.option)).all() == [0]


@pytest.mark.parametrize("typed", [{}, {"option": "9"}, {"option": "x"}])
def test_no_choice_is_asked_for_beside_the_options(
    app: Flask, auth: Auth, week: Week, typed: dict[str, str]
) -> None:
    review_id = week.pick().id
    answer = auth.login(week.members[0]).post(f"/case-reviews/{review_id}/vote", data=typed)
    assert answer.status_code == 400
    assert "option-error" in answer.text
    assert db.session.scalar(select(func.count(Vote.id))) == 0


def test_who_runs_it_does_not_vote(app: Flask, week: Week) -> None:
    with pytest.raises(NotAllowed):
        voting.cast(db.session(), week.pick(), week.supervisor, 0, week.clock.now())


def test_votes_are_taken_in_the_organisations_week(app: Flask, week: Week) -> None:
    review, now = week.pick(), week.clock.now()
    sunday_night = now + timedelta(days=6, hours=13, minutes=59)  # 23:59 in Shanghai
    assert voting.state_of(review, sunday_night) is voting.State.OPEN
    monday = sunday_night + timedelta(minutes=1)
    assert voting.state_of(review, monday) is voting.State.ENDED
    with pytest.raises(Conflict, match="does not take votes"):
        voting.cast(db.session(), review, week.members[0], 0, monday)
    assert voting.sees_discussion(review, week.members[0], False, monday)


def test_few_votes_are_not_broken_down(app: Flask, auth: Auth, week: Week) -> None:
    review_id = week.pick().id
    clients = [auth.login(member) for member in week.members]
    for client in clients[:2]:
        vote_of(client, review_id, 0)
    page = clients[0].get(f"/case-reviews/{review_id}").text
    assert "from 3 votes on" in page and "100%" not in page
    vote_of(clients[2], review_id, 1)
    page = clients[0].get(f"/case-reviews/{review_id}").text
    assert "2 votes · 67%" in page and "1 vote · 33%" in page
    assert "3 of 4 voted" in page


def test_names_only_where_the_policy_says_so(
    app: Flask, auth: Auth, week: Week, clock: SettableClock
) -> None:
    review_id = week.pick().id
    clients = [auth.login(member) for member in week.members]
    for client in clients[1:]:
        vote_of(client, review_id, 0)
    vote_of(clients[0], review_id, 1)
    others = week.members[2].name
    assert others not in clients[0].get(f"/case-reviews/{review_id}").text
    db.session.rollback()
    save(
        db.session(), REVIEWS, {"names_votes": True}, base_number=0, reason="open team",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    assert others in clients[0].get(f"/case-reviews/{review_id}").text


def test_other_teams_know_nothing_of_it(
    app: Flask, auth: Auth, week: Week, persons: People
) -> None:
    review_id = week.pick().id
    seen = {
        name: auth.login(person).get(f"/case-reviews/{review_id}").status_code
        for name, person in {
            "other agent": persons.add(team="二组"),
            "other supervisor": persons.add("supervisor", team="二组", level="supervisor"),
            "HR": persons.add("hr", team="二组", level="manager"),
            "trainer": persons.add("trainer", team="二组", level="manager"),
            "own supervisor": week.supervisor,
        }.items()
    }
    assert seen == {
        "other agent": 404, "other supervisor": 404, "HR": 404, "trainer": 200,
        "own supervisor": 200,
    }  # fmt: skip
    outsider = auth.login(persons.add(team="二组"))
    assert "No case was picked yet" in outsider.get("/case-reviews").text


def test_notices_at_the_opening_and_before_the_end(both_apps: Flask, week: Week) -> None:
    session, now = db.session(), week.clock.now()
    following = weeks.following(MONDAY)
    review = week.pick(following)
    told = select(Notification.person_id).where(Notification.kind.like(f"{telling.KIND}%"))

    def tick(**after: float) -> int:
        telling.tell(session, {}, now + timedelta(**after))
        session.commit()
        return len(session.scalars(told).all())

    assert tick(days=1) == 0
    assert tick(days=6, hours=15) == 0  # Monday, one in the morning
    assert tick(days=7) == 4
    assert tick(days=7, hours=1) == 4
    voting.cast(session, review, week.members[0], 0, now + timedelta(days=8))
    assert tick(days=10) == 4
    assert tick(days=11) == 7  # Friday: the three who have not voted
    assert tick(days=12) == 7


def test_weeks_by_iso(app: Flask) -> None:
    assert weeks.parse("2026-W53") == date(2026, 12, 28)
    assert weeks.code(date(2027, 1, 3)) == "2026-W53"
    assert [
        weeks.parse(bad) for bad in ("2025-W53", "2026-W00", "2026", "x-W1", "２０２６-W01")
    ] == [None] * 5


def test_the_start_page_asks_until_one_has_voted(app: Flask, auth: Auth, week: Week) -> None:
    review_id = week.pick().id
    client = auth.login(week.members[0])
    assert "Vote now" in client.get("/").text
    vote_of(client, review_id, 0)
    assert "Vote now" not in client.get("/").text
    assert "To the discussion" in client.get("/more").text
    assert "Vote now" not in auth.login(week.supervisor).get("/").text
    assert db.session.scalar(select(Review.told_at)) is not None
