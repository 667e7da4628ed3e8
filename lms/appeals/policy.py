"""How long one may appeal, and how long a decision may take."""

from datetime import datetime

from lms.db import Localized
from lms.policies import Parameter, Policy

APPEALS = Policy(
    "appeals.general",
    Localized("申诉", "Appeals"),
    (
        Parameter(
            "days_to_appeal",
            Localized("结果公布后几天内可以申诉", "Days after an outcome to appeal against it"),
            7,
            1,
            90,
        ),
        Parameter(
            "days_to_decide",
            Localized("几天未处理的申诉标为逾期", "Days after which an undecided appeal is late"),
            5,
            1,
            90,
        ),
    ),
)


def outlived(decided_at: datetime | None, renewed_at: datetime | None) -> bool:
    """Whether a decision was about an outcome that has become another since."""
    return decided_at is not None and renewed_at is not None and renewed_at > decided_at
