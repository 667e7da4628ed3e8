"""What messages and states are called, in both languages."""

from collections.abc import Mapping

from lms.plugins.api import Localized, notice_kinds
from lms.plugins.messaging.models import DeliveryState, OwnKind, Rhythm

CONFIRM = Localized("请确认您的邮箱", "Please confirm your e-mail address")
CONFIRM_TEXT = Localized(
    "有人（应该是您）在学习平台上填写了这个邮箱，用来接收消息。两天内点开下面的链接即可确认；若不是您，请忽略本邮件。",
    "Somebody, most likely you, entered this address to be sent notices. Open the link within two "
    "days to confirm it. If it was not you, do nothing: no more mail will come.",
)
TEST = Localized("测试消息", "Test message")
TEST_TEXT = Localized("如果您看到这条消息，说明发送正常。", "If you read this, sending works.")
DIGEST = Localized("团队摘要：", "Your team:")
MORE = Localized("- 另有 %(count)s 项", "- and %(count)s more")
SECTIONS: Mapping[str, Localized] = {
    "overdue": Localized("已逾期", "Overdue"),
    "stuck": Localized("停滞", "Stuck"),
    "signoffs": Localized("等待签核", "To sign off"),
    "upcoming": Localized("七天内到期", "Due within a week"),
    "hired": Localized("新入职", "New hires"),
}
RHYTHMS: Mapping[str, Localized] = {
    Rhythm.OFF: Localized("不发送", "Never"),
    Rhythm.DAILY: Localized("每天", "Every day"),
    Rhythm.WEEKLY: Localized("每周", "Every week"),
}
STATES: Mapping[str, Localized] = {
    DeliveryState.WAITING: Localized("等待发送", "Waiting"),
    DeliveryState.DELIVERED: Localized("已送达", "Delivered"),
    DeliveryState.GIVEN_UP: Localized("已放弃", "Given up"),
}
# How each state looks: names of the interface's chips.
CHIPS: Mapping[str, str] = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.DELIVERED: "done",
    DeliveryState.GIVEN_UP: "failed",
}
_OWN: Mapping[str, Localized] = {
    OwnKind.CONFIRM: Localized("确认邮箱", "Confirmation of an address"),
    OwnKind.TEST: TEST,
    OwnKind.DIGEST: Localized("主管摘要", "Supervisor's digest"),
}


def kind_name(kind: str) -> Localized:
    """A kind that nobody names stands for itself: its plugin may be off."""
    if kind in _OWN:
        return _OWN[kind]
    known = notice_kinds().get(kind)
    return known.label if known else Localized(kind, kind)
