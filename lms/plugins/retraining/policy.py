"""What HR may set."""

from lms.plugins.api import Localized, Parameter, Policy

SELECTION = Policy(
    name="retraining.selection",
    title=Localized("末位补训", "Retraining of the lowest scores"),
    parameters=(
        Parameter(
            "share",
            Localized(
                "参加排名者中进入补训的比例（人数向下取整，同分同等对待）",
                "Share of the ranked people who are sent to retraining"
                " (rounded down, equal scores treated equally)",
            ),
            0.10,
            low=0.0,
            high=0.5,
        ),
        Parameter(
            "use_threshold",
            Localized("低于固定分数线者也进入补训", "Also select everyone below a fixed score"),
            False,
        ),
        Parameter(
            "threshold",
            Localized("固定分数线（0-100，不含）", "The fixed score (0-100, exclusive)"),
            60.0,
            low=0.0,
            high=100.0,
        ),
        Parameter(
            "due_days",
            Localized("结账后多少天内完成", "Days after the close until it is due"),
            14,
            low=1,
            high=90,
        ),
        Parameter(
            "blocks_promotion",
            Localized("有未完成的补训不能晋级", "Open retraining stands against a promotion"),
            False,
        ),
    ),
)
