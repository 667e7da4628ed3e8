"""The kinds of notices by name: what each is about, and whether it is sent outside by itself.

A plugin names its own in `NOTICES`, beside its `TITLE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lms.db import Localized
from lms.plugins.manager import plugins


@dataclass(frozen=True)
class NoticeKind:
    """`is_sent`: also by e-mail and the like, unless the person switches it off; otherwise only
    once they switch it on. In the application every notice is there for good.

    `is_for_team`: it concerns a whole team, says nothing of a single person, and reads the same to
    all who are told: it may go to the team's chat.
    """

    label: Localized
    is_sent: bool = True
    is_for_team: bool = False


CORE: Mapping[str, NoticeKind] = {
    "clearance.granted": NoticeKind(Localized("获得上岗资格", "Clearance granted")),
    "clearance.revoked": NoticeKind(Localized("上岗资格被撤销", "Clearance revoked")),
    "clearance.delta": NoticeKind(Localized("更新学习", "An update to do for a clearance")),
    "clearance.rests": NoticeKind(
        Localized("上岗资格因更新学习暂停或恢复", "A clearance rests, or holds again")
    ),
    "course.assigned": NoticeKind(Localized("安排了课程", "A course was assigned")),
    "course.left": NoticeKind(Localized("课程已取消", "A course was taken off the list")),
    "signoff.asked": NoticeKind(Localized("有人申请签核", "Somebody asks for a sign-off")),
    "signoff.result": NoticeKind(Localized("签核结果", "Result of a sign-off")),
    "session.cancelled": NoticeKind(
        Localized("培训场次取消", "A session is cancelled"), is_for_team=True
    ),
    "session.changed": NoticeKind(
        Localized("培训场次有变动", "A session has changed"), is_for_team=True
    ),
    "session.planned": NoticeKind(
        Localized("等待的场次有日期了", "A date you asked for is planned")
    ),
    "session.wanted": NoticeKind(Localized("有人在等培训日期", "Somebody waits for a date")),
    "session.moved_up": NoticeKind(Localized("候补转为已预约", "A place in a session came free")),
    "course.due": NoticeKind(Localized("课程即将到期", "A course is due soon")),
    "course.renewal": NoticeKind(Localized("课程需要复训", "A course is to be renewed")),
    "course.overdue": NoticeKind(Localized("课程已逾期", "A course is overdue")),
    "course.overdue_team": NoticeKind(Localized("团队有课程逾期", "Overdue courses in the team")),
    "extension.asked": NoticeKind(Localized("有人申请延期", "Somebody asks for more time")),
    "extension.decided": NoticeKind(Localized("延期审批结果", "A decision on more time")),
    "drill.invited": NoticeKind(Localized("受邀参加实时演练", "Invited to a live drill")),
    "appeal.filed": NoticeKind(Localized("有人提出申诉", "Somebody appeals")),
    "appeal.rater": NoticeKind(Localized("请您重新评分", "You are asked to score anew")),
    "appeal.decided": NoticeKind(Localized("申诉有了结果", "An appeal was decided")),
    "calibration.open": NoticeKind(Localized("受邀参加评分校准", "Invited to a calibration")),
    "drill.scored": NoticeKind(Localized("演练已评分", "A drill was scored")),
    "case.changes": NoticeKind(Localized("案例需要修改", "A case needs changes")),
    "case.comment": NoticeKind(Localized("案例有新批注", "A comment on a case")),
    "case.review": NoticeKind(Localized("有案例待评审", "A case waits for your review")),
    "case.review_due": NoticeKind(Localized("案例到期复核", "A case is due for another look")),
    "case.outdated": NoticeKind(
        Localized("由案例制作的内容需要复核", "What you made from a case is out of date")
    ),
    "case.published": NoticeKind(Localized("案例已发布", "A case was published"), is_sent=False),
}


def notice_kinds() -> Mapping[str, NoticeKind]:
    """The core's and the enabled plugins', in this order."""
    manager = plugins()
    found = dict(CORE)
    for name in sorted(manager.enabled()):
        found.update(getattr(manager.loaded[name].module, "NOTICES", {}))
    return found
