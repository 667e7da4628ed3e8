"""What a finding is called, and how it looks."""

from collections.abc import Mapping

from lms.plugins.api import Localized
from lms.plugins.insight.statistics import Verdict

CHANNELS: Mapping[str, Localized] = {
    "online": Localized("在线", "Online"),
    "phone": Localized("电话", "Phone"),
    "email": Localized("邮件", "E-mail"),
}
VERDICTS: Mapping[str, tuple[str, Localized]] = {
    Verdict.TOO_FEW: ("none", Localized("人数太少，无法判断", "Too few to tell")),
    Verdict.BETTER: ("ok", Localized("有改善", "Better")),
    Verdict.WORSE: ("bad", Localized("变差", "Worse")),
    Verdict.UNCLEAR: (
        "unknown",
        Localized("无法与偶然波动区分", "Cannot be told from chance"),
    ),
}
