"""The retraining list, the person's own notice, the month's panel and columns."""

import csv
import io
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lms import policies
from lms.audit import OPERATOR
from lms.cli import build
from lms.clock import Month
from lms.db import db
from lms.people.models import Level
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.retraining.models import Assignment, AssignmentState
from lms.plugins.retraining.policy import SELECTION
from tests.counting import statements


@pytest.fixture
def close(app: Flask, desk):
    close = desk.close("2026-10")
    desk.run(close)
    return close


@pytest.fixture
def hr(close, persons):
    return persons.add("hr", level=Level.MANAGER, team=None)


def test_the_list_says_why(close, desk, hr, auth) -> None:
    client = auth.login(hr)
    with statements() as seen:
        page = client.get("/retraining").text
    assert len(seen) <= 9, seen
    assert desk.lowest.name in page
    assert "October 2026: score 70.00, cut-off 70.00, 1st from the bottom of 12" in page
    assert "weakest: first response 40 s against 0.9 s; practice plan: “" in page
    assert "To do" in page and "To do <small>1</small>" in page
    assert "Nothing matches" in client.get("/retraining?month=2026-01").text
    assert client.get("/retraining?month=January").status_code == 400
    zh = auth.login(hr, "zh_Hans").get("/retraining").text
    assert "2026 年 10 月：得分 70.00，界线 70.00，12 人中倒数第 1" in zh
    assert "；练习计划：《" in zh


def test_overdue_is_a_filter(close, desk, hr, auth, clock) -> None:
    client = auth.login(hr)
    assert "Nothing matches" in client.get("/retraining?state=overdue").text
    clock.advance(days=15)
    assert desk.lowest.name in client.get("/retraining?state=overdue").text


def test_the_list_can_be_taken_away(close, hr, auth) -> None:
    text = auth.login(hr).get("/retraining?format=csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["score"] == "70.00" and row["weakest"] == "frt" and row["due_on"] == "2026-11-16"


def test_scope(close, desk, persons, auth) -> None:
    supervisor = auth.login(persons.add("supervisor", level=Level.SUPERVISOR))
    assert desk.lowest.name in supervisor.get("/retraining").text
    other = auth.login(persons.add("supervisor", level=Level.SUPERVISOR, team="二组"))
    assert desk.lowest.staff_no not in other.get("/retraining").text
    agent = auth.login(desk.next_lowest)
    assert desk.lowest.staff_no not in agent.get("/retraining").text
    assert agent.post("/retraining/1/decide", data={}).status_code == 403


def test_the_person_is_told_on_their_home(close, desk, auth) -> None:
    home = auth.login(desk.lowest).get("/").text
    assert "Retraining: first response" in home and "11 of 12 people did better" in home
    assert "Retraining: first response" not in auth.login(desk.next_lowest).get("/").text


def test_hr_decides_on_what_was_begun(close, hr, auth) -> None:
    row = db.session.scalars(select(Assignment)).one()
    row.state = AssignmentState.REVIEW
    db.session.commit()
    client, url = auth.login(hr), f"/retraining/{row.id}/decide"
    assert "Let it go on" in client.get("/retraining?state=review").text
    client.post(url, data={"reason": "x", "go_on": "1"})
    db.session.expire_all()
    assert row.state == AssignmentState.REVIEW
    done = client.post(url, data={"reason": "still useful", "go_on": "1"}, follow_redirects=True)
    assert "The retraining goes on." in done.text
    assert client.post(url, data={"reason": "again, later"}).status_code == 409
    assert client.post("/retraining/999/decide", data={"reason": "nobody"}).status_code == 404


def test_columns_of_the_month(close, desk) -> None:
    (columns,) = plugins().collect(hookspecs.lms_month_columns, close.id, None)
    selected, weakest = columns
    assert (selected.name, selected.after, selected.default) == ("selected", "rank", "0")
    assert selected.values == {desk.lowest.id: "1"}
    assert (weakest.name, weakest.after) == ("weakest", "partial")
    assert weakest.values == {desk.lowest.id: "frt"}
    # A page asks for its own people, not for everybody whom the month selected.
    for people, chosen in (([desk.lowest.id], {desk.lowest.id: "1"}), ([desk.lowest.id + 1], {})):
        (columns,) = plugins().collect(hookspecs.lms_month_columns, close.id, people)
        assert columns[0].values == chosen


def test_the_month_says_how_the_cut_came_about(close, desk, hr, auth, clock) -> None:
    policies.save(
        db.session(), SELECTION, {"share": 0.5}, base_number=0, reason="for the next one",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    client = auth.login(hr)
    page = client.get("/results/months/2026-10").text
    assert "12 people are ranked, so the lowest 1 are meant" in page
    assert "score of 70.00 or less" in page and "the policy as delivered" in page
    for number, (changes, said) in enumerate([
        ({"minimum": 13}, "12 people are ranked; under the policy it takes at least 13."),
        ({"minimum": 0, "ties": "left_out"}, "People who tie beyond that number are left out."),
        ({"share": 0.01}, "1 % of 12 ranked people is less than one person."),
        ({"use_threshold": True}, "The share selects nobody; only the fixed score counts."),
    ], start=1):  # fmt: skip
        policies.save(
            db.session(), SELECTION, changes, base_number=number, reason="another way",
            actor=OPERATOR, now=clock.now(),
        )  # fmt: skip
        desk.run(desk.close("2026-10", revision=number + 1))
        assert said in client.get("/results/months/2026-10").text
        db.session.rollback()
    policies.save(
        db.session(), SELECTION, {"share": 0.1}, base_number=5, reason="all tie",
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    figures = {p.id: {"frt": (40.0, 10**11)} for p in desk.people}
    scores = dict.fromkeys(figures, 7000)
    desk.run(desk.facts.close(Month.parse("2026-10"), scores, figures, revision=6))
    assert "more than that share the lowest score" in client.get("/results/months/2026-10").text
    db.session.rollback()
    desk.close("2026-10", revision=7)
    db.session.commit()
    assert "The rule has not run for this close." in client.get("/results/months/2026-10").text


def test_the_command_line_lists(app: Flask, close, desk, capsys) -> None:
    command = build(app)
    command.main(["retraining", "list", "--month", "2026-10"], standalone_mode=False)
    header, row = capsys.readouterr().out.splitlines()
    assert header.startswith("month,staff_no,name") and row.startswith("2026-10,T0001,")
    command.main(["retraining", "list", "--format", "json"], standalone_mode=False)
    assert f'"due_on": "{date(2026, 11, 16)}"' in capsys.readouterr().out
