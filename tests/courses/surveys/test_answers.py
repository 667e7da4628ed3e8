"""Surveys: nobody's answers, counted once, shown from enough on."""

import json
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.clock import Month, SettableClock
from lms.courses.models import Enrolment, Programme, StepProgress
from lms.courses.surveys import results
from lms.courses.surveys.models import SurveyCount, SurveyText
from lms.db import Model, db
from lms.people.models import Person
from tests.conftest import Auth, People
from tests.courses.conftest import Documents, School, both, lesson

ASKED: list[dict[str, Any]] = [
    {"key": "all-in-all", "type": "scale", "satisfaction": True, "text": both("happy?"),
     "low": both("not"), "high": both("very")},
    {"key": "pace", "type": "choice", "text": both("pace?"),
     "options": [both("slow"), both("fast")]},
    {"key": "more", "type": "text", "text": both("more?")},
]  # fmt: skip
GOOD = {"all-in-all": "4", "pace": "2", "more": "Less <b>talk</b>"}


def survey(questions: list[dict[str, Any]] = ASKED, **more: Any) -> dict[str, Any]:
    return {"key": "say", "kind": "survey", "title": both("Your say"), "minutes": 3,
            "questions": questions, **more}  # fmt: skip


@pytest.fixture
def course(both_apps: Flask, documents: Documents, clock: SettableClock) -> School:
    return load(documents, clock)


def load(documents: Documents, clock: SettableClock, *steps: dict[str, Any]) -> School:
    content = [[*(steps or [survey()])]]
    documents.programme("peak", content, kind="topic", grants_clearance=False, due_days=30)
    documents.load()
    return School(clock)


def url(school: School, enrolment: Enrolment) -> str:
    return f"/learn/{enrolment.id}/{school.standing(enrolment).steps[0].step.id}"


def say(school: School, app: Flask, person: Person, answers: dict[str, str]) -> Any:
    enrolment = school.enrol(person, "peak")
    return Auth(app).login(person).post(url(school, enrolment), data=answers)


def counted() -> dict[tuple[str, int], int]:
    rows = db.session.execute(select(SurveyCount.question, SurveyCount.value, SurveyCount.count))
    found = {(question, value): count for question, value, count in rows}
    db.session.commit()
    return found


