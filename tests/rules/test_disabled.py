"""With the built-in plugins off, the core runs and shows no trace of them."""

import pytest
from flask import Flask

from lms.audit import OPERATOR
from lms.cli import build
from lms.clock import Month
from lms.db import db
from lms.people.clearance import grant_clearance
from lms.people.models import ClearanceSource, Level
from lms.plugins.manager import plugins
from lms.plugins.registry import all_policies, all_rules
from lms.results.month_list import month_list
from lms.rules import plugin_admin, services

OURS = (
    "certificates", "duty", "exams", "insight", "messaging", "planning", "promotion", "recognition",
    "retraining", "scorecards",
)  # fmt: skip


@pytest.fixture
def bare(app: Flask, clock) -> Flask:
    manager = plugins()
    for name in OURS:
        plugin_admin.set_enabled(
            db.session(), manager, name, False, actor=OPERATOR, now=clock.now()
        )
    db.session.commit()
    manager.forget_states()
    return app


def test_no_trace_on_the_pages(bare: Flask, persons, auth, facts) -> None:
    agent = persons.add()
    facts.close(Month.parse("2026-10"), {agent.id: 9000})
    db.session.commit()
    for person in (agent, persons.add("hr", "admin", "supervisor", level=Level.MANAGER)):
        client = auth.login(person)
        page = client.get("/").text
        for word in ("retraining", "promotion", "certificate", "exam", "duty gate", "service star"):
            assert word not in page.lower(), word
        for address in (
            "/retraining",
            "/promotion",
            "/duty",
            "/messaging",
            "/insight",
            "/recognition",
            "/recognition/points",
            "/api/v1/duty/1",
            f"/promotion/{agent.id}",
        ):
            assert client.get(address).status_code == 404


def test_somebody_just_cleared_gets_no_link_to_nowhere(bare: Flask, persons, auth, clock) -> None:
    agent = persons.add()
    grant_clearance(
        db.session(), agent.id, source=ClearanceSource.PROGRAMME, from_day=clock.now().date(),
        actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    page = auth.login(agent).get("/").text
    assert "You are cleared for duty!" in page and "/certificates" not in page


def test_no_trace_elsewhere(bare: Flask, persons, facts, clock) -> None:
    person = persons.add()
    close = facts.close(Month.parse("2026-10"), {person.id: 9000})
    assert all_rules() == []
    assert not [p for p in all_policies() if p.name.split(".")[0] in OURS]
    names, _ = month_list(db.session(), close)
    assert names == ["staff_no", "score", "rank", "partial", "not_ranked"]
    commands = build(bare).list_commands(None)
    assert not {"retraining", "promotion", "questions"} & set(commands)
    ran = services.run_all(db.session(), close, assign=True, actor=OPERATOR, now=clock.now())
    assert ran == []
