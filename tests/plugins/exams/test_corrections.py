"""What a correction leaves alone, and what it reaches beyond the results that are there."""

from typing import Any

import pytest
from sqlalchemy import select

from lms.appeals import services as appeals
from lms.audit import OPERATOR, Actor
from lms.courses.models import Enrolment, StepProgress
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Notification
from lms.plugins.exams import attempts, personal
from lms.plugins.exams.correcting import appealing, keys, regrading
from lms.plugins.exams.correcting.plans import Way, plan
from lms.plugins.exams.figures import training_figures
from lms.plugins.exams.handing_in import finish
from lms.plugins.exams.models import Attempt, Mark, Question
from lms.plugins.exams.papers import grants
from tests.plugins.exams.conftest import MINUTES, World, programme_with_exam, question
from tests.plugins.exams.test_correcting import NOVEMBER, REASON, version_of
from tests.plugins.exams.test_marking import give, sat, take, two_markers
from tests.plugins.exams.test_resits import fail, training
from tests.plugins.exams.written_kit import CASE, MATCHING, SHORT, responses, with_types


def sit(world: World, right: bool | None = True) -> Attempt:
    """The learner's next attempt, open, with the single choice answered (None: not)."""
    client = world.client()
    attempt = world.start(client)
    position = responses(attempt)["single"].position
    if right is not None:
        world.give(client, attempt, position, world.shown(attempt, position, right=right), 5)
    return world.again(attempt)


def hand_in(world: World, attempt: Attempt) -> Attempt:
    world.client().post(f"/exams/attempts/{attempt.id}/submit")
    return world.again(attempt)


def correct_to(world: World, attempt: Attempt) -> Question:
    """The key becomes what was chosen there."""
    chosen = responses(attempt)["single"].answer
    return correct(world, [chosen[0] + 1])


def correct(world: World, key: list[int]) -> Question:
    exam_count = world.exam.count
    with_types(world, [question(1, answer=key)])
    world.exam.count = exam_count
    db.session.commit()
    return db.session.scalars(
        select(Question).where(Question.key == "q-1", Question.bank_id == world.exam.bank_id)
    ).one()


def regrade(world: World, asked: Question, actor: Actor | None = None) -> int:
    actor = actor or Actor(world.persons.add("trainer").id)
    way, now = Way(asked.current_number), world.clock.now()
    count = regrading.apply(
        db.session(), asked, way, only_better=False, reason=REASON, actor=actor, now=now
    )
    db.session.commit()
    return count


def file(world: World, attempt: Attempt, position: int) -> int:
    subject = appealing.subject_id(attempt.id, position)
    now, me = world.clock.now(), world.learner.id
    appeal = appeals.file(db.session(), appealing.KIND, subject, REASON, person_id=me, now=now)
    db.session.commit()
    return appeal.id


def decide(world: World, appeal_id: int, *, upheld: bool) -> str:
    decider = Actor(world.persons.add("training_manager").id)
    now = world.clock.now()
    where = appeals.decide(
        db.session(), appeal_id, upheld=upheld, reason=REASON, actor=decider, now=now
    )
    db.session.commit()
    return where


def marked_again(world: World, where: str, points: int) -> None:
    give(world, db.session.get_one(Mark, int(where.rsplit("/", 1)[1])), points)


def test_a_regrade_leaves_what_a_person_decided_and_ones_own_result(world: World) -> None:
    with_types(world, [question(1)])
    mine = hand_in(world, sit(world, right=False))
    marked_again(world, decide(world, file(world, mine, 1), upheld=True), 50)
    assert world.again(mine).score == 5000
    asked = correct_to(world, mine)
    assert plan(db.session(), asked, Way(asked.current_number)).changes == []
    again = hand_in(world, sit(world, right=False))
    asked = correct_to(world, again)
    with pytest.raises(DomainError, match="Your own result"):
        regrade(world, asked, Actor(world.learner.id))
    db.session.rollback()
    assert world.again(again).score == 0
    trainer = world.persons.add("trainer")
    data = {"staff_no": trainer.staff_no, "reason": "for me", "minutes": "10"}
    for do in ("time", "reset"):
        page = world.client(trainer).post("/exams/theory/people", data={**data, "do": do})
        assert "Nobody gives this to themselves." in page.text


