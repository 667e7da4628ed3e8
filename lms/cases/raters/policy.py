"""What a rater must match before scoring alone."""

from lms.db import Localized
from lms.policies import Parameter, Policy

GOLD = Policy(
    "raters.gold",
    Localized("评分人资格", "Gold runs of raters"),
    (
        Parameter(
            "gold_needed",
            Localized(
                "独立评分前须达标的标准演练数（0 为不要求）",
                "Gold runs to match before scoring alone (0: none)",
            ),
            1,
            0,
            10,
        ),
        Parameter(
            "tolerance_points",
            Localized("总分最多相差", "Points the total may differ by"),
            10,
            0,
            50,
        ),
        Parameter(
            "tolerance_levels",
            Localized("每项最多相差几级", "Levels a criterion may differ by"),
            1,
            0,
            4,
        ),
    ),
)
