"""What HR may set."""

from datetime import date, timedelta

from lms.plugins.api import Enrolment, Localized, Parameter, Policy, PolicyInForce
from lms.plugins.mentoring.models import Purpose

_FIRST_WEEK = (1, 3, 5, 7)


def _day(number: int, day: int) -> Parameter:
    label = Localized(
        f"新人第 {number} 次跟进在课程第几天（0 为不安排）",
        f"Day of a hire's course for check-in {number} (0: none)",
    )
    return Parameter(f"day_{number}", label, day, low=0, high=90)


CHECK_INS = Policy(
    name="mentoring.check_ins",
    title=Localized("导师跟进", "Mentor check-ins"),
    parameters=(
        *(_day(number, day) for number, day in enumerate(_FIRST_WEEK, 1)),
        Parameter(
            "every_days",
            Localized("补训期间每隔几天跟进一次", "Days between check-ins during retraining"),
            7,
            low=1,
            high=30,
        ),
        Parameter(
            "tell_after_days",
            Localized(
                "跟进逾期几天后通知主管", "Days a check-in is late before the supervisor is told"
            ),
            1,
            low=0,
            high=30,
        ),
        Parameter(
            "most_mentees",
            Localized("同时带几名学员后不再推荐", "Mentees at once, from which nobody is proposed"),
            3,
            low=1,
            high=20,
        ),
    ),
)


def plan(policy: PolicyInForce, purpose: str, enrolment: Enrolment, today: date) -> list[date]:
    """The days proposed for check-ins from today on; at least one."""
    if purpose == Purpose.ONBOARDING:
        numbers = range(1, len(_FIRST_WEEK) + 1)
        days = {int(policy[f"day_{number}"]) for number in numbers}
        found = {enrolment.starts_on + timedelta(days=day - 1) for day in days if day}
    else:
        every = timedelta(days=policy["every_days"])
        first = max(enrolment.starts_on, today)
        weeks = max((enrolment.due_on - first) // every, 0)
        found = {first + every * number for number in range(1, weeks + 1)}
    return sorted(day for day in found if day >= today) or [max(today, enrolment.starts_on)]
