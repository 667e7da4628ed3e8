"""Kinds and states in words."""

from collections.abc import Mapping

from flask_babel import format_date

from lms.plugins.api import Localized, Month, locale
from lms.plugins.recognition.models import Kind, State

KINDS: Mapping[str, Localized] = {
    Kind.PRAISE: Localized("客户表扬", "Praise from a customer"),
    Kind.QUALIFICATION: Localized("外部资格证书", "Outside qualification"),
    Kind.OTHER: Localized("其他", "Other"),
    Kind.COUNTER: Localized("冲销", "Counter-entry"),
}
STATES: Mapping[str, Localized] = {
    State.SUBMITTED: Localized("待审核", "Waits for approval"),
    State.APPROVED: Localized("已通过", "Approved"),
    State.DECLINED: Localized("已退回", "Sent back"),
}
CHIPS: Mapping[str, str] = {
    State.SUBMITTED: "waiting",
    State.APPROVED: "ok",
    State.DECLINED: "refused",
}
CHANNELS: Mapping[str, Localized] = {
    "online": Localized("在线", "Online"),
    "phone": Localized("电话", "Phone"),
    "email": Localized("邮件", "E-mail"),
}


def group(name: str) -> Localized:
    """A channel by its word, a team by its name."""
    return CHANNELS.get(name, Localized.of(name))


def month_name(month: Month) -> str:
    """`March 2026`, `2026年3月`."""
    pattern = "yyyy年M月" if locale() == "zh_Hans" else "MMMM yyyy"
    return str(format_date(month.first_day, pattern))
