"""What kinds, categories and states are called, and the months."""

from collections.abc import Mapping
from datetime import date

from flask_babel import format_date

from lms.plugins.api import Localized, locale
from lms.plugins.planning.models import Category, Kind, Status

KINDS: Mapping[str, Localized] = {
    Kind.TOPIC: Localized("专题课", "Topic course"),
    Kind.SHARING: Localized("分享会", "Sharing session"),
    Kind.EXTERNAL: Localized("外部课程", "External course"),
    Kind.PRACTICE: Localized("实操演练", "Practice"),
}
CATEGORIES: Mapping[str, Localized] = {
    Category.BUSINESS: Localized("业务知识", "Business knowledge"),
    Category.SERVICE: Localized("服务技能", "Service skills"),
    Category.COMMUNICATION: Localized("沟通表达", "Communication"),
    Category.PSYCHOLOGY: Localized("客户心理", "Customer psychology"),
    Category.COMPLAINTS: Localized("投诉处理", "Complaints"),
    Category.EMOTIONS: Localized("情绪管理", "Emotions"),
    Category.LAW: Localized("法律法规", "Law"),
}
STATUSES: Mapping[str, Localized] = {
    Status.PLANNED: Localized("计划中", "Planned"),
    Status.RUNNING: Localized("进行中", "Running"),
    Status.DONE: Localized("已完成", "Done"),
    Status.CANCELLED: Localized("已取消", "Cancelled"),
}
# The state as the chips of the interface know it.
CHIPS = {Status.RUNNING: "in_progress"}


def month_name(day: date) -> str:
    """`March 2026`, `2026年3月`."""
    return str(format_date(day, "yyyy年M月" if locale() == "zh_Hans" else "MMMM yyyy"))
