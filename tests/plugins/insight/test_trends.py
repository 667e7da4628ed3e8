"""Trends and cohorts: who may see whose, gaps, charts without colour, exports in the audit log."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit import OPERATOR, AuditEntry
from lms.clock import Month
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Person, Position
from lms.plugins.insight import cohorts, trends
from lms.plugins.insight.months import closed
from lms.plugins.testing import check_plugin
from lms.results.models import MonthResult
from lms.web.plots import plot_of
from tests.conftest import NOW, Auth, Facts, People
from tests.counting import statements

MARCH = Month.parse("2026-03")


def test_conforms(both_apps: Flask) -> None:
    assert check_plugin(both_apps, "insight") == []


@pytest.fixture
def agents(both_apps: Flask, persons: People, facts: Facts) -> list[Person]:
    """Three of two teams in March and May; April is open, a gap."""
    made = [persons.add(team=team) for team in ("一组", "一组", "二组")]
    for month, scores in ((MARCH, (9000, 8000, 7000)), (MARCH.plus(2), (9100, None, 7300))):
        csat = {p.id: {"csat": (4.0 + n / 10, 10**12)} for n, p in enumerate(made)}
        close = facts.close(month, {p.id: s for p, s in zip(made, scores, strict=True)}, csat)
        for person in made:
            db.session.get_one(MonthResult, (close.id, person.id)).team_id = person.team_id
    db.session.commit()
    return made


def test_means_are_of_the_ranked(agents: list[Person]) -> None:
    closes = closed(db.session(), 12).closes
    assert list(closes) == [MARCH, MARCH.plus(2)]

    def of(code: str, teams: list[int] | None) -> list[tuple[float | None, int]]:
        found = trends.of_teams(db.session(), closes, code, teams)
        return [(p.value and round(p.value, 4), p.people) for p in found]

    team = agents[0].team_id or 0
    assert of("score", None) == [(80.0, 3), (82.0, 2)]
    assert of("score", [team]) == [(85.0, 2), (91.0, 1)]
    assert of("csat", [team]) == [(4.05, 2), (4.0, 1)]
    mine = trends.of_person(db.session(), agents[1].id, closes, "csat")
    assert [(p.value, p.people) for p in mine] == [(4.1, 1), (4.1, 1)]  # ranked or not
    # A revision is another close: nothing old is kept for it.
    db.session.rollback()


def test_a_target_is_shown_where_it_is_one(
    app: Flask, persons: People, facts: Facts, auth: Auth
) -> None:
    online, phone = persons.add(), persons.add(channel="phone")
    figures = dict.fromkeys(("csat", "frt"), (4.0, 10**12))
    scores = {online.id: 9000, phone.id: 7000}
    close = facts.close(MARCH, scores, dict.fromkeys(scores, figures))
    db.session.get_one(MonthResult, (close.id, phone.id)).channel = "phone"
    close.policy = {**close.policy, "target_frt_phone": 20, "target_frt_online": 30}
    db.session.commit()
    hr = auth.login(persons.add("hr", level="manager"))
    alike = page(hr, "/insight/company?metric=csat")
    assert "Target 4.5" in alike and "Targets differ" not in alike
    mixed = page(hr, "/insight/company?metric=frt")
    assert "Online 30 · Phone 20" in mixed and "key-target" not in mixed
    alone = page(hr, "/insight/company?metric=frt&channel=phone")
    assert "Target 20" in alone and "Targets differ" not in alone
    taken = page(hr, "/insight/company?channel=phone&format=csv")
    assert "Company · Phone,70.0,1" in taken


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    db.session.rollback()
    assert answer.status_code == status, url
    return str(answer.text)


def test_who_sees_whose_trend(app: Flask, persons: People, facts: Facts, auth: Auth) -> None:
    own, colleague = persons.add(), persons.add(name="同事甲")
    other = persons.add(team="二组", name="外人乙")
    boss, hr = persons.add("supervisor", level="supervisor"), persons.add("hr", level="manager")
    for month in (MARCH, MARCH.plus(2)):
        close = facts.close(month, {own.id: 9000, colleague.id: 8765, other.id: 7654})
        for person in (own, colleague, other):
            db.session.get_one(MonthResult, (close.id, person.id)).team_id = person.team_id
    db.session.commit()
    agent = auth.login(own)
    mine = page(agent, f"/insight/people/{own.id}")
    assert "2026-04" in mine and "87.65" not in mine  # the gap is there, others are not
    for url in (f"/people/{colleague.id}", f"/teams/{own.team_id}", "/company", "/cohorts"):
        page(agent, f"/insight{url}", 403)
    page(agent, "/insight/people/99999", 404)
    supervisor = auth.login(boss)
    assert "87.65" in page(supervisor, f"/insight/people/{colleague.id}")
    assert "88.83" in page(supervisor, f"/insight/teams/{own.team_id}")
    page(supervisor, f"/insight/people/{other.id}", 403)
    page(supervisor, f"/insight/teams/{other.team_id}", 403)
    page(supervisor, "/insight/company", 403)
    every = auth.login(hr)
    with statements() as seen:
        shown = page(every, f"/insight/company?team={own.team_id}&team={other.team_id}")
    assert len(seen) <= 7 and "84.73" in shown
    with statements() as seen:  # what closes say is kept
        page(every, f"/insight/company?team={own.team_id}&team={other.team_id}")
    assert len(seen) <= 6
    # Three series: told apart by shapes and dashes, with the figures in a table.
    chart = shown.split('<svg class="drawn"')[1].split("</svg>")[0]
    assert chart.count("<circle") == 2 and chart.count("<rect") == 2 and "stroke-dasharray" in shown
    assert shown.count("<tr>") >= 9
    taken = page(every, f"/insight/company?team={other.team_id}&format=csv")
    assert "2026-03,Monthly score,二组,76.54,1" in taken
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.take")).one()
    assert entry.actor_id == hr.id and entry.details["rows"] == 4
    assert "/insight/company" in entry.details["asked"]


def test_cohorts(both_apps: Flask, persons: People, facts: Facts) -> None:
    """Hired on 1 March: the 90th day is 29 May. Cleared on the seventh day is in time."""
    ids = []
    for day, cleared in ((1, 7), (2, 9), (30, None)):
        person = persons.add(hired_on=date(2026, 3, day))
        ids.append(person.id)
        if cleared:
            grant_clearance(
                db.session(), person.id, source=ClearanceSource.HISTORY,
                from_day=date(2026, 3, cleared), actor=OPERATOR, now=NOW,
            )  # fmt: skip
    late = persons.add(hired_on=date(2026, 10, 30)).id
    figures = {i: {"csat": (4.0 + n, 10**12)} for n, i in enumerate(ids)}
    for month in (MARCH.plus(2), MARCH.plus(3)):
        facts.close(month, dict.fromkeys(ids, 9000), figures)
    db.session.commit()
    closes = closed(db.session(), 12).closes

    def of(month: str, least: int = 1) -> cohorts.Cohort:
        found = cohorts.cohorts(
            db.session(), Month.parse("2026-11"), 12, closes,
            Person.id.in_([*ids, late]), date(2026, 11, 2), least,
        )  # fmt: skip
        return next(c for c in found if c.month == Month.parse(month))

    march = of("2026-03")
    assert (march.hired, march.due, march.cleared, march.stayed) == (3, 3, 1, 3)
    assert (march.rated, march.csat) == (3, 5.0) and march.share == 33.3
    assert of("2026-03", least=5).csat is None
    october = of("2026-10")
    assert (october.hired, october.due, october.share, october.csat) == (1, 0, None, None)
    assert of("2026-04").hired == 0


def test_gaps_stay_gaps_and_scales_are_round() -> None:
    series = [{"name": "a", "data": [1.0, None, 3.0, 4.0]}]
    plot = plot_of({"labels": list("wxyz"), "series": series, "target": 3.5})
    assert plot is not None and plot.target is not None
    assert len(plot.lines[0].runs) == 1 and len(plot.lines[0].marks) == 3
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", text) for _, text in plot.ticks)
    assert plot_of({"labels": ["x"], "series": [{"name": "a", "data": [None]}]}) is None
    flat = plot_of({"labels": ["x"], "series": [{"name": "a", "data": [0]}]})
    assert flat is not None and len(flat.ticks) > 2


def test_a_cohort_is_of_agents_and_its_ninetieth_day_is_the_ninetieth(
    app: Flask, persons: People, facts: Facts
) -> None:
    day = date(2026, 3, 3)  # the 90th day is 31 May
    agent, boss, risen = persons.add(hired_on=day), persons.add(level="manager"), persons.add()
    boss.hired_on = risen.hired_on = day
    db.session.add_all(
        Position(person_id=risen.id, from_day=from_day, level=level, channel="online")
        for from_day, level in ((day, "agent"), (date(2026, 9, 1), "supervisor"))
    )
    risen.level = "supervisor"
    ids = [agent.id, boss.id, risen.id]
    facts.close(MARCH.plus(2), dict.fromkeys(ids, 9000), {i: {"csat": (4.0, 10**12)} for i in ids})
    db.session.commit()
    closes = closed(db.session(), 12).closes
    (march,) = cohorts.cohorts(
        db.session(), MARCH, 1, closes, Person.id.in_(ids), date(2026, 11, 2), 1
    )
    assert (march.hired, march.rated) == (2, 2)
