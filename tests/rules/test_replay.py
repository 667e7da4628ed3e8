"""Rules and policies looked at over months that are closed, through HR's pages."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.clock import Month
from lms.db import db
from lms.people.models import Person
from lms.plugins.retraining.models import Assignment
from lms.policies import PolicyVersion
from lms.results.models import MonthClose
from lms.rules.models import RuleRun
from tests.conftest import Auth, Facts, People

FEBRUARY, MARCH = Month.parse("2026-02"), Month.parse("2026-03")
RULE, POLICY = "/rules/retraining.bottom", "/policies/retraining.selection"
AS_DELIVERED = {
    "base": "0", "threshold": "60", "due_days": "14", "share": "0.1",
    "rounding": "floor", "ties": "together", "minimum": "0",
}  # fmt: skip


@pytest.fixture
def agents(persons: People) -> list[Person]:
    return [persons.add(name=f"客服{n}") for n in range(10)]


@pytest.fixture
def hr(auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add("hr"))


def closed(facts: Facts, agents: list[Person], month: Month) -> MonthClose:
    """Everybody is ranked, the first of them lowest."""
    figures = {a.id: {"frt": (40.0, 10**11 * (n + 1))} for n, a in enumerate(agents)}
    close = facts.close(month, {a.id: 7000 + n for n, a in enumerate(agents)}, figures)
    db.session.commit()
    return close


def counts() -> tuple[int, ...]:
    kinds = (RuleRun, PolicyVersion, MonthClose, Assignment, AuditEntry)
    return tuple(db.session.scalar(select(func.count()).select_from(k)) or 0 for k in kinds)


def test_a_month_the_rule_has_not_read_can_be_tried_and_applied(
    hr: FlaskClient, agents: list[Person], facts: Facts
) -> None:
    closed(facts, agents, MARCH)
    before = counts()
    assert "客服0" in hr.get(RULE).text
    page = hr.get(f"{RULE}/2026-03").text
    assert "has not run" in page and "客服0" in page and "客服1<" not in page
    assert counts() == before
    refused = hr.post(f"{RULE}/2026-03/apply", data={"reason": " "}, follow_redirects=True)
    assert "Write why" in refused.text and counts() == before

    hr.post(f"{RULE}/2026-03/apply", data={"reason": "the plugin was off then"})
    hr.post(f"{RULE}/2026-03/apply", data={"reason": "pressed twice"})
    (assignment,) = db.session.scalars(select(Assignment)).all()
    assert assignment.person_id == agents[0].id
    page = hr.get(f"{RULE}/2026-03").text
    assert "Applied" in page and "The same people." in page
    reasons = db.session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "rule.apply").order_by(AuditEntry.id)
    ).all()
    assert reasons == ["the plugin was off then", "pressed twice"]


def test_a_policy_shows_its_effect_before_it_is_saved(
    hr: FlaskClient, agents: list[Person], facts: Facts
) -> None:
    for month in (FEBRUARY, MARCH):
        closed(facts, agents, month)
        hr.post(f"{RULE}/{month}/apply", data={"reason": "history"})
    before = counts()
    wider = {**AS_DELIVERED, "share": "0.2", "preview": "1"}
    page = hr.post(POLICY, data=wider).text
    assert page.count("客服1<") == 2 and "2026-02" in page and "2026-03" in page
    assert 'value="0.2"' in page and counts() == before
    few = hr.post(POLICY, data={**AS_DELIVERED, "minimum": "11", "preview": "1"}).text
    assert few.count("客服0<") == 2 and counts() == before
    assert "Nothing was changed." in hr.post(POLICY, data={**wider, "share": "0.1"}).text
    assert "between" in hr.post(POLICY, data={**wider, "share": "7"}).text
    narrow = {**AS_DELIVERED, "due_days": "15", "preview": "1"}
    assert "none of the last twelve months" in hr.post(POLICY, data=narrow).text
    assert counts() == before


def test_a_changed_policy_is_for_the_months_to_come(
    hr: FlaskClient, agents: list[Person], facts: Facts
) -> None:
    closed(facts, agents, MARCH)
    hr.post(f"{RULE}/2026-03/apply", data={"reason": "history"})
    page = hr.get(POLICY).text
    assert 'value="2026-04"' in page  # the first that is open
    wider = {**AS_DELIVERED, "share": "0.2", "reason": "more practice"}
    assert "holds from 2026-04 on" in hr.post(POLICY, data=wider, follow_redirects=True).text
    assert "The same people." in hr.get(f"{RULE}/2026-03").text
    assert "Write the month as" in hr.post(POLICY, data={**wider, "from_month": "soon"}).text

    hr.post(POLICY, data={**wider, "base": "1", "from_month": "2026-03"})
    page = hr.get(f"{RULE}/2026-03").text
    assert "客服1<" in page and "Make a new revision of the month." in page
    hr.post(f"{RULE}/2026-03/apply", data={"reason": "now"})
    assert len(db.session.scalars(select(Assignment)).all()) == 1


def test_a_rule_that_fails_says_so(
    hr: FlaskClient, agents: list[Person], facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(facts, agents, MARCH)
    monkeypatch.setattr("lms.plugins.retraining.selection.cut", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in hr.get(RULE).text
    assert "ZeroDivisionError" in hr.get(f"{RULE}/2026-03").text
