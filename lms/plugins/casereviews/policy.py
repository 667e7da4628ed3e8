"""What HR may set."""

from lms.plugins.api import Localized, Parameter, Policy

REVIEWS = Policy(
    name="casereviews.rules",
    title=Localized("每周案例研讨", "Weekly case review"),
    parameters=(
        Parameter(
            "edit_minutes",
            Localized(
                "发言后多少分钟内本人可以修改或删除",
                "Minutes in which people may edit or delete their own comment",
            ),
            30,
            low=0,
            high=10080,
        ),
        Parameter(
            "least_votes",
            Localized(
                "投票至少达到多少票才显示分布（票数太少会暴露个人选择）",
                "Votes from which on the distribution is shown (fewer would give single ones away)",
            ),
            3,
            low=1,
            high=20,
        ),
        Parameter(
            "names_votes",
            Localized(
                "显示每个选项的投票人姓名（默认匿名）",
                "Show who voted for what (votes are anonymous otherwise)",
            ),
            False,
        ),
        Parameter(
            "remind_days",
            Localized(
                "一周结束前几天提醒未投票的成员（0 = 不提醒）",
                "Days before the week's end on which the others are reminded to vote (0: never)",
            ),
            3,
            low=0,
            high=6,
        ),
    ),
)
