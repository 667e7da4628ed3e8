"""Making an exam on screen, and what its settings do to those who sit it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Notification
from lms.plugins.exams.content import load_exams
from lms.plugins.exams.dumping import dump_exams
from lms.plugins.exams.models import Attempt, Exam, Grant, Question, Response
from lms.plugins.exams.papers import drawing, rules
from lms.plugins.exams.papers.sections import sections_of
from lms.plugins.exams.personal import erase
from tests.conftest import NOW
from tests.plugins.exams.conftest import COUNT, MINUTES, World, counted


def form(world: World, **changes: object) -> dict[str, object]:
    """The exam as its page sends it: one section, drawn."""
    return {
        "base": str(world.exam.number), "title_zh": "上岗理论", "title_en": "Duty theory",
        "minutes": "30", "pass_mark": "80", "sections-0-bank": str(world.exam.bank_id),
        "sections-0-how": "drawn", "sections-0-count": "6", "sections-0-points": "1",
        "sections-0-tags": "", "shuffle_questions": "y", "shuffle_options": "y",
        "scoring": "all", "negative": "0", "show_score": "handed_in",
        "show_answers": "handed_in", "show_key": "handed_in", "show_explanations": "handed_in",
        "training": "default", "do": "save", **changes,
    }  # fmt: skip


def two_sections(**changes: object) -> dict[str, object]:
    """Three odd ones for 2 points, and q-2 and q-4 as they stand."""
    return {
        "sections-0-count": "3", "sections-0-tags": "odd", "sections-0-points": "2",
        "sections-1-bank": "1", "sections-1-how": "fixed", "sections-1-points": "1",
        "sections-1-questions": "q-4\nq-2", "sections-1-title_en": "Basics", **changes,
    }  # fmt: skip


def saved(world: World, **changes: object) -> Exam:
    trainer = world.client(world.persons.add("trainer"))
    answer = trainer.post("/exams/theory/settings", data=form(world, **changes))
    assert answer.status_code == 303, re.findall(r'form-error">.*?<span>(.*?)<', answer.text)
    db.session.rollback()
    return db.session.get_one(Exam, world.exam.id, populate_existing=True)


def test_a_new_exam_is_made_once_and_can_be_sat_in_sections(both_worlds: World) -> None:
    world = both_worlds
    trainer = world.client(world.persons.add("trainer"))
    page = trainer.get("/exams/new").text
    (key,) = re.findall(r'name="key"[^>]*value="(exam-\w+)"', page)
    data = form(world, key=key, base="", markers="2", **two_sections())
    assert trainer.post("/exams/new", data=data).location == f"/exams/{key}/settings"
    assert trainer.post("/exams/new", data=data).status_code == 303
    db.session.rollback()
    exam = db.session.scalars(select(Exam).where(Exam.key == key)).one()
    assert (exam.count, exam.tags, exam.number) == (5, ["odd"], 1)
    assert exam.rules == {"markers": 2}
    assert "Basics" in trainer.get(f"/exams/{key}/preview").text
    shown = trainer.get(f"/exams/{key}/settings").text
    assert "q-4\nq-2" in shown
    assert 'value="odd"' in shown

    world.step.config = {"exam": key}
    db.session.commit()
    attempt = world.start(world.client())
    paper = db.session.scalars(
        select(Response).where(Response.attempt_id == attempt.id).order_by(Response.position)
    ).all()
    assert [(r.section, r.points) for r in paper] == [(0, 2)] * 3 + [(1, 1)] * 2
    drawn = [r.version.question for r in paper]
    assert {tag.tag for q in drawn[:3] for tag in q.tags} == {"odd"}
    assert {q.key for q in drawn[3:]} == {"q-2", "q-4"}
    # By the stored seed it is the same paper again.
    pool = drawing.pool(db.session(), sections_of(exam), None)
    again = drawing.draw(pool, sections_of(exam), attempt.seed)
    assert [(r.version_id, r.option_order) for r in again] == [
        (r.version_id, r.option_order) for r in paper
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sections-0-count": "14"}, "4 questions lack in section 1"),
        ({"sections-0-count": "3", "sections-0-tags": "odd", "sections-0-difficulties": ["1"]},
         "lack in section 1"),
        ({"sections-0-tags": "nonesuch"}, "has the tag nonesuch"),
        ({"sections-0-how": "fixed", "sections-0-questions": "q-1 q-99"}, "no question q-99"),
        ({"sections-0-how": "fixed", "sections-0-questions": "q-1 q-1"}, "in the paper twice"),
        ({"sections-0-count": "0"}, "Section 1: this must be between 1 and"),
        ({"pass_mark": "101"}, "between 1 and 100"),
        ({"minutes": ""}, "Enter a number"),
        ({"title_zh": "", "title_en": ""}, "Give it a title"),
        ({"show_key": "closed"}, "It never closes"),
        ({"opens_at": "2026-11-03T10:00", "closes_at": "2026-11-02T10:00"}, "after it opens"),
        ({"base": "7"}, "Somebody changed this exam"),
        ({}, "Nothing was changed"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(
    world: World, changes: dict[str, object], words: str
) -> None:
    trainer = world.client(world.persons.add("trainer"))
    answer = trainer.post("/exams/theory/settings", data=form(world, **changes))
    assert answer.status_code == 400
    assert words in answer.text
    if "title_zh" not in changes:
        assert "上岗理论" in answer.text
    db.session.rollback()
    assert db.session.get_one(Exam, world.exam.id, populate_existing=True).number == 1


def test_sections_come_and_go_without_saving_and_say_what_fits(world: World) -> None:
    trainer = world.client(world.persons.add("trainer"))
    more = trainer.post("/exams/theory/settings", data=form(world, do="add")).text
    assert "Section 2" in more
    looked = trainer.post(
        "/exams/theory/settings", data=form(world, do="look", **{"sections-0-tags": "odd"})
    ).text
    assert "5 questions fit" in looked
    fewer = trainer.post(
        "/exams/theory/settings", data=form(world, **two_sections(do="drop-0"))
    ).text
    assert "Section 2" not in fewer
    assert "q-4" in fewer
    db.session.rollback()
    assert db.session.get_one(Exam, world.exam.id).sections == []


def test_an_open_attempt_keeps_the_settings_it_began_with(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    exam = saved(world, scoring="minus", negative="50", pass_mark="100", minutes="5")
    assert exam.number == 2
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "exam.save")).one()
    assert entry.details["changed"]["minutes"] == [30, 5]
    world.answer_all(client, attempt, right=5)
    world.clock.advance(minutes=20)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    over = world.again(attempt)
    assert (over.score, over.passed, over.pass_mark, over.exam_number) == (8333, True, 80, 1)


def test_partial_and_negative_marking(world: World) -> None:
    fixed = {"sections-0-how": "fixed", "sections-0-questions": "q-1 q-2 q-7 q-8"}
    saved(world, scoring="partial", negative="25", **fixed)
    client = world.client()
    attempt = world.start(client)
    paper = db.session.scalars(select(Response).where(Response.attempt_id == attempt.id)).all()
    at = {r.version.question.key: (r.position, r.option_order) for r in paper}

    def choose(key: str, *options: int) -> None:
        position, order = at[key]
        world.give(client, attempt, position, [order.index(n) for n in options], 9)

    choose("q-1", 1)  # right: 1
    choose("q-2", 0)  # wrong: -0.25
    choose("q-7", 0)  # one of two: 0.5; q-8 is left out: 0
    client.post(f"/exams/attempts/{attempt.id}/submit")
    page = client.get(f"/exams/attempts/{attempt.id}/result").text
    assert world.again(attempt).score == 3125
    assert "1.25 of 4 points" in page
    review = client.get(f"/exams/attempts/{attempt.id}/review").text
    assert "50% of the points" in review


def test_the_window_opens_and_closes_and_ends_what_is_open(world: World) -> None:
    client = world.client()
    local = world.clock.now() + timedelta(hours=8)  # the organisation's clocks
    window = {
        "opens_at": f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "closes_at": f"{local + timedelta(hours=1, minutes=20):%Y-%m-%dT%H:%M}",
    }
    saved(world, show_key="closed", show_explanations="closed", show_answers="never", **window)
    assert "It opens on" in client.get(world.step_url()).text
    world.clock.advance(hours=1)
    attempt = world.start(client)
    assert attempt.deadline - attempt.started_at == timedelta(minutes=20)
    world.answer_all(client, attempt, right=COUNT)
    other = world.persons.add()
    still_sitting = world.start(world.client(other), other)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    where = f"/exams/attempts/{attempt.id}/review"
    page = client.get(f"/exams/attempts/{attempt.id}/result").text
    assert "100%" in page
    assert "More is shown once nobody sits this exam any more" in page
    assert "by topic" not in page
    assert client.get(where).status_code == 404
    for hidden in ("Because", "Right answer", "You chose this", "is-right", "is-chosen"):
        assert hidden not in page
    world.clock.advance(minutes=21)
    assert "Because" not in client.get(where).text  # the other's paper is still open
    assert "It closed on" in client.get(world.step_url(other)).text or still_sitting.id
    world.client(other).post(f"/exams/attempts/{still_sitting.id}/submit")
    page = client.get(where).text
    assert "Because" in page
    assert "Right answer" in page
    assert "is-chosen" not in page
    third = world.persons.add()
    assert "It closed on" in world.client(third).get(world.step_url(third)).text


def test_extra_time_holds_also_in_an_open_attempt(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    trainer = world.client(world.persons.add("trainer"))
    where, staff_no = "/exams/theory/people", world.learner.staff_no
    page = trainer.get(f"{where}?who={staff_no}").text
    assert "Sitting it now" in page
    assert f'value="{staff_no}"' in page
    nothing_said = trainer.post(where, data={"staff_no": staff_no, "minutes": "10", "do": "time"})
    assert nothing_said.status_code == 400
    assert "Say why" in nothing_said.text
    data = {"staff_no": staff_no, "minutes": "10", "reason": "broken arm", "do": "time"}
    assert trainer.post(where, data=data).status_code == 303
    assert trainer.post(where, data=data).status_code == 400  # the second click
    over = world.again(attempt)
    assert over.deadline - over.started_at == timedelta(minutes=MINUTES + 10)
    assert "broken arm" in trainer.get(where).text
    # Their page learns of it with the next answer that is saved, and when it asks.
    saved = world.give(client, attempt, 1, [0], 9)
    clock = client.get(f"/exams/attempts/{attempt.id}/clock")
    until = int(over.deadline.timestamp() * 1000)
    assert [each.json["deadline"] for each in (saved, clock)] == [until] * 2  # type: ignore[attr-defined]
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "exam.extra_time")
    ).one()
    assert (entry.reason, entry.details["minutes"]) == ("broken arm", 10)
    assert erase(db.session(), world.learner.id) == 1
    assert db.session.scalars(select(Grant)).one().reason == ""
    assert trainer.post(where, data={**data, "staff_no": "x"}).status_code == 400


def test_a_reset_starts_afresh(world: World) -> None:
    world.exam.max_attempts, world.exam.cooldown_minutes = 1, 600
    db.session.commit()
    client = world.client()
    trainer = world.client(world.persons.add("trainer"))
    data = {"staff_no": world.learner.staff_no, "reason": "power cut", "do": "reset"}
    assert "nothing to reset" in trainer.post("/exams/theory/people", data=data).text
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert "All 1 attempts are used" in client.get(world.step_url()).text
    world.clock.advance(minutes=1)
    assert trainer.post("/exams/theory/people", data=data).status_code == 303
    assert world.start(client).number == 2
    assert db.session.scalar(
        select(func.count(AuditEntry.id)).where(AuditEntry.action == "exam.reset")
    )
    assert db.session.scalars(select(Notification.text).where(Notification.kind == "exam")).first()


def test_an_exam_by_itself_for_those_who_fit(both_worlds: World) -> None:
    world = both_worlds
    saved(world, is_alone="y", levels=["agent"], max_attempts="1")
    senior = world.persons.add(level="senior_agent")
    outside = world.client(senior)
    assert "No exams for you now" in outside.get("/exams/mine").text
    assert outside.post("/exams/theory/sit").status_code == 404
    client = world.client()
    assert "Duty theory" in client.get("/exams/mine").text
    first, second = client.post("/exams/theory/sit"), client.post("/exams/theory/sit")
    assert first.location == second.location
    attempt = db.session.scalars(select(Attempt)).one()
    assert (attempt.step_id, attempt.enrolment_id) == (None, None)
    assert "Continue the exam" in client.get("/exams/mine").text
    world.answer_all(client, attempt, right=COUNT)
    page = client.post(f"/exams/attempts/{attempt.id}/submit", follow_redirects=True).text
    assert "My exams" in page
    again = client.post("/exams/theory/sit", follow_redirects=True).text
    assert "You have passed this exam" in again
    with counted() as statements:
        client.get("/exams/mine")
    assert len(statements) <= 6, statements


def test_my_exams_tell_what_is_and_who_began_may_go_on(world: World) -> None:
    saved(world, is_alone="y", levels=["agent"], max_attempts="2", negative="25",
          show_key="never", show_explanations="never", show_answers="never")  # fmt: skip
    client = world.client()
    page = client.get("/exams/mine").text
    for told in ("0 of 2 used", "costs 25%", "You see your score"):
        assert told in page
    client.post("/exams/theory/sit")
    attempt = db.session.scalars(select(Attempt)).one()
    check = client.get(f"/exams/attempts/{attempt.id}/check").text
    assert "would earn no points" in check
    assert "You see your score" in check
    assert "right answers and why" not in check
    saved(world, is_alone="y", levels=["senior_agent"], max_attempts="2")  # not for them any more
    assert "Continue the exam" in client.get("/exams/mine").text
    assert client.post("/exams/theory/sit").location.endswith(f"/attempts/{attempt.id}")
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert client.post("/exams/theory/sit").status_code == 404
    assert "It is not open to you any more" in client.get("/exams/mine").text
    saved(world, is_alone="y", levels=["agent"], max_attempts="1")
    assert "All 1 attempts are used" in client.get("/exams/mine").text
    world.again(attempt).score = None  # waits for a marker
    attempt.passed = None
    db.session.commit()
    page = client.get("/exams/mine").text
    assert "Waiting for marking" in page
    assert "Not passed" not in page
    page = client.get(f"/exams/attempts/{attempt.id}/result").text
    assert "Back to the course" not in page


def test_an_earlier_key_is_hidden_while_the_resit_is_sat(world: World) -> None:
    client = world.client()
    first = world.start(client)
    world.answer_all(client, first, right=2)
    client.post(f"/exams/attempts/{first.id}/submit")
    where = f"/exams/attempts/{first.id}/review"
    assert "Because" in client.get("/exams/mistakes").text
    result = f"/exams/attempts/{first.id}/result"
    assert "How you did by topic" in client.get(result).text
    resit = world.start(client)
    for page in (client.get(where).text, client.get("/exams/mistakes").text):
        assert "Because" not in page
        assert "is-right" not in page
    assert "when you have handed in the resit" in client.get(where).text
    assert "How you did by topic" not in client.get(result).text
    client.post(f"/exams/attempts/{resit.id}/submit")
    assert "Because" in client.get(where).text


@pytest.mark.parametrize("raw", [{"scoring": ["all"]}, {"training": 5}, {"show_key": {}}])
def test_rules_of_a_wrong_kind_are_refused(raw: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        rules.read(raw)


def test_withdrawing_the_last_questions_stops_the_next_draw_and_no_open_one(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    for question in db.session.scalars(select(Question).where(Question.key >= "q-4")):
        question.bank_id = _other_bank()
    db.session.commit()
    world.answer_all(client, attempt, right=COUNT)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    assert world.again(attempt).score == 10000
    other = world.persons.add()
    refused = world.client(other).post(world.step_url(other), follow_redirects=True)
    assert "The draw cannot be filled" in refused.text
    assert db.session.scalar(select(func.count(Attempt.id))) == 1


def _other_bank() -> int:
    from lms.db import Localized
    from lms.plugins.exams.models import Bank

    bank = db.session.scalar(select(Bank).where(Bank.key == "gone"))
    if bank is None:
        bank = Bank(key="gone", title=Localized("旧", "Old"))
        db.session.add(bank)
        db.session.flush()
    return bank.id


def test_as_a_file_it_comes_back_the_same_and_undoes_no_later_change(
    world: World, tmp_path: Path
) -> None:
    saved(world, negative="25", closes_at="2026-12-31T18:00", **two_sections())
    dump_exams(db.session(), tmp_path)
    stored = {c: getattr(world.exam, c) for c in ("sections", "rules", "count", "tags", "number")}
    assert load_exams(db.session(), tmp_path, NOW) == 0
    db.session.delete(world.exam)
    db.session.commit()
    assert load_exams(db.session(), tmp_path, NOW) == 1
    again = db.session.scalars(select(Exam)).one()
    assert {c: getattr(again, c) for c in stored} == stored | {"number": 1}
    again.minutes = 45  # on screen
    assert load_exams(db.session(), tmp_path, NOW) == 0
    assert again.minutes == 45