def test_a_regrade_reaches_what_waits_for_a_marker_and_what_is_open(world: World) -> None:
    with_types(world, [question(1), SHORT])
    waiting = sit(world, right=False)
    essay = responses(waiting)["short_answer"].position
    form = {f"s{essay}": "7", f"a{essay}": "Because."}
    world.client().post(f"/exams/attempts/{waiting.id}/answers", data=form)
    waiting = hand_in(world, waiting)
    assert waiting.score is None
    other = world.persons.add()
    client = world.client(other)
    open_one = world.start(client, other)
    response, place = responses(open_one)["single"], responses(waiting)["single"]
    shown = [response.option_order.index(n) for n in place.answer]
    world.give(client, open_one, response.position, shown, 5)
    db.session.rollback()
    asked = correct_to(world, waiting)
    trainer = world.client(world.persons.add("trainer"))
    assert "Waiting for marking" in trainer.get(f"/exams/questions/{asked.id}/regrade").text
    db.session.rollback()
    assert regrade(world, asked) == 1
    changed = responses(world.again(waiting))["single"]
    assert (changed.share, changed.is_correct, changed.key) == (10000, True, changed.answer)
    client.post(f"/exams/attempts/{open_one.id}/submit")
    assert world.again(open_one).score == 5000
    assert responses(open_one)["single"].key == changed.key


def test_a_key_says_nothing_for_another_stem_and_pairs_are_found_by_their_text() -> None:
    def stemmed(entry: dict[str, Any], stem: str) -> Any:
        version = version_of(entry)
        version.stem = stem
        return version

    old = stemmed(question(9), "x is a refund")
    assert keys.translated(stemmed(question(9), "x is no refund"), old) is None
    assert keys.translated(stemmed(question(9), "x is a refund"), old) == old.answer
    one, two = MATCHING["pairs"]
    turned = version_of({**MATCHING, "pairs": [two, one]})
    assert keys.translated(turned, version_of(MATCHING)) == [0, 1]  # as it was
    elsewhere = version_of({**MATCHING, "pairs": [{**one, "left": {"en": "new"}}, two]})
    assert keys.translated(elsewhere, version_of(MATCHING)) is None


def test_the_second_of_two_appeals_still_holds_a_failure(world: World) -> None:
    with_types(world, [SHORT, {**SHORT, "key": "t-short-2", "stem": {"en": "And how?"}}])
    client = world.client()
    attempt = world.start(client)
    form = {"s1": "7", "a1": "Because.", "s2": "7", "a2": "So."}
    client.post(f"/exams/attempts/{attempt.id}/answers", data=form)
    attempt = hand_in(world, attempt)
    marker = world.persons.add("trainer")
    for _ in range(2):
        give(world, take(world, marker), 40)
    first, second = file(world, attempt, 1), file(world, attempt, 2)
    marked_again(world, decide(world, first, upheld=True), 60)
    step = select(StepProgress.state, StepProgress.failures)
    assert world.again(attempt).score == 5000
    assert db.session.execute(step).one() == ("submitted", 0)
    decide(world, second, upheld=False)
    assert db.session.execute(step).one() == ("failed", 1)


