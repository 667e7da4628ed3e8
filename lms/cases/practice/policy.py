"""Whether a criterion below the pass line assigns a practice drill."""

from lms.db import Localized
from lms.policies import Parameter, Policy

PRACTICE = Policy(
    "drills.practice",
    Localized("评分后的针对性练习", "Practice after a score"),
    (
        Parameter(
            "assign",
            Localized(
                "评分项低于合格线或出现严重错误时，自动安排一次单人练习",
                "A criterion below the pass line, or a critical error, assigns a solo drill",
            ),
            True,
        ),
    ),
)
