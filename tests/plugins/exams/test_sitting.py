"""Sitting an exam in the browser: start, save, reload, hand in, run out of time."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import OPERATOR, AuditEntry
from lms.courses.models import StepProgress
from lms.db import db
from lms.jobs import drain
from lms.people.models import Notification
from lms.people.privacy import export_person
from lms.plugins.exams.models import Attempt, Response
from lms.plugins.registry import all_jobs
from tests.plugins.exams.conftest import COUNT, MINUTES, World, counted


def test_rules_before_start(world: World) -> None:
    page = world.client().get(world.step_url()).text
    assert "Start the exam" in page
    for told in (f"{COUNT}", "30 minutes", "80%", "as many as it takes"):
        assert told in page


def test_start_draws_a_paper_and_a_second_click_opens_the_same(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    first, second = world.start(client), world.start(client)
    assert first.id == second.id
    positions = db.session.scalars(
        select(Response.position).where(Response.attempt_id == first.id).order_by(Response.position)
    )
    assert list(positions) == list(range(1, COUNT + 1))
    assert first.deadline - first.started_at == timedelta(minutes=MINUTES)


def test_answers_survive_a_reload(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    for position in (1, 2):
        chosen = world.shown(attempt, position)
        answer = world.give(client, attempt, position, chosen, 5)
        assert answer.json["older"] == []
        page = client.get(f"/exams/attempts/{attempt.id}?q={position}").text
        checked = re.findall(rf'name="a{position}" value="(\d+)" checked', page)
        assert [int(c) for c in checked] == sorted(chosen)
    everything = client.get(f"/exams/attempts/{attempt.id}?view=all").text
    assert everything.count("data-question=") == COUNT
    assert '<b id="exam-answered">2</b>' in everything


def test_an_older_save_never_replaces_a_newer_one(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    newer, older = world.shown(attempt, 1), world.shown(attempt, 1, right=False)
    world.give(client, attempt, 1, newer, 20)
    late = world.give(client, attempt, 1, older, 10)
    assert late.json["older"] == [1]
    kept = world.stored(attempt, 1)
    assert [kept.option_order.index(n) for n in kept.answer] == newer
    # 1, then 2 (held up on its way), then 1 again: the last one wins though nothing changed by it.
    world.give(client, attempt, 1, newer, 40)
    assert world.give(client, attempt, 1, older, 30).json["older"] == [1]


def test_the_same_save_twice_is_no_conflict(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    chosen = world.shown(attempt, 1)
    world.give(client, attempt, 1, chosen, 20)
    assert world.give(client, attempt, 1, chosen, 20).json["older"] == []


def test_the_form_saves_without_scripts_and_goes_on(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    chosen = world.shown(attempt, 1)
    data = {"s1": "0", "a1": [str(c) for c in chosen], "f1": "1", "go": "2"}
    answer = client.post(f"/exams/attempts/{attempt.id}/answers", data=data)
    assert answer.status_code == 302
    assert answer.location.endswith("?q=2")
    kept = world.stored(attempt, 1)
    assert kept.is_flagged
    assert kept.sequence == 1
    # A second window still holding number 0 may not take the answer back.
    stale = {"s1": "0", "a1": [str(c) for c in world.shown(attempt, 1, right=False)], "go": "2"}
    page = client.post(
        f"/exams/attempts/{attempt.id}/answers", data=stale, follow_redirects=True
    ).text
    assert "from another window" in page
    assert world.stored(attempt, 1).answer == kept.answer


def test_a_ticked_box_can_be_cleared(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    world.give(client, attempt, 1, [0], 1)
    world.give(client, attempt, 1, [], 2)
    assert world.stored(attempt, 1).answer is None


@pytest.mark.parametrize(
    "data",
    [
        {"s1": "1", "a1": "9"},
        {"s1": "x"},
        {"s1": "1", "a1": "x"},
        {"s1": "9" * 16},
        {"s1": "9" * 99},
        {"s9": ""},
    ],
)
def test_bad_answers_are_refused_and_change_nothing(world: World, data: dict[str, str]) -> None:
    client = world.client()
    attempt = world.start(client)
    answer = client.post(f"/exams/attempts/{attempt.id}/answers", data=data)
    assert answer.status_code == 400
    assert world.stored(attempt, 1).answer is None


def test_a_question_that_is_not_in_the_paper(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    assert world.give(client, attempt, COUNT + 1, [0], 1).status_code == 404


def test_no_key_and_no_explanation_before_handing_in(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    pages = [
        client.get(world.step_url()),
        client.get(f"/exams/attempts/{attempt.id}?view=all"),
        *(client.get(f"/exams/attempts/{attempt.id}?q={n}") for n in range(1, COUNT + 1)),
        client.get(f"/exams/attempts/{attempt.id}/check"),
        client.get(f"/exams/attempts/{attempt.id}/result"),
        client.get(f"/exams/attempts/{attempt.id}/review"),
        world.give(client, attempt, 1, [0], 1),
    ]
    for page in pages:
        assert "Because" not in page.text
        assert "is-right" not in page.text
        assert "Right answer" not in page.text


def test_passing_completes_the_step_and_shows_everything(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=COUNT)
    answer = client.post(f"/exams/attempts/{attempt.id}/submit")
    page = client.get(answer.location).text
    assert "6 of 6 right" in page
    assert "Because" in client.get(f"/exams/attempts/{attempt.id}/review").text
    progress = db.session.scalars(select(StepProgress)).one()
    assert (progress.state, progress.score) == ("completed", 10000)
    assert "Passed with 100%" in client.get(f"/learn/{attempt.enrolment_id}/{attempt.step_id}").text


def test_failing_offers_a_resit_with_unseen_questions_first(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    first = world.start(client)
    world.answer_all(client, first, right=4)
    client.post(f"/exams/attempts/{first.id}/submit")
    assert world.again(first).score == 6667
    page = client.get(f"/exams/attempts/{first.id}/result").text
    assert "Not passed" in page
    assert "To the resit" in page
    assert f"/exams/attempts/{first.id}/review?show=wrong" in page
    assert "See the 2 answers that were not right" in page
    step_page = client.get(world.step_url()).text
    assert "Sit the resit" in step_page
    assert "66.67%" in step_page
    second = world.start(client)
    assert second.number == 2
    by_attempt = {
        a: set(db.session.scalars(select(Response.version_id).where(Response.attempt_id == a)))
        for a in (first.id, second.id)
    }
    # Ten questions, six seen: the four others are all in the second paper.
    assert len(by_attempt[second.id] - by_attempt[first.id]) == 4


def test_handing_in_twice_marks_once(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=COUNT)
    for _ in range(2):
        assert client.post(f"/exams/attempts/{attempt.id}/submit").status_code == 302
        world.clock.advance(minutes=1)
    entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "exam.submit")
    assert db.session.scalar(entries) == 1
    assert world.again(attempt).submitted_at == attempt.started_at


def test_nothing_can_be_changed_after_handing_in(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    answer = world.give(client, attempt, 1, world.shown(attempt, 1), 50)
    assert answer.status_code == 409
    assert "handed in" in answer.json["message"]
    assert world.stored(attempt, 1).answer is None


def test_after_the_deadline_the_saved_answers_are_handed_in(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=5)
    world.clock.advance(minutes=MINUTES)
    assert world.give(client, attempt, 6, world.shown(attempt, 6), 200).status_code == 200
    world.clock.advance(seconds=1)
    late = world.give(client, attempt, 6, world.shown(attempt, 6, right=False), 300)
    assert late.status_code == 409
    assert "time is up" in late.json["message"].lower()
    assert late.json["url"].endswith(f"/{attempt.id}/result")
    over = world.again(attempt)
    assert (over.score, over.passed, over.is_automatic) == (10000, True, True)
    assert over.submitted_at == over.deadline


def test_a_late_form_says_why_and_shows_the_result(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    world.clock.advance(minutes=MINUTES + 1)
    data = {"s1": "9", "a1": "0", "go": "2"}
    page = client.post(
        f"/exams/attempts/{attempt.id}/answers", data=data, follow_redirects=True
    ).text
    assert "The time is up." in page
    assert "0 of 6 right" in page


def test_the_page_after_the_deadline_leads_to_the_result(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    world.clock.advance(hours=2)
    assert "The time is up" in client.get(f"/exams/attempts/{attempt.id}").text
    assert "See the result" in client.get(world.step_url()).text
    assert world.start(client).id == attempt.id  # its result comes before a resit
    assert world.again(attempt).submitted_at == attempt.deadline
    assert client.get(f"/exams/attempts/{attempt.id}").location.endswith("/result")


def test_the_job_hands_in_what_nobody_came_back_to(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=5)
    world.clock.advance(minutes=MINUTES, seconds=1)
    drain(all_jobs(), world.clock.now())
    over = world.again(attempt)
    assert (over.score, over.passed) == (8333, True)
    notice = db.session.scalars(select(Notification).where(Notification.kind == "exam")).one()
    assert notice.url == f"/exams/attempts/{attempt.id}/result"
    world.clock.advance(seconds=16)
    drain(all_jobs(), world.clock.now())
    assert db.session.scalar(select(func.count()).select_from(Notification)) >= 1
    assert db.session.scalar(select(func.count(Attempt.id))) == 1


def test_attempts_and_waiting_time_can_be_limited(world: World) -> None:
    world.exam.max_attempts, world.exam.cooldown_minutes = 2, 60
    db.session.commit()
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert "try again in 60 minutes" in client.get(world.step_url()).text
    page = client.post(world.step_url(), follow_redirects=True).text
    assert "try again in 60 minutes" in page
    world.clock.advance(minutes=60)
    second = world.start(client)
    client.post(f"/exams/attempts/{second.id}/submit")
    assert "All 2 attempts are used" in client.get(world.step_url()).text


def test_others_see_neither_paper_nor_result(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    other = world.client(world.persons.add())
    trainer = world.client(world.persons.add("trainer"))
    for someone in (other, trainer):
        for path in ("", "/check", "/result", "/review"):
            assert someone.get(f"/exams/attempts/{attempt.id}{path}").status_code == 404
        assert someone.post(f"/exams/attempts/{attempt.id}/submit").status_code == 404
        assert world.give(someone, attempt, 1, [0], 9).status_code == 404
    client.post(f"/exams/attempts/{attempt.id}/submit")
    for path in ("/result", "/review"):
        assert other.get(f"/exams/attempts/{attempt.id}{path}").status_code == 404
        assert trainer.get(f"/exams/attempts/{attempt.id}{path}").status_code == 200
    assert world.app.test_client().get(f"/exams/attempts/{attempt.id}").status_code == 302


def test_saving_and_the_page_stay_cheap(world: World) -> None:
    client = world.client()
    where = f"/exams/attempts/{world.start(client).id}"
    db.session.rollback()
    client.get(where)  # warms what is kept for half a second
    with counted() as saving:
        assert client.post(f"{where}/answers", data={"s1": "5", "a1": "1"}).status_code == 302
    with counted() as page:
        client.get(f"{where}?view=all")
    assert len(saving) <= 4, saving
    assert len(page) <= 6, page


def test_export_names_every_answer(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.give(client, attempt, 1, world.shown(attempt, 1), 5)
    mine = export_person(db.session(), world.learner, actor=OPERATOR, now=world.clock.now())
    assert [row["exam"] for row in mine["exams"]["attempts"]] == ["theory"]
    assert len(mine["exams"]["responses"]) == COUNT
    assert mine["exams"]["responses"][0]["answer"] is not None


def test_two_starts_at_the_same_moment_open_one_attempt(both_worlds: World) -> None:
    world = both_worlds
    where = world.step_url()
    clients = [world.client(), world.client()]
    db.session.rollback()
    together = threading.Barrier(2)

    def press(client: FlaskClient) -> str:
        together.wait()
        return str(client.post(where).location)

    with ThreadPoolExecutor(2) as threads:
        places = set(threads.map(press, clients))
    assert len(places) == 1
    assert db.session.scalar(select(func.count(Attempt.id))) == 1
    db.session.rollback()


def test_saving_while_handing_in_never_leaves_an_unmarked_answer(both_worlds: World) -> None:
    world = both_worlds
    first = world.client()
    attempt = world.start(first)
    chosen = world.shown(attempt, 1)
    where = f"/exams/attempts/{attempt.id}"
    second = world.client()
    db.session.rollback()
    together = threading.Barrier(2)

    def save() -> int:
        together.wait()
        data = {"s1": "9", "a1": [str(c) for c in chosen]}
        headers = {"X-Requested-With": "fetch"}
        return first.post(f"{where}/answers", data=data, headers=headers).status_code

    def hand_in() -> int:
        together.wait()
        return second.post(f"{where}/submit").status_code

    with ThreadPoolExecutor(2) as threads:
        saved, handed_in = threads.submit(save), threads.submit(hand_in)
        assert (saved.result(), handed_in.result()) in {(200, 302), (409, 302)}
    kept = world.stored(attempt, 1)
    assert kept.is_correct is (saved.result() == 200)
    assert (kept.answer is not None) is (saved.result() == 200)
    db.session.rollback()
