"""The admin's page of one plugin: settings, what it costs, what it holds."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.db import db
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.settings import plugin_settings
from tests.conftest import Auth, People
from tests.plugins.engine.test_isolation import AppWith, app_with  # noqa: F401  a fixture

PLUGIN = """
import time
from lms.plugins.api import Localized, Setting, SettingKind, hookimpl

@hookimpl
def lms_settings():
    return [
        Setting("limit", Localized("上限", "Limit"), SettingKind.NUMBER, 5, low=1, high=9),
        Setting("open", Localized("开放", "Open"), SettingKind.BOOL, True),
        Setting("mode", Localized("方式", "Mode"), SettingKind.CHOICE, "a",
                choices={"a": Localized("甲", "A"), "b": Localized("乙", "B")}),
        Setting("token", Localized("密钥", "Token"), SettingKind.SECRET),
    ]

@hookimpl
def lms_nav(viewer):
    time.sleep(0.26)
"""


@pytest.fixture
def shop(app_with: AppWith) -> Iterator[Flask]:  # noqa: F811
    app = app_with(shop={"__init__.py": PLUGIN})
    app.config["WTF_CSRF_ENABLED"] = False
    yield app


def test_settings_are_typed_audited_and_secrets_are_not_shown(shop: Flask, persons: People) -> None:
    admin = Auth(shop).login(persons.add("admin"))
    page = "/admin/plugins/shop/settings"
    answer = admin.post(page, data={"limit": "7", "mode": "b", "token": "s3cret"})
    assert answer.status_code == 302
    values = plugin_settings(db.session(), "shop")
    assert values == {"limit": 7, "open": False, "mode": "b", "token": "s3cret"}
    shown = admin.get(page).text
    assert "s3cret" not in shown and 'value="7"' in shown and "Somebody Else" in shown
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "plugin.settings"))
    assert entry.details["changed"] == {
        "limit": [5, 7], "open": [True, False], "mode": ["a", "b"], "token": "***",
    }  # fmt: skip
    # An empty secret keeps the stored one; the tick takes it away.
    admin.post(page, data={"limit": "7", "mode": "b", "token": ""})
    db.session.expire_all()
    assert plugin_settings(db.session(), "shop")["token"] == "s3cret"
    admin.post(page, data={"limit": "7", "mode": "b", "token": "", "clear_token": "y"})
    db.session.expire_all()
    assert plugin_settings(db.session(), "shop")["token"] == ""


@pytest.mark.parametrize(("field", "value"), [("limit", "10"), ("limit", "x"), ("mode", "c")])
def test_a_wrong_value_is_refused(shop: Flask, persons: People, field: str, value: str) -> None:
    admin = Auth(shop).login(persons.add("admin"))
    form = {"limit": "6", "mode": "a", field: value}
    assert "form-error" in admin.post("/admin/plugins/shop/settings", data=form).text
    assert plugin_settings(db.session(), "shop")["limit"] == 5


def test_only_admins(shop: Flask, persons: People) -> None:
    hr = Auth(shop).login(persons.add("hr"))
    assert hr.get("/admin/plugins/shop/settings").status_code == 403


def test_a_slow_hook_is_marked_with_its_time(shop: Flask, persons: People) -> None:
    with shop.app_context():
        plugins().collect(hookspecs.lms_nav, hookspecs.Viewer(0, frozenset(), frozenset(), {}))
    admin = Auth(shop).login(persons.add("admin"))
    shown = admin.get("/admin/plugins/shop/settings").text
    assert "Slow" in shown and "lms_nav" in shown
    assert "lms_nav" in admin.get("/admin/plugins").text
