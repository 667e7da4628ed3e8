"""From how many people on something can be told."""

from lms.plugins.api import Localized, Parameter, Policy

ENOUGH = Policy(
    name="insight.enough",
    title=Localized("洞察：最少人数", "Insight: how many people are enough"),
    parameters=(
        Parameter(
            "least",
            Localized(
                "培训效果：参训与未参训双方各至少多少人才给出结论",
                "Effect of training: people on either side from which on it is told",
            ),
            10,
            low=4,
            high=1000,
        ),
        Parameter(
            "least_shown",
            Localized(
                "无权查看个人成绩者，至少多少人才显示平均值（新人批次、培训前后对比）",
                "People from which on a mean is shown to those who may not see results "
                "(new hires, before and after a course)",
            ),
            5,
            low=2,
            high=1000,
        ),
    ),
)
