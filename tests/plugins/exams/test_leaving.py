"""Leaving the page, more time meanwhile, and a question that changes under an open attempt."""

from sqlalchemy import func, select

from lms.db import db
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.models import Leaving, Question
from tests.conftest import NOW
from tests.plugins.exams.conftest import COUNT, MINUTES, World, question


def test_leaving_is_counted_for_examiners_alone(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    where = f"/exams/attempts/{attempt.id}"

    def seen(state: str) -> None:
        db.session.rollback()
        assert client.post(f"{where}/seen", data={"where": state}).status_code == 204

    for away in (10, 1, 50):  # a second is a page that was loaded again
        seen("away")
        seen("away")
        world.clock.advance(seconds=away)
        seen("back")
        seen("back")
    other = world.client(world.persons.add())
    assert other.post(f"{where}/seen", data={"where": "away"}).status_code == 404
    seen("away")
    world.clock.advance(seconds=40)
    client.post(f"{where}/submit")
    seen("away")
    assert db.session.scalar(select(func.count(Leaving.id))) == 3
    assert "The page was left" not in client.get(f"{where}/result").text
    page = world.client(world.persons.add("trainer")).get(f"{where}/result").text
    assert "The page was left 3 times" in page
    assert "100 seconds in all, 50 at the longest" in page


def test_a_page_that_thinks_it_is_over_does_not_end_an_attempt_with_more_time(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    world.clock.advance(minutes=MINUTES, seconds=1)
    trainer = world.client(world.persons.add("trainer"))
    data = {"staff_no": world.learner.staff_no, "minutes": "5", "reason": "alarm", "do": "time"}
    where = f"/exams/attempts/{attempt.id}/submit"
    world.clock.advance(seconds=-2)
    trainer.post("/exams/theory/people", data=data)
    world.clock.advance(seconds=2)
    assert client.post(where, data={"over": "1"}).location.endswith(f"/attempts/{attempt.id}")
    assert world.again(attempt).submitted_at is None
    world.clock.advance(minutes=5)
    assert client.post(where, data={"over": "1"}).location.endswith("/result")
    assert world.again(attempt).is_automatic


def test_a_question_edited_or_withdrawn_meanwhile_counts_as_it_was_asked(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    before = client.get(f"/exams/attempts/{attempt.id}?view=all").text
    chosen = {n: world.shown(attempt, n) for n in range(1, COUNT + 1)}
    edited = [question(n, answer=[4]) for n in range(1, 7)]
    document = {"bank": "handbook", "title": {"zh": "手册", "en": "Handbook"}, "questions": edited}
    assert load_bank(db.session(), document, "handbook.yaml", NOW) == 6
    for each in db.session.scalars(select(Question)):
        each.withdrawn_at = NOW
    db.session.commit()
    after = client.get(f"/exams/attempts/{attempt.id}?view=all").text
    assert after.count("Stem") == before.count("Stem")
    for position, options in chosen.items():
        assert world.give(client, attempt, position, options, 10).status_code == 200
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert world.again(attempt).score == 10000


def test_a_device_whose_clock_is_wrong_by_a_day_takes_over_and_goes_on(world: World) -> None:
    """Its numbers are a day ahead; the other device's page, loaded again, goes on from there."""
    client, day = world.client(), 86_400_000
    attempt = world.start(client)
    first, second = world.shown(attempt, 1), world.shown(attempt, 1, right=False)
    world.give(client, attempt, 1, second, day + 5)
    assert world.give(client, attempt, 1, first, 10).json["older"] == [1]
    page = client.get(f"/exams/attempts/{attempt.id}?q=1").text
    assert f'name="s1" value="{day + 5}"' in page
    assert world.give(client, attempt, 1, first, day + 6).json["older"] == []
    assert world.stored(attempt, 1).sequence == day + 6
