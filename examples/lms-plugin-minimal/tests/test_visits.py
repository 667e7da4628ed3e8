"""The plugin as its users meet it."""

from collections.abc import Callable
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from lms.clock import SettableClock
from lms.plugins.api import Actor, CriterionState, Person, db
from lms.plugins.testing import People, check_plugin
from sqlalchemy import select

from lms_visits import queries, services
from lms_visits.models import Visit

SignIn = Callable[..., FlaskClient]


def visit(person: Person, score: int, clock: SettableClock, note: str = "") -> Visit:
    made = services.record(
        db.session(), person.staff_no, visited_on=date(2026, 10, 5), score=score, note=note,
        actor=Actor(None, "test"), now=clock.now(), today=date(2026, 11, 2),
    )  # fmt: skip
    db.session.commit()
    return made


def test_it_keeps_what_every_plugin_must(both_apps: Flask) -> None:
    assert check_plugin(both_apps, "visits") == []


def test_quality_records_and_everybody_sees_their_own(
    both_apps: Flask, people: People, sign_in: SignIn
) -> None:
    agent, other = people.add(name="王小明"), people.add(name="李四")
    quality = sign_in(people.add("quality"))
    form = {"staff_no": agent.staff_no, "visited_on": "2026-10-05", "score": "91", "note": "热情"}
    assert quality.post("/visits", data=form).status_code == 302
    assert "王小明" in quality.get("/visits").text
    assert "91.0" in quality.get("/visits?format=csv").text
    assert "91" in sign_in(agent, "zh_Hans").get("/visits").text
    assert "王小明" not in sign_in(other).get("/visits").text


def test_a_wrong_form_says_where_and_stores_nothing(
    app: Flask, people: People, sign_in: SignIn
) -> None:
    quality = sign_in(people.add("quality"))
    for field, value, said in (
        ("staff_no", "X", "Nobody has this staff number."),
        ("visited_on", "2026-12-01", "This day is yet to come."),
        ("score", "101", "between 0 and 100"),
    ):
        form = {"staff_no": people.add().staff_no, "visited_on": "2026-10-05", "score": "50"}
        answer = quality.post("/visits", data={**form, field: value})
        assert answer.status_code == 422 and said in answer.text
    assert db.session.scalar(select(Visit)) is None


def test_agents_cannot_record(app: Flask, people: People, sign_in: SignIn) -> None:
    assert sign_in(people.add()).post("/visits").status_code == 403


def test_the_criterion_has_three_states(
    both_apps: Flask, people: People, clock: SettableClock
) -> None:
    good, bad, seldom = people.add(), people.add(), people.add()
    for person, scores in ((good, (80, 90)), (bad, (70, 80)), (seldom, (99,))):
        for score in scores:
            visit(person, score, clock)
    with both_apps.test_request_context():
        found = queries.criteria(db.session(), [good.id, bad.id, seldom.id], 2026)
    assert [found[p.id][0].state for p in (good, bad, seldom)] == [
        CriterionState.MET, CriterionState.NOT_MET, CriterionState.UNKNOWN,
    ]  # fmt: skip


def test_export_and_erasure(app: Flask, people: People, clock: SettableClock) -> None:
    agent = people.add()
    made = visit(agent, 70, clock, note="about somebody")
    [row] = services.export(db.session(), agent.id)["plugin_visits_visit"]
    assert row["score"] == 70 and row["note"] == "about somebody"
    assert services.erase(db.session(), agent.id) == 1
    db.session.refresh(made)
    assert (made.score, made.note) == (70, "")
