"""Duty gate: other systems ask whether a person may take contacts now, and are told of changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from lms.plugins.api import (
    Event,
    Job,
    Localized,
    NavItem,
    Permission,
    Scope,
    Viewer,
    db,
    hookimpl,
)

TITLE = Localized("上岗闸口：查询接口与变更推送", "Duty gate: an API to ask, webhooks that tell")
AUDIT = {
    "duty.endpoint_add": Localized("添加推送地址", "Added an address to tell of clearance"),
    "duty.endpoint_remove": Localized("移除推送地址", "Removed an address to tell of clearance"),
    "duty.endpoint_test": Localized("发送测试推送", "Sent a test message"),
    "duty.send_again": Localized("重新推送消息", "Sent a message again"),
    "duty_endpoint": Localized("推送地址", "Address told of clearance"),
    "duty_delivery": Localized("推送消息", "Message of the duty gate"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.duty.api_views import bp as api
    from lms.plugins.duty.views import bp

    return [api, bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    label = Localized("管理上岗闸口", "Manage the duty gate")
    return [Permission("duty.manage", label, {"admin": Scope.ALL})]


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.duty.delivering import deliver
    from lms.plugins.duty.outbox import note_ended

    return [
        Job("duty.deliver", deliver, every=timedelta(seconds=5)),
        Job("duty.note_ended", note_ended, every=timedelta(minutes=5)),
    ]


@hookimpl
def lms_event(event: Event) -> None:
    from lms.plugins.duty.outbox import hear

    hear(db.session(), event)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.duty.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.duty.personal import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    if not viewer.may("duty.manage"):
        return []
    return [NavItem(_("Duty gate"), "duty.index", "shield-check", "admin", 40)]
