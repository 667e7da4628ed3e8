"""Marking answers in words: the queue, drafts, two markers, and when the result is there."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms import policies
from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.courses.models import StepProgress
from lms.db import db
from lms.people.models import Notification, Person
from lms.plugins.exams.figures import training_figures
from lms.plugins.exams.markers import marks, queue
from lms.plugins.exams.markers.marks import Given
from lms.plugins.exams.markers.policy import MARKING
from lms.plugins.exams.models import Attempt, Mark
from tests.conftest import NOW
from tests.plugins.exams.conftest import World, counted
from tests.plugins.exams.written_kit import CASE, SHORT, responses, right_form, with_types


def sat(world: World, person: Person | None = None) -> Attempt:
    """Handed in with an answer to each question."""
    person = person or world.learner
    client = world.client(person)
    attempt = world.start(client, person)
    for kind, response in responses(attempt).items():
        form = right_form(response, kind)
        db.session.rollback()
        client.post(f"/exams/attempts/{attempt.id}/answers", data=form)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    return world.again(attempt)


def two_markers() -> None:
    params = {"markers": 2, "apart": 20}
    policies.save(
        db.session(), MARKING, params, base_number=0, reason="two", actor=OPERATOR, now=NOW
    )
    db.session.commit()


def take(world: World, marker: Person, version_id: int | None = None) -> Mark:
    db.session.rollback()
    found = marks.claim(db.session(), marker.id, now=world.clock.now(), version_id=version_id)
    assert found is not None
    db.session.commit()
    return found


def give(world: World, mark: Mark, *points: int, comment: str = "so so") -> None:
    marks.submit(
        db.session(), mark.id, mark.marker_id, Given(points, comment), now=world.clock.now()
    )
    db.session.commit()


def queued(world: World, marker: Person) -> int:
    db.session.rollback()
    return queue.how_many(db.session(), marker.id, world.clock.now())


def test_from_the_queue_to_the_result_in_the_browser(both_worlds: World) -> None:
    world = with_types(both_worlds, [SHORT, CASE])
    trainer = world.persons.add("trainer")
    attempt = sat(world)
    told = db.session.scalars(
        select(Notification.person_id).where(Notification.kind == "exam_marking")
    )
    assert list(told) == [trainer.id]
    client = world.client(trainer)
    assert "2 answers wait to be marked" in client.get("/").text
    page = client.get("/exams/marking").text
    assert "Why so?" in page
    assert "Analyse the case" in page
    # each button of the list says to a screen reader what it is for
    names = [
        " ".join(re.sub(r"<[^>]+>", " ", name).split())
        for name in re.findall(r"<button[^>]*>(.*?)</button>", page, re.S)
        if "Mark these" in name
    ]
    assert len(names) == len(set(names)) == 2
    case = responses(attempt)["case_analysis"]
    db.session.rollback()
    opened = client.post("/exams/marking/next", data={"version": case.version_id})
    assert opened.status_code == 303
    page = client.get(opened.location).text
    assert "First the feelings." in page
    assert "giraffe" in page
    assert world.learner.name not in page
    # A draft is kept, by hand and while typing; too many points are refused beside the field.
    typed = {"points-0": "40", "points-1": "", "comment": "go on", "do": "draft"}
    assert (
        client.post(opened.location, data=typed, headers={"HX-Request": "true"}).status_code == 204
    )
    page = client.get(opened.location).text
    assert re.search(r'name="points-0"[^>]*value="40"', page)
    assert ">go on</textarea>" in page.replace("\r\n", "").replace("\n", "")
    refused = client.post(opened.location, data={**typed, "points-0": "41", "do": "submit"})
    assert refused.status_code == 400
    assert "0 to 40 points." in refused.text
    missing = client.post(opened.location, data={**typed, "do": "submit"})
    assert "Give the points." in missing.text
    low = {"points-0": "10", "points-1": "30", "comment": " ", "do": "submit"}
    assert "Say in a comment what is missing." in client.post(opened.location, data=low).text
    assert world.again(attempt).score is None
    # To somebody else, whatever was typed; and back again.
    left = client.post(opened.location, data={"points-0": "4o", "do": "back"})
    assert (left.status_code, left.location) == (303, "/exams/marking")
    opened = client.post("/exams/marking/next", data={"version": case.version_id})
    full = {"points-0": "40", "points-1": "30", "comment": "Which voucher?", "do": "submit"}
    done = client.post(opened.location, data=full)
    assert (done.status_code, done.location) == (303, "/exams/marking")  # no more of this question
    client.post(opened.location, data=full)  # the button pressed twice
    assert "Waiting for marking" in world.client().get(f"/exams/attempts/{attempt.id}/result").text
    opened = client.post("/exams/marking/next")
    client.post(opened.location, data={"points-0": "100", "comment": "", "do": "submit"})
    attempt = world.again(attempt)
    assert (attempt.score, attempt.passed) == (8500, True)
    assert db.session.scalars(select(StepProgress.state)).all() == ["completed"]
    page = world.client().get(f"/exams/attempts/{attempt.id}/result").text
    assert "85%" in page
    page = world.client().get(f"/exams/attempts/{attempt.id}/review").text
    for said in ("Which voucher?", "30 of 60", "hippo"):
        assert said in page
    actions = select(AuditEntry.action).where(AuditEntry.action == "exam.mark")
    assert len(db.session.scalars(actions).all()) == 2
    told = select(Notification).where(Notification.kind == "exam")
    assert "has been marked" in db.session.scalars(told).one().text.en
    world.again(attempt)
    november = training_figures(db.session(), Month.parse("2026-11"), world.clock.now())
    assert [(f.metric, f.value) for f in november] == [("exam", 85.0), ("case_analysis", 70.0)]


def test_nobody_marks_their_own_and_only_markers_mark(world: World) -> None:
    with_types(world, [SHORT])
    trainer = world.persons.add("trainer")
    sat(world, trainer)
    assert queued(world, trainer) == 0
    assert queued(world, world.persons.add("quality")) == 1
    assert world.client().get("/exams/marking").status_code == 403
    assert world.client(world.persons.add("hr")).post("/exams/marking/next").status_code == 403
    client = world.client(world.persons.add("quality"))
    opened = client.post("/exams/marking/next").location
    assert client.get(opened).status_code == 200
    assert world.client(world.persons.add("quality")).get(opened).status_code == 404


def test_two_markers_at_once_get_two_answers(both_worlds: World) -> None:
    world = with_types(both_worlds, [SHORT])
    one, two = world.persons.add("trainer"), world.persons.add("trainer")
    sat(world)
    sat(world, world.persons.add())
    first, second = take(world, one), take(world, two)
    assert first.attempt_id < second.attempt_id
    assert take(world, one).id == first.id  # what is begun goes first
    assert queued(world, one) == queued(world, two) == 0
    # Left alone for two hours, it goes to whoever is there; its draft stays with who wrote it.
    world.clock.advance(hours=3)
    taken = take(world, world.persons.add("trainer"))
    assert taken.attempt_id == first.attempt_id
    with pytest.raises(Exception, match="Somebody else"):
        give(world, db.session.get_one(Mark, first.id), 100)
    db.session.rollback()
    give(world, db.session.get_one(Mark, taken.id), 100)
    assert db.session.get_one(Attempt, taken.attempt_id).score == 10000


@pytest.mark.parametrize(
    ("points", "score"), [((80, 60), 7000), ((80, 59, 65), 6500), ((100, 0, 0), 0)]
)
def test_two_marks_and_a_third_where_they_are_apart(
    world: World, points: tuple[int, ...], score: int
) -> None:
    with_types(world, [SHORT])
    two_markers()
    attempt = sat(world)
    for number, value in enumerate(points):
        assert world.again(attempt).score is None
        marker = world.persons.add("trainer")
        assert queued(world, marker) == 1, number
        give(world, take(world, marker), value)
        assert queued(world, marker) == 0  # nobody marks it twice
    assert world.again(attempt).score == score
    assert queued(world, world.persons.add("trainer")) == 0


@pytest.mark.parametrize(("policy", "rules", "wanted"), [(1, 2, 2), (2, 1, 1), (2, None, 2)])
def test_the_exam_says_how_many_mark_and_else_the_policy(
    world: World, policy: int, rules: int | None, wanted: int
) -> None:
    with_types(world, [SHORT])
    if policy == 2:
        two_markers()
    world.exam.rules = {} if rules is None else {"markers": rules}
    db.session.commit()
    attempt = sat(world)
    for _ in range(wanted):
        assert world.again(attempt).score is None
        give(world, take(world, world.persons.add("trainer")), 60)
    assert world.again(attempt).score == 6000
    assert queued(world, world.persons.add("trainer")) == 0


def test_marking_costs_no_query_per_answer(world: World) -> None:
    with_types(world, [SHORT, CASE])
    for _ in range(3):
        sat(world, world.persons.add())
    client: FlaskClient = world.client(world.persons.add("trainer"))
    opened = client.post("/exams/marking/next").location
    db.session.rollback()
    for path in ("/exams/marking", opened):
        client.get(path)
        with counted() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= 6, statements


def test_a_late_submit_and_a_takeover_at_the_same_moment_leave_one_mark(
    both_worlds: World,
) -> None:
    world = with_types(both_worlds, [SHORT])
    first, second = world.persons.add("trainer"), world.persons.add("trainer")
    attempt = sat(world)
    mark = take(world, first)
    mark_id, ids = mark.id, (first.id, second.id)
    world.clock.advance(hours=3)
    now = world.clock.now()
    db.session.rollback()

    def take_over() -> bool:
        with world.app.app_context():
            taken = marks.claim(db.session(), ids[1], now=now)
            db.session.commit()
            return taken is not None

    with ThreadPoolExecutor(1) as threads:
        marks.submit(db.session(), mark_id, ids[0], Given([100], ""), now=now)
        waiting = threads.submit(take_over)  # sees the claim that is old, not yet the mark
        time.sleep(0.3)
        db.session.commit()
        assert waiting.result() is False
    db.session.expire_all()
    assert db.session.get_one(Mark, mark_id).superseded_at is None
    assert world.again(attempt).score == 10000
