"""How many score a run, and how far apart they may be."""

from lms.cases.models import Drill
from lms.db import Localized
from lms.policies import Parameter, Policy, PolicyInForce

MOST_RATERS = 5
SCORING = Policy(
    "drills.scoring",
    Localized("演练评分", "Drill scoring"),
    (
        Parameter("raters_needed", Localized("评分人数", "Raters for each run"), 1, 1, MOST_RATERS),
        Parameter(
            "adjudication_points",
            Localized("分差超过多少分时由第三人裁定", "Points apart that need an adjudicator"),
            15,
            1,
            100,
        ),
    ),
)


def raters_needed(drill: Drill, policy: PolicyInForce) -> int:
    """The drill's own number before the policy's."""
    return drill.raters_needed or int(policy["raters_needed"])
