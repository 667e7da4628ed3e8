"""Policies, plugins and the audit log on screen."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms import policies
from lms.audit import OPERATOR, AuditEntry
from lms.db import db
from lms.people.models import Level
from lms.plugins import migrations
from lms.plugins.manager import plugins
from lms.plugins.models import PluginFailure, PluginState
from lms.plugins.registry import all_policies
from lms.plugins.retraining.policy import SELECTION
from lms.policies import PolicyVersion
from lms.rules import plugin_admin
from tests.counting import statements

RETRAINING = "/policies/retraining.selection"


@pytest.fixture
def hr(app: Flask, persons, auth):
    return auth.login(persons.add("hr", level=Level.MANAGER))


@pytest.fixture
def admin(app: Flask, persons, auth):
    return auth.login(persons.add("admin", level=Level.MANAGER))


def change(client, base: str = "0", **changes: str):
    data = {
        "share": "0.1", "threshold": "60", "due_days": "14", "base": base, "reason": "Trial",
        "rounding": "floor", "ties": "together", "minimum": "0",
    }  # fmt: skip
    return client.post(RETRAINING, data=data | changes, follow_redirects=True)


def test_every_policy_is_listed_and_opens(hr) -> None:
    with statements() as seen:
        page = hr.get("/policies").text
    assert len(seen) <= 7, seen
    for policy in all_policies():
        assert f"/policies/{policy.name}" in page
        assert hr.get(f"/policies/{policy.name}").status_code == 200
    assert hr.get("/policies/unknown").status_code == 404


def test_whole_numbers_stand_without_a_point(hr) -> None:
    page = hr.get("/policies/results.scoring").text
    assert 'value="7200"' in page and 'value="0.35"' in page and 'value="60.0"' not in page


def test_a_change_is_a_version_with_its_reason(hr) -> None:
    page = change(hr, share="0.15", use_threshold="y").text
    assert re.search(r"Version 1 holds from \d{4}-\d\d on\.", page) and "0.1 → <b>0.15</b>" in page
    assert "Trial" in page and "No → <b>Yes</b>" in page
    stored = db.session.scalars(select(PolicyVersion)).one()
    assert stored.params["share"] == 0.15 and stored.params["use_threshold"] is True
    assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "policy.save"))


def test_the_rules_say_what_is_set_otherwise_than_delivered(hr) -> None:
    assert "Set otherwise than delivered" not in hr.get("/rules").text
    change(hr, minimum="20", ties="left_out")
    page = hr.get("/rules").text.partition("Set otherwise than delivered")[2]
    fewer = "With fewer ranked people than this, nobody is selected (0: any number)"
    assert f"{fewer}</span> <b>20<" in page
    assert "none of them is selected</b>" in page
    assert "The fixed score" not in page


def test_what_is_wrong_stands_beside_the_field_and_is_kept(hr) -> None:
    page = change(hr, share="ten").text
    assert "This must be a number." in page and 'value="ten"' in page
    assert "between 0.0 and 0.5" in change(hr, share="0.9").text
    assert "Nothing was changed." in change(hr).text
    assert "Write why" in change(hr, share="0.2", reason="").text
    assert db.session.scalars(select(PolicyVersion)).all() == []


def test_a_stale_form_is_refused(hr) -> None:
    change(hr, share="0.15")
    page = change(hr, share="0.2").text
    assert "Somebody saved this policy in the meantime" in page and 'value="0.2"' in page
    assert len(db.session.scalars(select(PolicyVersion)).all()) == 1


def test_policies_are_for_hr_and_admins(persons, auth, app: Flask) -> None:
    client = auth.login(persons.add("trainer"))
    assert client.get("/policies").status_code == 403
    assert client.post(RETRAINING, data={}).status_code == 403
    assert client.get("/admin/plugins").status_code == 403
    assert client.get("/admin/audit").status_code == 403
    assert client.post("/admin/plugins/retraining", data={}).status_code == 403


def test_a_plugin_is_switched_at_once_and_audited(admin) -> None:
    assert "Switch off" in admin.get("/admin/plugins").text
    off = admin.post("/admin/plugins/retraining", data={"enabled": "0"}, follow_redirects=True)
    assert "retraining is off." in off.text
    assert admin.get("/retraining").status_code == 404
    assert RETRAINING not in admin.get("/policies").text
    admin.post("/admin/plugins/retraining", data={"enabled": "0"})
    admin.post("/admin/plugins/retraining", data={"enabled": "1"})
    assert admin.get("/retraining").status_code == 200
    actions = list(
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "plugin"))
    )
    assert actions == ["plugin.disable", "plugin.enable"]


def test_an_unknown_plugin_or_one_behind_is_not_enabled(admin, monkeypatch) -> None:
    page = admin.post("/admin/plugins/nope", data={"enabled": "1"}, follow_redirects=True)
    assert "There is no plugin nope" in page.text
    admin.post("/admin/plugins/promotion", data={"enabled": "0"})
    monkeypatch.setattr(migrations, "is_current", lambda h: h.name != "promotion")
    page = admin.post("/admin/plugins/promotion", data={"enabled": "1"}, follow_redirects=True)
    assert "The tables of promotion are not up to date" in page.text
    assert "Tables out of date" in page.text
    assert db.session.get(PluginState, "promotion").is_enabled is False


def test_failures_are_shown(admin, clock) -> None:
    db.session.add(
        PluginFailure(plugin="exams", hook="lms_nav", message="Boom", count=3, at=clock.now())
    )
    db.session.commit()
    page = admin.get("/admin/plugins").text
    assert "1 kind of failure" in page and "Boom" in page


def test_overview_names_what_did_not_load(app: Flask) -> None:
    from lms.plugins.loading import LoadFailure

    manager = plugins()
    manager.failures.append(LoadFailure("broken", "import", "ImportError: x"))
    found = {info.name: info for info in plugin_admin.overview(db.session(), manager)}
    assert found["broken"].status == "not_loaded" and "ImportError" in found["broken"].error
    assert found["retraining"].is_ours and found["retraining"].is_on


def test_the_audit_log_is_searched(admin, persons, clock) -> None:
    policies.save(
        db.session(), SELECTION, {"share": 0.2},
        base_number=0, reason="for the log", actor=OPERATOR, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    for _ in range(30):
        persons.add()
    with statements() as seen:
        page = admin.get("/admin/audit").text
    assert len(seen) <= 10, seen
    assert "person.add" in page and 'aria-label="Page 2"' in page
    assert "for the log" in admin.get("/admin/audit?action=policy.save").text
    assert "for the log" in admin.get("/admin/audit?action=policy").text
    found = admin.get("/admin/audit?q=T0005").text
    assert "T0005" in found and "T0006" not in found
    assert "Nothing matches" in admin.get("/admin/audit?first=2026-11-03").text
    assert "person.add" in admin.get("/admin/audit?first=2026-11-02&last=2026-11-02").text
    assert admin.get("/admin/audit?first=yesterday&page=999").status_code == 200
