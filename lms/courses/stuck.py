"""What to do about somebody who is stuck, by the step they stand before."""

from collections.abc import Mapping

from lms.courses.gating import StepStanding
from lms.db import Localized

_FAILED: Mapping[str, Localized] = {
    "exam": Localized(
        "未通过：先一起看看错在哪里，再考一次",
        "Not passed: look at what went wrong together, then a new try",
    ),
    "drill": Localized(
        "未通过：先陪练一遍，再正式演练",
        "Not passed: play it through with them once before the next run",
    ),
}
_FAILED_ELSE = Localized(
    "未通过：聊聊卡在哪里，再试一次", "Not passed: talk it over, then another try"
)
_BY_KIND: Mapping[str, Localized] = {
    "session": Localized(
        "还没有约上场次：安排日期，或帮他预约",
        "No place in a session: plan a date, or help them book one",
    ),
    "signoff": Localized(
        "约个时间，当面过一遍清单", "Make a time to go through the checklist together"
    ),
    "drill": Localized(
        "第一次开口最难：先陪练一遍", "The first time is the hardest: play it with them"
    ),
    "exam": Localized("问问还差哪一块没准备好", "Ask which part they do not feel ready for"),
    "external": Localized(
        "问问证明材料，需要时帮他报名", "Ask for the proof, or help them to sign up"
    ),
    "survey": Localized("提醒一下就好，两分钟填完", "A reminder is enough: it takes two minutes"),
}
_ELSE = Localized(
    "问问缺什么：时间、权限，还是没看懂", "Ask what is missing: time, access or an explanation"
)


def advice(step: StepStanding) -> Localized:
    if step.state == "failed":
        return _FAILED.get(step.step.kind, _FAILED_ELSE)
    return _BY_KIND.get(step.step.kind, _ELSE)