def test_training_is_taken_back_once_the_failure_was_none(world: World) -> None:
    training()
    with_types(world, [question(1)])
    fail(world)
    second = hand_in(world, sit(world, right=False))
    enrolment_id = second.training_id
    right_key = responses(second)["single"].version.answer
    regrade(world, correct_to(world, second))
    assert (world.again(second).passed, second.training_id) == (True, None)
    assert db.session.get_one(Enrolment, enrolment_id).status == "cancelled"
    told = db.session.scalars(select(Notification).where(Notification.kind == "exam.training"))
    assert [n.url for n in told] == [f"/courses/{enrolment_id}"] * 2  # assigned, and cancelled
    # Back again: what was completed stays so, and nobody trains for a resit that does not come.
    regrade(world, correct(world, [right_key[0] + 1]))
    assert (world.again(second).passed, second.training_id) == (False, None)


def test_the_clock_hands_in_nothing_that_was_given_more_time(world: World) -> None:
    programme, (step,) = programme_with_exam("topic", "other")
    world.programme, first = programme, world.start(world.client())
    other = world.enrol(world.learner)
    session, now = db.session(), world.clock.now()
    second = attempts.start(session, "theory", world.learner.id, other.id, step.id, now=now)
    session.commit()
    world.clock.advance(minutes=MINUTES - 1)
    late = world.clock.now()
    grants.add_time(
        session, world.exam.id, world.learner.id, 10, reason="x", actor=OPERATOR, now=late
    )
    session.commit()
    world.clock.advance(minutes=5)
    for attempt in (first, second):
        finish(session, attempt.id, now=world.clock.now(), only_if_over=True)
        session.commit()
        assert world.again(attempt).submitted_at is None


def test_markers_hear_of_each_question_and_of_a_third_mark(world: World) -> None:
    told = select(Notification.person_id).where(Notification.kind == "exam_marking")
    with_types(world, [SHORT])
    two_markers()
    one, two, three = (world.persons.add("trainer") for _ in range(3))
    sat(world)
    sat(world, world.persons.add())
    everybody = [one.id, two.id, three.id]
    assert sorted(db.session.scalars(told)) == everybody
    with_types(world, [SHORT, CASE])
    sat(world, world.persons.add())
    assert sorted(db.session.scalars(told)) == sorted(everybody * 2)
    version_id = take(world, one).response.version_id
    give(world, take(world, one, version_id), 100)
    give(world, take(world, two, version_id), 0)
    assert sorted(db.session.scalars(told)) == sorted([*everybody * 2, three.id])


def test_a_mark_counts_in_the_month_in_which_it_was_given(world: World) -> None:
    with_types(world, [CASE, SHORT])
    attempt = sat(world)
    marker = world.persons.add("trainer")
    for response in responses(attempt).values():
        points = (40, 30) if len(response.version.parts) else (40,)
        give(world, take(world, marker, response.version_id), *points)
    position = responses(attempt)["short_answer"].position
    appeal_id = file(world, attempt, position)
    world.clock.advance(days=35)
    marked_again(world, decide(world, appeal_id, upheld=True), 90)
    months = [
        [
            f.value
            for f in training_figures(db.session(), month, world.clock.now())
            if f.metric == "case_analysis"
        ]
        for month in (NOVEMBER, NOVEMBER.plus(1))
    ]
    assert months == [[70.0], []]


def test_export_and_erasure_of_what_is_in_words(world: World) -> None:
    with_types(world, [SHORT])
    world.exam.rules = {"show_key": "never"}
    db.session.commit()
    attempt = sat(world)
    marker = world.persons.add("trainer")
    give(world, take(world, marker), 40, comment="Li Lei forgot it")
    marked_again(world, decide(world, file(world, attempt, 1), upheld=True), 90)
    (row,), (mark,) = (
        personal.export(db.session(), world.learner.id, world.clock.now())[table]
        for table in ("responses", "marks")
    )
    assert (row["answer"], row["share"], row["is_correct"]) == (["Because."], None, None)
    assert mark["points"] == [90]  # that which was set aside is not shown to them either
    assert personal.erase(db.session(), world.learner.id) == 3
    db.session.commit()
    assert personal.erase(db.session(), world.learner.id) == 0
    assert world.stored(attempt, 1).answer == [""]
    assert set(db.session.scalars(select(Mark.comment))) == {""}
