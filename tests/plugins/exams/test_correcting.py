"""A corrected key and what it changes; appeals about single answers."""

from typing import Any

import pytest
from sqlalchemy import select

from lms.appeals import services as appeals
from lms.audit import Actor, AuditEntry
from lms.clock import Month
from lms.courses.models import StepProgress
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Notification
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.correcting import appealing, keys
from lms.plugins.exams.figures import training_figures
from lms.plugins.exams.markers import queue
from lms.plugins.exams.models import Attempt, Mark, Question, QuestionVersion, ResultChange
from tests.conftest import NOW
from tests.plugins.exams.conftest import World, question
from tests.plugins.exams.test_marking import give, sat, take
from tests.plugins.exams.written_kit import BLANK, MATCHING, ORDERING, SHORT, with_types

NOVEMBER = Month.parse("2026-11")


def version_of(entry: dict[str, Any]) -> QuestionVersion:
    from lms.plugins.exams.types import KINDS

    made = KINDS[entry["type"]].wording(entry)
    return QuestionVersion(
        type=entry["type"], options=made.options, parts=made.parts, answer=made.answer
    )


def test_a_key_is_translated_by_the_texts_of_the_options() -> None:
    old = question(7)
    a, b, c, d = old["options"]
    key = keys.translated(
        version_of({**old, "options": [d, c, b, a], "answer": [1, 3]}), version_of(old)
    )
    assert key == [1, 3]  # b and d, as the old one numbers them
    assert keys.translated(version_of({**old, "options": [a, b, c]}), version_of(old)) is None
    steps = ORDERING["options"]
    swapped = {**ORDERING, "options": [steps[1], steps[0], *steps[2:]]}
    assert keys.translated(version_of(swapped), version_of(ORDERING)) == [1, 0, 2, 3]
    one, two = MATCHING["pairs"]
    crossed = [{**one, "right": two["right"]}, {**two, "right": one["right"]}]
    key = keys.translated(version_of({**MATCHING, "pairs": crossed}), version_of(MATCHING))
    assert key == [1, 0]
    gaps = {**BLANK, "gaps": [{"number": 5}, {"accept": ["x"]}]}
    assert keys.translated(version_of(gaps), version_of(BLANK)) == gaps["gaps"]


def corrected(answer: list[int]) -> None:
    """The first question of the bank gets another key, as a new version."""
    document = {
        "bank": "handbook",
        "title": {"zh": "手册", "en": "Handbook"},
        "questions": [question(1, answer=answer)],
    }
    load_bank(db.session(), document, "handbook.yaml", NOW)
    db.session.commit()


def one_question(world: World, right: bool) -> Attempt:
    """Of an exam that asks the first question alone."""
    person = world.persons.add()
    client = world.client(person)
    attempt = world.start(client, person)
    world.give(client, attempt, 1, world.shown(attempt, 1, right=right), 5)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    return world.again(attempt)


@pytest.fixture
def short_exam(both_worlds: World) -> World:
    load_bank(
        db.session(),
        {"bank": "handbook", "title": {"en": "x"}, "questions": [question(1, tags=["only"])]},
        "h.yaml",
        NOW,
    )
    both_worlds.exam.tags, both_worlds.exam.count = ["only"], 1
    db.session.commit()
    return both_worlds


