"""What people do with cases is counted, whatever it is: on the case's page and in the library."""

from datetime import date, timedelta

from flask import Flask

from lms.audit import Actor
from lms.cases import search, usage
from lms.cases.models import Case, CaseVersion, RunState
from lms.cases.search import Search, moving
from lms.cases.uses import recording
from lms.clock import SettableClock
from lms.courses import services as courses
from lms.courses.models import StepProgress
from lms.db import Localized, db
from lms.plugins.casereviews import picking
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.models import Attempt, Bank, Exam, Question, QuestionVersion, Response
from tests.cases import kit
from tests.conftest import Auth, People
from tests.counting import statements
from tests.plugins.exams.conftest import programme_with_exam, question


def a_lesson_is_finished(version: CaseVersion, person_id: int, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    programme, (step,) = programme_with_exam("topic", "peak_%")
    session.add(programme)
    session.flush()
    made = recording.Made("lesson", f"peak_%/{step.key}", version.title)
    recording.record(session, version.id, made, actor=Actor(person_id), now=now)
    enrolment = courses.enrol(
        session, person_id, programme.id, starts_on=now.date(), actor=Actor(None), now=now
    )
    progress = StepProgress(
        enrolment_id=enrolment.id, step_id=step.id, state="completed", started_at=now,
        completed_at=now,
    )  # fmt: skip
    session.add(progress)
    session.flush()


def questions_are_answered(version: CaseVersion, person_id: int, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    key = session.get_one(Case, version.case_id).key
    questions = [question(1, case=key), question(2)]
    document = {"bank": "b", "title": {"zh": "题", "en": "B"}, "questions": questions}
    load_bank(session, document, "b", now)
    bank = session.query(Bank).one()
    exam = Exam(key="e", title=version.title, bank_id=bank.id, tags=[], count=2, minutes=5,
                pass_mark=60)  # fmt: skip
    session.add(exam)
    session.flush()
    for number, handed_in in ((1, now), (2, None)):
        attempt = Attempt(
            exam_id=exam.id, person_id=person_id, number=number, seed=1, pass_mark=60,
            started_at=now, deadline=now, submitted_at=handed_in,
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        session.add_all(
            Response(attempt_id=attempt.id, position=n, version_id=one.id, option_order=[])
            for n, one in enumerate(session.query(QuestionVersion).join(Question), 1)
        )
    session.flush()


def test_every_use_counts(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    leader = persons.add("supervisor", level="supervisor")
    version, newer = kit.published_case(now), kit.published_case(now)
    case_id, year_ago = version.case_id, now - usage.YEAR
    assert usage.by_case(session, year_ago) == {}
    a_lesson_is_finished(version, leader.id, clock)
    questions_are_answered(version, leader.id, clock)
    picking.pick(
        session, case_id, [leader.team_id or 0], date(2026, 11, 2), Localized("先", "First?"),
        [Localized("一", "One"), Localized("二", "Two")], actor=Actor(leader.id), now=now,
    )  # fmt: skip
    drill = kit.drill(now)
    drill.case_version_id = version.id
    for days in (0, 400):
        kit.run(drill, leader.id, now).submitted_at = now - timedelta(days=days)
    session.flush()
    assert usage.by_case(session, year_ago) == {case_id: 4}
    kinds = ["Drill runs", "Lessons finished", "Exam answers", "Team reviews"]
    with statements() as seen:
        found = usage.of_case(session, case_id, year_ago)
    assert sorted((label.en, n) for label, n in found) == sorted((kind, 1) for kind in kinds)
    assert len(seen) == 1
    assert usage.of_case(session, newer.case_id, year_ago) == []
    # The older case comes first: it is used.
    assert moving.settle(session, now) == 1
    ordered = [v.id for v in search.find(session, Search(), "en").versions]
    assert ordered.index(version.id) < ordered.index(newer.id)


def test_the_library_by_mean_score(both_apps: Flask, persons: People, clock: SettableClock) -> None:
    session, now = db.session(), clock.now()
    agent = persons.add()

    def case(title: str, *scores: int, merged_into: int | None = None) -> CaseVersion:
        version = kit.published_case(now, title=Localized(title, title))
        drill = kit.drill(now)
        drill.case_version_id = version.id
        for score in scores:
            run = kit.run(drill, agent.id, now)
            run.state, run.score = RunState.SCORED, score
        kit.run(drill, agent.id, now)  # practised, and scored by nobody
        if merged_into is not None:
            version.state, version.case.merged_into_id = "archived", merged_into
            search.forget(session, [version.case_id])
        return version

    low, high = case("low", 4000, 5001), case("high", 9000)
    unscored = case("none")
    case("gone", 0, 0, merged_into=high.case_id)  # counts with the one that stays
    session.commit()

    def titles(**asked: str) -> list[str]:
        found = search.find(session, Search(**asked), "en")  # type: ignore[arg-type]
        return [v.title.en for v in found.versions if v.title.en in {"low", "high", "none"}]

    assert titles(order="lowest") == ["high", "low", "none"]
    assert titles(order="highest", stage="after_sales") == ["low", "high", "none"]
    assert titles(order="highest", text="fe") == ["low", "high", "none"]  # in the lessons of all
    assert titles(order="sideways") == titles()
    scores = search.find(session, Search(order="lowest"), "en").scores
    assert (scores[high.id].mean, scores[high.id].runs) == (3000, 3)
    assert (scores[low.id].mean, unscored.id in scores) == (4500, False)
    plan = session.connection().exec_driver_sql(
        "EXPLAIN " + ("QUERY PLAN " if both_apps.config["SQLALCHEMY_DATABASE_URI"][:6] == "sqlite"
                      else "")
        + "SELECT avg(score) FROM drill_run WHERE drill_id = 1 AND state = 'scored'"
    ).all()  # fmt: skip
    assert "ix_drill_run_scored" in str(plan)


def test_who_sees_it(app: Flask, auth: Auth, persons: People, clock: SettableClock) -> None:
    drill = kit.drill(clock.now())
    person = persons.add()
    run = kit.run(drill, person.id, clock.now())
    run.state, run.score = RunState.SCORED, 6150
    db.session.commit()
    case_id = drill.case_version.case_id
    trainer, agent = auth.login(persons.add("trainer")), auth.login(person)
    trainer.get("/cases")
    with statements() as seen:
        page = trainer.get("/cases?order=lowest&q=Late&stage=after_sales").text
    assert "Lowest mean score first" in page and "mean 61.50" in page and "1 run scored" in page
    assert 'name="order" value="lowest"' in page and "order=highest" in page
    assert len(seen) <= 7
    page = agent.get("/cases?order=lowest").text
    assert "mean score" not in page and "61.5" not in page and "Late parcel" in page
    assert "Drill runs 1" in trainer.get(f"/cases/{case_id}").text
    assert "Drill runs" not in agent.get(f"/cases/{case_id}").text
