"""How long a case holds before somebody looks at it again."""

from datetime import date, timedelta

from lms import policies
from lms.db import Localized, Session
from lms.policies import Parameter, Policy

UPKEEP = Policy(
    "cases.upkeep",
    Localized("案例维护", "Upkeep of cases"),
    (
        Parameter(
            "interval_days",
            Localized("发布或复核后多少天再次复核", "Days from publication or a look to the next"),
            180,
            7,
            1100,
        ),
        Parameter(
            "notice_days",
            Localized("提前多少天列入待复核", "Days before it is due that a case is listed"),
            30,
            0,
            180,
        ),
    ),
)


def next_day(session: Session, today: date) -> date:
    return today + timedelta(days=int(policies.in_force(session, UPKEEP)["interval_days"]))


def listed_until(session: Session, today: date) -> date:
    """Cases due by this day are listed."""
    return today + timedelta(days=int(policies.in_force(session, UPKEEP)["notice_days"]))