def test_regrading_shows_who_changes_and_then_changes_it(short_exam: World) -> None:
    world = short_exam
    winner, loser = one_question(world, right=True), one_question(world, right=False)
    db.session.rollback()
    chosen = world.stored(loser, 1).answer
    corrected([chosen[0] + 1])
    question_id = db.session.scalars(select(Question.id).where(Question.key == "q-1")).one()
    trainer = world.client(world.persons.add("trainer"))
    path = f"/exams/questions/{question_id}/regrade"
    page = trainer.get(path).text
    assert "Passed after all" in page
    assert "No longer passed" in page
    said = "2 results would change, 1 of them passed after all, 1 no longer passed"
    assert said in page and 'href="#change"' in page and 'id="change"' in page
    assert world.client().get(path).status_code == 403
    assert world.again(loser).score == 0  # looking changes nothing
    assert trainer.post(path, data={"only_better": "y", "reason": " "}).status_code == 400
    done = trainer.post(path, data={"only_better": "y", "reason": "wrong key"})
    assert done.status_code == 303
    trainer.post(path, data={"only_better": "y", "reason": "wrong key"})  # pressed twice
    assert (world.again(loser).score, world.again(loser).passed) == (10000, True)
    assert world.again(winner).score == 10000
    states = dict(db.session.execute(select(StepProgress.enrolment_id, StepProgress.state)).all())
    assert states[loser.enrolment_id] == "completed"
    kept = db.session.scalars(select(ResultChange)).one()
    assert (kept.attempt_id, kept.score, kept.passed) == (loser.id, 0, False)
    told = select(Notification.person_id).where(Notification.kind == "exam")
    assert db.session.scalars(told).all() == [loser.person_id]
    audited = select(AuditEntry).where(AuditEntry.action == "exam.regrade")
    assert len(db.session.scalars(audited).all()) == 1
    shown = trainer.get(f"/exams/attempts/{loser.id}/review").text
    assert shown.count("Your answer, right") == 1
    # Whoever the wrong key let pass, if that is wanted; what was completed stays completed.
    trainer.post(path, data={"reason": "all of them"})
    assert (world.again(winner).score, world.again(winner).passed) == (0, False)
    states = dict(db.session.execute(select(StepProgress.enrolment_id, StepProgress.state)).all())
    assert states[winner.enrolment_id] == "completed"
    assert "No result changes" in trainer.get(path).text


REASON = "The handbook says otherwise."


def test_an_appeal_holds_the_result_and_another_person_marks(both_worlds: World) -> None:
    world = with_types(both_worlds, [SHORT])
    first, second = world.persons.add("trainer"), world.persons.add("training_manager")
    attempt = sat(world)
    give(world, take(world, first), 40)
    client = world.client()
    page = client.get(f"/exams/attempts/{attempt.id}/review").text
    subject = appealing.subject_id(attempt.id, 1)
    assert f"/appeals/new/exams.answer/{subject}" in page or f"subject_id={subject}" in page
    session, now = db.session(), world.clock.now()
    state = select(StepProgress.state)
    assert session.scalars(state).one() == "failed"
    appeal = appeals.file(
        session, appealing.KIND, subject, REASON, person_id=world.learner.id, now=now
    )
    session.commit()
    assert session.scalars(state).one() == "submitted"
    assert training_figures(session, NOVEMBER, now) == []
    with pytest.raises(DomainError):  # whoever marked it does not decide
        appeals.decide(
            session, appeal.id, upheld=True, reason=REASON, actor=Actor(first.id), now=now
        )
    session.rollback()
    go_on = appeals.decide(
        session, appeal.id, upheld=True, reason=REASON, actor=Actor(second.id), now=now
    )
    session.commit()
    assert world.client(second).get(go_on).status_code == 200
    assert "Waiting for marking" in client.get(f"/exams/attempts/{attempt.id}/result").text
    assert queue.how_many(session, first.id, now) == 0
    mark = db.session.get_one(Mark, int(go_on.rsplit("/", 1)[1]))
    give(world, mark, 90)
    assert (world.again(attempt).score, world.again(attempt).passed) == (9000, True)
    assert session.scalars(state).one() == "completed"
    assert [c.score for c in session.scalars(select(ResultChange))] == [4000]


def test_a_declined_appeal_leaves_all_as_it_was(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    session, now = db.session(), world.clock.now()
    subject = appealing.subject_id(attempt.id, 2)
    appeal = appeals.file(
        session, appealing.KIND, subject, REASON, person_id=world.learner.id, now=now
    )
    session.commit()
    decider = world.persons.add("trainer")
    appeals.decide(
        session, appeal.id, upheld=False, reason=REASON, actor=Actor(decider.id), now=now
    )
    session.commit()
    progress = session.scalars(select(StepProgress)).one()
    assert (progress.state, progress.failures) == ("failed", 1)
    assert [f.metric for f in training_figures(session, NOVEMBER, now)] == ["exam"]


def test_clearance_waits_for_an_appeal_about_a_passed_exam(short_exam: World) -> None:
    attempt = one_question(short_exam, right=True)
    assert appealing.refusals(db.session(), attempt.enrolment_id) == []
    subject = appealing.subject_id(attempt.id, 1)
    appeals.file(
        db.session(), appealing.KIND, subject, REASON, person_id=attempt.person_id,
        now=short_exam.clock.now(),
    )  # fmt: skip
    db.session.flush()
    assert [r.code for r in appealing.refusals(db.session(), attempt.enrolment_id)] == [
        "exams.appeal"
    ]
