"""The result says first what it came to, and by topic what to practise; the answers come apart."""

import re

import pytest
from markupsafe import escape
from sqlalchemy import select, text, update

from lms.db import Localized, db
from lms.plugins.exams import results, reviewing
from lms.plugins.exams.models import Exam, QuestionTag
from lms.plugins.exams.papers.showing import Visible
from tests.cases import kit
from tests.counting import statements
from tests.plugins.exams.conftest import COUNT, NOW, World


def test_topics_come_weakest_first_and_say_what_to_practise(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=4)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    sat = results.found(db.session(), attempt.id)
    assert sat is not None
    seen = results.result_of(db.session(), sat, Visible())
    assert {topic.name.zh for topic in seen.topics} <= {"even", "odd"}
    assert [t.share for t in seen.topics] == sorted(t.share for t in seen.topics)
    assert (sum(t.count for t in seen.topics), sum(t.right for t in seen.topics)) == (COUNT, 4)
    assert all(topic.share < sat.pass_mark for topic in seen.weak)
    assert seen.weak, "four of six is below the pass mark, so one of the topics is"
    page = client.get(f"/exams/attempts/{attempt.id}/result").text
    assert f"Practise these first: {seen.weak[0].name.zh}" in page
    hidden = Visible(key=False)
    unseen = results.result_of(db.session(), sat, hidden)
    assert (unseen.topics, unseen.weak) == ([], [])


def test_topics_have_names(both_worlds: World) -> None:
    world = both_worlds
    case = kit.published_case(NOW)
    for old, new in (("even", "frt"), ("odd", case.case.key)):
        db.session.execute(update(QuestionTag).values(tag=new).where(QuestionTag.tag == old))
    db.session.commit()
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    page = client.get(f"/exams/attempts/{attempt.id}/result").text
    assert "<span>First response</span>" in page
    assert f"<span>{escape(case.title.en)}</span>" in page


def test_a_result_is_found_without_going_through_all_who_sat_the_exam(world: World) -> None:
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    with statements() as asked:
        client.get(f"/exams/attempts/{attempt.id}/result")
    (found,) = (each for each in asked if "plugin_exams_exam" in each)
    plan = db.session.execute(text("EXPLAIN QUERY PLAN " + found.replace("?", "1"))).all()
    ways = [row.detail for row in plan if "plugin_exams_attempt_" in row.detail]
    assert len(ways) == 2 and all("(person_id=?)" in way for way in ways)


def test_sections_are_named_until_the_exam_is_changed(world: World) -> None:
    exam = db.session.scalars(select(Exam)).one()
    part = {"bank_id": exam.bank_id, "points": 1, "count": 2, "tags": [], "difficulties": []}
    exam.sections = [{**part, "title": {"zh": n, "en": n}} for n in ("Law", "Tone")]
    db.session.commit()
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")

    def topics() -> set[Localized]:
        sat = results.found(db.session(), attempt.id)
        assert sat is not None
        return {topic.name for topic in results.result_of(db.session(), sat, Visible()).topics}

    assert topics() == {Localized("Law", "Law"), Localized("Tone", "Tone")}
    world.again(attempt).exam.number += 1
    db.session.commit()
    assert {name.zh for name in topics()} <= {"even", "odd"}


def test_a_question_is_found_on_its_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "PER_PAGE", 2)
    client = world.client()
    attempt = world.start(client)
    client.post(f"/exams/attempts/{attempt.id}/submit")

    def shown(query: str) -> list[str]:
        page = client.get(f"/exams/attempts/{attempt.id}/review?{query}").text
        return re.findall(r'id="q(\d+)"', page)

    assert shown("") == ["1", "2"]
    assert shown("q=5") == shown("page=3") == shown("page=9") == ["5", "6"]
    assert shown("q=99") == ["1", "2"]
