"""The accounts of the demo organisation, one per role, listed on its sign-in page."""

from typing import NamedTuple

from lms.access import ADMIN, HR, QUALITY, SUPERVISOR, TRAINER, TRAINING_MANAGER
from lms.db import Localized

_PASSWORD = "service-academy"  # noqa: S105  public on purpose: only the demo has these accounts


class DemoAccount(NamedTuple):
    """`level` and `role` are as in lms.people.models and lms.access; no role: a learner."""

    staff_no: str
    name: str
    label: Localized
    level: str
    role: str | None = None
    password: str = _PASSWORD


def demo_accounts() -> tuple[DemoAccount, ...]:
    """In the order in which the sign-in page offers them."""
    return (
        DemoAccount("DEMO01", "林小满", Localized("新员工，第一天", "New hire, day 1"), "agent"),
        DemoAccount("DEMO02", "陈嘉", Localized("客服专员", "Agent"), "agent"),
        DemoAccount("DEMO03", "吴敏", Localized("资深客服", "Senior agent"), "senior_agent"),
        DemoAccount("DEMO04", "赵老师", Localized("培训师", "Trainer"), "manager", TRAINER),
        DemoAccount(
            "DEMO05",
            "孙老师",
            Localized("培训主管", "Training manager"),
            "manager",
            TRAINING_MANAGER,
        ),
        DemoAccount(
            "DEMO06", "周涛", Localized("客服主管", "Supervisor"), "supervisor", SUPERVISOR
        ),
        DemoAccount("DEMO07", "郑洁", Localized("品控专员", "Quality"), "manager", QUALITY),
        DemoAccount("DEMO08", "黄人事", Localized("人事", "HR"), "manager", HR),
        DemoAccount("DEMO09", "管理员", Localized("管理员", "Admin"), "manager", ADMIN),
    )
