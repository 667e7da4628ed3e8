"""What levels, channels and kinds of employment are called."""

from collections.abc import Mapping

from lms.db import Localized
from lms.people.models import Channel, Employment, Level

LEVELS: Mapping[str, Localized] = {
    Level.AGENT: Localized("客服专员", "Agent"),
    Level.SENIOR_AGENT: Localized("资深客服", "Senior agent"),
    Level.SUPERVISOR: Localized("客服主管", "Supervisor"),
    Level.MANAGER: Localized("客服经理", "Manager"),
}
CHANNELS: Mapping[str, Localized] = {
    Channel.ONLINE: Localized("在线", "Online"),
    Channel.PHONE: Localized("电话", "Phone"),
    Channel.EMAIL: Localized("邮件", "E-mail"),
}
EMPLOYMENTS: Mapping[str, Localized] = {
    Employment.REGULAR: Localized("正式", "Regular"),
    Employment.TEMPORARY: Localized("临时", "Temporary"),
}
SOURCES: Mapping[str, Localized] = {
    "programme": Localized("完成培养计划", "Onboarding completed"),
    "history": Localized("系统上线前已上岗", "Cleared before this system"),
    "override": Localized("人事特批", "Override by HR"),
}


def named(words: Mapping[str, Localized], code: str) -> Localized:
    """The word for a code, or the code itself where none is known."""
    return words.get(code) or Localized(code, code)
