"""How near is near, and how many are enough."""

from lms.plugins.api import Localized, Parameter, Policy

EFFECT = Policy(
    name="retraining.effect",
    title=Localized("补训效果的判断", "Judging the effect of retraining"),
    parameters=(
        Parameter(
            "band",
            Localized(
                "离分数线多少分以内参加比较", "Points from the cut-off within which to compare"
            ),
            3.0,
            low=0.5,
            high=20.0,
        ),
        Parameter(
            "people",
            Localized(
                "分数线两侧各至少多少人才下结论",
                "People needed on each side of the cut-off to say anything",
            ),
            40,
            low=20,
            high=10_000,
        ),
    ),
)
