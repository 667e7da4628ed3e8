"""Messaging: notices go out by e-mail, chat robots and webhooks, as people choose."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _

from lms.plugins.api import (
    Action,
    Check,
    Job,
    Localized,
    NavItem,
    NoticeChannel,
    Permission,
    Person,
    Policy,
    Scope,
    Setting,
    Viewer,
    db,
    hookimpl,
)

TITLE = Localized("消息发送：邮件、群机器人、主管摘要", "Messaging: e-mail, chat robots, digests")
AUDIT = {
    "messaging.address_add": Localized("填写消息接收地址", "Added an address for notices"),
    "messaging.address_confirm": Localized("确认消息接收地址", "Confirmed an address for notices"),
    "messaging.address_remove": Localized("移除消息接收地址", "Removed an address for notices"),
    "messaging.team_chat": Localized("设置团队群机器人", "Set up a team's chat"),
    "messaging.team_chat_remove": Localized("移除团队群机器人", "Removed a team's chat"),
    "messaging.test": Localized("发送测试消息", "Sent a test message"),
    "messaging.send_again": Localized("重新发送消息", "Sent a message again"),
    "messaging_address": Localized("消息接收地址", "Address for notices"),
    "messaging_channel": Localized("发送方式", "Channel of notices"),
    "messaging_delivery": Localized("已发送的消息", "Message sent"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.messaging.admin_views import bp as admin
    from lms.plugins.messaging.team_views import bp as teams
    from lms.plugins.messaging.views import bp

    return [bp, admin, teams]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    label = Localized("管理消息发送", "Manage messaging")
    chats = Localized("设置团队的群机器人", "Set up the chat of a team")
    return [
        Permission("messaging.manage", label, {"admin": Scope.ALL}),
        Permission("messaging.team", chats, {"supervisor": Scope.TEAM, "admin": Scope.ALL}),
    ]


@hookimpl
def lms_settings() -> Sequence[Setting]:
    from lms.plugins.messaging.settings import SETTINGS

    return SETTINGS


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.messaging.settings import DIGEST

    return [DIGEST]


@hookimpl
def lms_channels() -> Sequence[NoticeChannel]:
    from lms.plugins.messaging.known import built_in

    return built_in()


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.messaging.digest_job import send_digests
    from lms.plugins.messaging.sending import deliver

    return [
        Job("messaging.deliver", deliver, every=timedelta(seconds=5)),
        Job("messaging.digests", send_digests, every=timedelta(minutes=5)),
    ]


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.messaging.personal import export

    return export(db.session(), person_id)


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.messaging.personal import erase

    return erase(db.session(), person_id, now)


@hookimpl
def lms_actions(subject: Any, viewer: Viewer) -> Sequence[Action] | None:
    if isinstance(subject, Person) and subject.id == viewer.person_id:
        return [Action(_("Notices"), url_for("messaging.preferences"), "bell")]
    return None


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    if not viewer.may("messaging.manage"):
        return []
    return [NavItem(_("Messaging"), "messaging_admin.channels", "send", "admin", 45)]


@hookimpl
def lms_checks() -> Sequence[Check]:
    from lms.plugins.messaging.checks import checks

    return checks(db.session())