def test_answers_are_counted_once_and_the_step_is_done(
    course: School, both_apps: Flask, persons: People
) -> None:
    first, second = persons.add(), persons.add()
    for person in (first, second):
        where = url(course, course.enrol(person, "peak"))
        for _ in range(2):
            assert Auth(both_apps).login(person).post(where, data=GOOD).status_code == 303
    assert counted() == {("all-in-all", 4): 2, ("pace", 2): 2}
    assert db.session.scalars(select(SurveyText.text)).all() == ["Less <b>talk</b>"] * 2
    assert db.session.scalars(select(StepProgress.state)).all() == ["completed"] * 2
    page = Auth(both_apps).login(first).get("/learn/1/1").get_data(as_text=True)
    assert "Thank you" in page and "Less" not in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"all-in-all": "6"}, "Choose one of the answers."),
        ({"all-in-all": "0"}, "Choose one of the answers."),
        ({"all-in-all": "4.5"}, "Choose one of the answers."),
        ({"all-in-all": "４"}, "Choose one of the answers."),
        ({"all-in-all": ""}, "Choose one of the answers."),
        ({"pace": "3"}, "Choose one of the answers."),
        ({"more": "x" * 2001}, "Write at most 2000 characters."),
    ],
)
def test_an_answer_outside_its_scale_counts_nothing_and_loses_nothing(
    app: Flask,
    documents: Documents,
    clock: SettableClock,
    persons: People,
    wrong: Any,
    message: str,
) -> None:
    answer = say(load(documents, clock), app, persons.add(), GOOD | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and message in page
    if "more" not in wrong:
        assert "Less &lt;b&gt;talk&lt;/b&gt;" in page  # what was typed is still there
    assert counted() == {}
    assert db.session.scalar(select(func.count(StepProgress.id))) == 0


def test_nothing_stored_leads_from_an_answer_to_a_person(
    app: Flask, documents: Documents, clock: SettableClock, persons: People
) -> None:
    course, said = load(documents, clock), "only I would say this"
    for number in range(4):
        say(course, app, persons.add(), GOOD | {"more": f"{said} {number}"})
        clock.advance(minutes=7)
    for model in (SurveyCount, SurveyText):
        columns = {column.name for column in model.__table__.columns}
        assert columns <= {"id", "step_id", "question", "month", "value", "count", "text"}
    # In the order of storage, which a copy of the database shows, the texts stand by their numbers.
    stored = db.session.execute(select(SurveyText.id).order_by(SurveyText.id)).scalars().all()
    by_place = db.session.scalars(db.text("SELECT id FROM survey_text ORDER BY rowid")).all()
    assert stored == by_place and max(stored) > 100
    everywhere = {
        table.name
        for table in Model.metadata.sorted_tables
        for row in db.session.execute(select(table)).mappings()
        if said in json.dumps(dict(row), default=str)
    }
    assert everywhere == {"survey_text"}


def test_results_wait_for_enough_answers(
    app: Flask, documents: Documents, clock: SettableClock, persons: People, auth: Auth
) -> None:
    course, trainer = load(documents, clock), persons.add("trainer")
    for value in (5, 5, 4, 3):
        say(course, app, persons.add(), GOOD | {"all-in-all": str(value)})
    page, table = "/surveys/peak/say", "/surveys/peak/say?format=csv"
    reader = auth.login(trainer)
    early = reader.get(page).get_data(as_text=True)
    assert "4 of 5 answers" in early and "talk" not in early and "mean" not in early
    assert reader.get(table).get_data(as_text=True).count("\n") == 1
    assert "from 5 answers on" in reader.get("/surveys").get_data(as_text=True)
    db.session.rollback()
    programme = db.session.scalars(select(Programme.id)).one()
    november = Month.parse("2026-11")
    by_month = partial(results.satisfaction_by_month, db.session(), [programme, 99])
    assert by_month(november, november.plus(1)) == {}
    db.session.rollback()
    say(course, app, persons.add(), GOOD | {"all-in-all": "1"})
    assert by_month(november, november) == {(programme, november): results.Satisfaction(3.6, 5)}
    assert by_month(november.plus(1), november.plus(2)) == {}
    db.session.rollback()
    late = reader.get(page).get_data(as_text=True)
    assert "mean 3.60 of 5" in late and "2 · 40%" in late and "Less &lt;b&gt;" in late
    assert "3.6 / 5" in reader.get("/surveys").get_data(as_text=True)
    rows = reader.get(table).get_data(as_text=True).splitlines()
    assert "happy?,5,2" in rows and "pace?,fast,5" in rows and len(rows) == 1 + 5 + 2 + 5
    assert reader.get("/surveys/peak/none").status_code == 404
    assert reader.get("/surveys/peak/say?format=exe").status_code == 404
    assert auth.login(persons.add("supervisor")).get(page).status_code == 403


def test_a_survey_adds_up_the_versions_that_asked_the_same(
    course: School, both_apps: Flask, persons: People, documents: Documents, clock: SettableClock
) -> None:
    session = db.session()
    for value in (5, 4):
        say(course, both_apps, persons.add(), GOOD | {"all-in-all": str(value)})
    other = {**ASKED[1], "options": [both("a"), both("b"), both("c")]}
    load(documents, clock, survey([ASKED[0], other]), lesson("late"))
    clock.advance(days=40)
    for value in (3, 2, 1):
        say(course, both_apps, persons.add(), GOOD | {"all-in-all": str(value), "pace": "3"})
    found = results.survey(session, "peak", "say")
    assert found is not None and found.questions is not None
    assert [dict(result.counts) for result in found.questions] == [
        {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, {1: 0, 2: 0, 3: 3},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("questions", "field"),
    [
        ([], "questions"),
        ([{**ASKED[0], "type": "stars"}], "questions[1].type"),
        ([{**ASKED[0], "text": {"zh": "只有"}}], "questions[1].text"),
        ([{**ASKED[0], "high": "very"}], "questions[1].high"),
        ([{**ASKED[0], "scale": 7}], "questions[1].scale"),
        ([{**ASKED[0], "key": "A b"}], "questions[1].key"),
        ([{**ASKED[1], "options": [both("a")]}], "questions[1].options"),
        ([{**ASKED[1], "satisfaction": True}], "questions[1].satisfaction"),
        ([ASKED[0], ASKED[0]], "questions"),
        ([ASKED[0], {**ASKED[0], "key": "two"}], "questions"),
        ([ASKED[2]], "questions"),
    ],
)
def test_a_wrong_survey_is_named_by_its_field(questions: Any, field: str) -> None:
    from lms.courses.steps.survey import Survey
    from lms.errors import DomainError

    with pytest.raises(DomainError) as refused:
        Survey().check_config({"questions": questions})
    assert refused.value.field == field
