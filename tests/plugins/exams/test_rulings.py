"""A bad question: full points for everybody, or out of the total; whom that reaches, and whom a
regrade may not harm."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select

from lms.appeals import services as appeals
from lms.audit import OPERATOR, Actor
from lms.db import db
from lms.people.models import Notification
from lms.plugins.exams.correcting import appealing, regrading
from lms.plugins.exams.correcting.plans import Way, plan
from lms.plugins.exams.figures import training_figures
from lms.plugins.exams.models import Attempt, Grant, Mark, Question, Ruling
from lms.plugins.exams.papers import grants
from lms.plugins.exams.statistics.figures import analysis
from tests.plugins.exams.conftest import World, question
from tests.plugins.exams.test_correcting import NOVEMBER, REASON
from tests.plugins.exams.test_marking import give, queued, sat, take
from tests.plugins.exams.written_kit import CASE, SHORT, responses, with_types

FOUR = [question(n) for n in (1, 2, 3, 4)]


def sit(world: World, right: set[str], person: object = None) -> Attempt:
    """Open, with every choice answered; `right`: keys of the questions."""
    person = person or world.persons.add()
    client = world.client(person)
    attempt = world.start(client, person)
    for key, response in by_key(attempt).items():
        if response.version.type == "single":
            chosen = world.shown(attempt, response.position, right=key in right)
            world.give(client, attempt, response.position, chosen, 5)
    return world.again(attempt)


def by_key(attempt: Attempt) -> dict[str, object]:
    from lms.plugins.exams.attempts import questions

    return {r.version.question.key: r for r in questions(db.session(), attempt.id)}


def handed_in(world: World, right: set[str]) -> Attempt:
    return close(world, sit(world, right))


def close(world: World, attempt: Attempt) -> Attempt:
    world.client(attempt.person).post(f"/exams/attempts/{attempt.id}/submit")
    return world.again(attempt)


def asked(world: World, key: str) -> Question:
    return db.session.scalars(
        select(Question).where(Question.key == key, Question.bank_id == world.exam.bank_id)
    ).one()


def rule(world: World, key: str, ruling: Ruling | None, *, only_better: bool = True) -> int:
    found = asked(world, key)
    count = regrading.apply(
        db.session(), found, Way(found.current_number, ruling), only_better=only_better,
        reason=REASON, actor=Actor(world.persons.add("trainer").id), now=world.clock.now(),
    )  # fmt: skip
    db.session.commit()
    return count


def test_full_points_for_everybody_with_the_list_of_who_changes_first(world: World) -> None:
    with_types(world, FOUR)
    wrong, right = handed_in(world, {"q-2", "q-3", "q-4"}), handed_in(world, {"q-1"})
    still = sit(world, set())
    path = f"/exams/questions/{asked(world, 'q-1').id}/regrade"
    trainer = world.client(world.persons.add("trainer"))
    page = trainer.get(f"{path}?way=full").text
    assert f'/exams/attempts/{wrong.id}/result"' in page
    assert "Passed after all" in page
    assert f'/exams/attempts/{right.id}/result"' not in page  # had it
    assert world.again(wrong).score == 7500
    db.session.rollback()
    assert trainer.post(f"{path}?way=nobody").status_code == 404
    done = trainer.post(f"{path}?way=full", data={"only_better": "y", "reason": REASON})
    assert done.status_code == 303
    assert (world.again(wrong).score, wrong.passed) == (10000, True)
    assert world.again(right).score == 2500
    assert close(world, still).score == 2500  # nothing right, but for this
    world.clock.advance(minutes=1)
    later = handed_in(world, set())  # begun afterwards: told by the key
    assert later.score == 0
    told = select(Notification.text).where(Notification.person_id == wrong.person_id)
    assert any("full points" in text.en for text in db.session.scalars(told))
    page = world.client(wrong.person).get(f"/exams/attempts/{wrong.id}/review").text
    assert "Full points for everybody" in page
    # By the key again.
    assert rule(world, "q-1", None, only_better=False) == 2
    assert (world.again(wrong).score, world.again(still).score) == (7500, 0)


def test_out_of_the_total_and_nobody_loses(world: World) -> None:
    with_types(world, FOUR)
    wrong, right = handed_in(world, {"q-2", "q-3"}), handed_in(world, {"q-1", "q-2"})
    open_wrong, open_right = sit(world, {"q-2"}), sit(world, {"q-1"})
    assert rule(world, "q-1", Ruling.OUT) == 1
    assert (world.again(wrong).score, world.again(right).score) == (6667, 5000)
    # The same holds for what was sat then and is handed in afterwards.
    assert (close(world, open_wrong).score, close(world, open_right).score) == (3333, 2500)
    page = world.client(wrong.person).get(f"/exams/attempts/{wrong.id}/review").text
    assert "Does not count" in page
    page = world.client(wrong.person).get(f"/exams/attempts/{wrong.id}/result").text
    assert "2 of 3 right" in page
    mistakes = world.client(wrong.person).get("/exams/mistakes").text
    assert "Stem 4" in mistakes
    assert "Stem 1" not in mistakes
    assert rule(world, "q-1", Ruling.OUT, only_better=False) == 2
    assert (world.again(right).score, world.again(open_right).score) == (3333, 0)


def test_what_is_out_waits_for_no_marker(world: World) -> None:
    with_types(world, [question(1), SHORT])
    person, marker = world.persons.add(), world.persons.add("trainer")
    attempt = sit(world, {"q-1"}, person)
    place = responses(attempt)["short_answer"].position
    form = {f"s{place}": "7", f"a{place}": "Because."}
    world.client(person).post(f"/exams/attempts/{attempt.id}/answers", data=form)
    attempt = close(world, attempt)
    mark = take(world, marker)
    assert attempt.score is None
    assert rule(world, "t-short", Ruling.OUT) == 1
    client = world.client(marker)
    for do in ("draft", "submit"):
        sent = client.post(f"/exams/marking/{mark.id}", data={"points-0": "90", "do": do})
        assert "needs no marking" in client.get(sent.location).text
    db.session.rollback()
    assert (world.again(attempt).score, world.again(attempt).passed) == (10000, True)
    assert db.session.get_one(Mark, mark.id).superseded_at is not None
    assert queued(world, marker) == 0
    told = select(Notification.text).where(Notification.person_id == person.id)
    assert any("has been marked" in text.en for text in db.session.scalars(told))


def test_a_correction_gives_time_to_appeal_only_against_what_changed(world: World) -> None:
    with_types(world, FOUR)
    attempt = handed_in(world, {"q-2"})
    places = {key: each.position for key, each in by_key(attempt).items()}
    world.clock.advance(days=8)  # the window has closed
    rule(world, "q-4", Ruling.OUT)
    rule(world, "q-4", None, only_better=False)
    page = world.client(attempt.person).get(f"/exams/attempts/{attempt.id}/review").text
    assert page.count("/appeals/new") == 1
    subject = appealing.subject_id(attempt.id, places["q-4"])
    assert f"exams.answer/{subject}" in page or f"subject_id={subject}" in page
    session, now = db.session(), world.clock.now()
    for key, is_open in (("q-3", False), ("q-4", True)):
        found = appealing.ANSWER.find(session, appealing.subject_id(attempt.id, places[key]))
        about = appeals.standing(
            session, appealing.KIND, 0, attempt.person_id, final_at=found.final_at, now=now
        )
        assert about.is_open is is_open


def test_nobody_loses_by_a_key_also_who_hands_in_afterwards(world: World) -> None:
    with_types(world, [question(1)])
    winner, loser = sit(world, {"q-1"}), sit(world, set())
    was_right, new_key = responses(winner)["single"].answer, responses(loser)["single"].answer
    done = handed_in(world, {"q-1"})
    with_types(world, [question(1, answer=[new_key[0] + 1])])
    world.exam.count = 1
    other = world.persons.add()
    client = world.client(other)
    changed = world.start(client, other)
    assert was_right != new_key
    db.session.rollback()
    # One is there whose result rises, so that the key is put to answers at all.
    assert close(world, loser).score == 0
    assert rule(world, "q-1", None) == 1
    assert (world.again(loser).score, world.again(done).score) == (10000, 10000)
    assert close(world, winner).score == 10000
    assert changed.score is None


def test_two_who_give_time_at_once_lose_none_of_it(postgres_app: Flask, make_world: object) -> None:
    world: World = make_world(postgres_app)
    attempt = world.start(world.client())
    begun_with, now, exam_id = attempt.deadline, world.clock.now(), world.exam.id
    person_id = world.learner.id
    db.session.rollback()

    def give_time(minutes: int) -> None:
        with postgres_app.app_context():
            grants.add_time(
                db.session(), exam_id, person_id, minutes, reason="x", actor=OPERATOR, now=now
            )
            db.session.commit()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(give_time, (10, 25)))
    given = db.session.scalars(select(Grant.minutes).order_by(Grant.id)).all()
    assert sorted(given) == [10, 25]
    gained = world.again(attempt).deadline - begun_with
    assert gained.total_seconds() == 60 * given[-1]


def test_a_ruling_that_was_taken_back_is_so_for_those_who_sit_too(world: World) -> None:
    with_types(world, FOUR)
    wrong, right = handed_in(world, {"q-2"}), handed_in(world, {"q-1"})
    still, late = sit(world, {"q-2"}), sit(world, {"q-2"})
    rule(world, "q-1", Ruling.FULL)
    assert by_key(right)["q-1"].ruling == Ruling.FULL  # earned, and yet it says nothing any more
    assert close(world, still).score == 5000
    assert rule(world, "q-1", None, only_better=False) == 2
    assert [world.again(a).score for a in (wrong, right, still)] == [2500, 2500, 2500]
    assert by_key(right)["q-1"].ruling is None
    assert close(world, late).score == 2500
    assert by_key(late)["q-1"].ruling is None


def test_a_ruling_about_an_earlier_wording_is_taken_back(world: World) -> None:
    with_types(world, [*FOUR, SHORT])
    world.exam.count = 5
    wrong, still = handed_in(world, {"q-2"}), sit(world, {"q-1"})
    rule(world, "q-1", Ruling.OUT)
    rule(world, "t-short", Ruling.FULL)
    assert world.again(wrong).score == 5000  # q-2 and what is in words, of four
    other = {"en": "Another question"}
    with_types(world, [question(1, stem=other), *FOUR[1:], {**SHORT, "stem": other}])
    page = f"/exams/questions/{asked(world, 'q-1').id}/regrade"
    assert "Who changes" in world.client(world.persons.add("trainer")).get(page).text
    db.session.rollback()
    assert rule(world, "q-1", None, only_better=False) == 1
    assert world.again(wrong).score == 4000
    assert by_key(wrong)["q-1"].key is None
    assert close(world, still).score == 4000
    found = asked(world, "t-short")
    assert plan(db.session(), found, Way(found.current_number)).changes == []


def test_the_measures_leave_a_question_that_was_ruled_on_to_nobody(world: World) -> None:
    with_types(world, FOUR)
    for right in ({"q-1", "q-2"}, {"q-2"}, {"q-1"}, set()):
        handed_in(world, right)

    def measured() -> set[str]:
        found = analysis(db.session(), world.exam.id)
        return {item.version.question.key for item in found.items}

    for key, ruling in (("q-1", Ruling.FULL), ("q-2", Ruling.OUT)):
        assert key in measured()
        rule(world, key, ruling)  # those who had it right keep what they have
        assert key not in measured()


def test_full_points_for_everybody_are_no_mark_of_a_case_analysis(world: World) -> None:
    with_types(world, [CASE])
    marker = world.persons.add("trainer")
    for points in ((40, 60), (40, 30), None):
        sat(world, world.persons.add())
        if points:
            give(world, take(world, marker), *points)

    def marks() -> list[float]:
        found = training_figures(db.session(), NOVEMBER, world.clock.now())
        return sorted(f.value for f in found if f.metric == "case_analysis")

    assert marks() == [70.0, 100.0]
    rule(world, "t-case", Ruling.FULL)
    assert marks() == []
