"""What HR may set about deadlines."""

from lms.db import Localized
from lms.policies import Parameter, Policy

DEADLINES = Policy(
    name="courses.deadlines",
    title=Localized("课程期限与提醒", "Deadlines of courses"),
    parameters=(
        Parameter(
            "remind_before",
            Localized("到期前几天提醒本人", "Days before the due date to remind the learner"),
            2,
            low=0,
            high=60,
        ),
        Parameter(
            "remind_after",
            Localized("逾期几天后再提醒本人", "Days after the due date to remind them again"),
            1,
            low=1,
            high=60,
        ),
        Parameter(
            "tell_supervisor_after",
            Localized("逾期几天后告知主管", "Days after the due date to tell the supervisor"),
            1,
            low=1,
            high=60,
        ),
        Parameter(
            "stuck_days",
            Localized(
                "几天没有进展算停滞（例外报告）",
                "Days without a sign of life that count as stuck (exceptions report)",
            ),
            3,
            low=1,
            high=60,
        ),
        Parameter(
            "recertify_ahead",
            Localized(
                "复训日期前几天重新安排课程",
                "Days ahead of its date that a course to be renewed is assigned again",
            ),
            30,
            low=0,
            high=180,
        ),
    ),
)
