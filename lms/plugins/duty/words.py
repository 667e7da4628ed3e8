"""States and events in words, in both languages."""

from lms.plugins.api import Localized
from lms.plugins.duty import outbox
from lms.plugins.duty.models import DeliveryState

# Of the tokens with which other systems ask.
PURPOSE = "duty"
STATES = {
    DeliveryState.WAITING: Localized("等待发送", "Waiting"),
    DeliveryState.DELIVERED: Localized("已送达", "Delivered"),
    DeliveryState.GIVEN_UP: Localized("已放弃", "Given up"),
}
EVENTS = {
    outbox.GRANTED: Localized("获得上岗资格", "Clearance granted"),
    outbox.REVOKED: Localized("上岗资格被撤销", "Clearance revoked"),
    outbox.NARROWED: Localized("部分渠道的资格被撤销", "Clearance narrowed"),
    outbox.GATED: Localized("上岗资格暂停：更新学习未完成", "Clearance rests: update not done"),
    outbox.REOPENED: Localized("上岗资格恢复", "Clearance holds again"),
    outbox.ENDED: Localized("上岗资格到期", "Clearance ended"),
    outbox.TEST: Localized("测试消息", "Test"),
}
# How each state looks: names of the interface's chips.
CHIPS = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.DELIVERED: "done",
    DeliveryState.GIVEN_UP: "failed",
}
